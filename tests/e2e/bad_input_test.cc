// Bad input to a running node: each item gets its code, its neighbours are taken, and everything
// that was accepted finds its end.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>

#include "centralita/app/backends.h"
#include "centralita/base/clock.h"
#include "centralita/base/topics.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"
#include "tests/unit/http/client.h"

namespace centralita::e2e {
namespace {

using http::test::Reply;
using ::testing::HasSubstr;
using Headers = std::vector<std::pair<std::string, std::string>>;

const Headers kLuna = {{"X-Tenant", kTenant}, {"X-Api-Key", kKey}};

std::string Item(const std::string& id, const std::string& more = "") {
  return R"({"channel":"chat","account":"a","handle":"h-)" + id + R"(","provider_message_id":")" +
         id + "\"" + more + "}";
}

class BadInputTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(node.Start()) << node.Said(); }

  Reply Post(const std::string& body, const Headers& headers = kLuna) const {
    return http::test::Client(node.http_port()).Call("POST", "/v1/messages", body, headers);
  }
  grpc::Status Submit(const ingest::v1::SubmitBatchRequest& request,
                      ingest::v1::SubmitBatchResponse& response,
                      const std::string& tenant = kTenant, const std::string& key = kKey) const {
    const auto stub = ingest::v1::IngestService::NewStub(
        grpc::CreateChannel(node.ingest(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.AddMetadata("x-tenant", tenant);
    context.AddMetadata("x-api-key", key);
    return stub->SubmitBatch(&context, request, &response);
  }
  std::string Metrics() const {
    return http::test::Client(node.admin_port()).Call("GET", "/metrics").body;
  }
  uint64_t AcceptedNow() const {
    const auto overview = node.Overview();
    return overview.ok() ? overview->messages().accepted() : 0;
  }

  contract::TempFolder folder;
  Node node{folder.File(".")};
};

TEST_F(BadInputTest, OverHttpEachItemHasItsCodeAndItsNeighboursAreTaken) {
  const std::vector<std::pair<std::string, std::string>> bad = {
      {Item("x", R"(,"text":")" + std::string((256 << 10) + 1, 'x') + "\""), "too_large"},
      {Item("x", ",\"text\":\"caf\xe9\""), "invalid_utf8"},
      {R"({"channel":"chat","account":"a","handle":"h"})", "missing_field"},
      {Item("x", R"(,"provider_time":"2999-01-01T00:00:00Z")"), "bad_timestamp"},
      {Item("x", R"(,"provider_time":-1)"), "bad_timestamp"},
      {Item("x", R"(,"txet":"typo")"), "unknown_field"},
      {R"({"channel":"chat","text":"x)", "invalid_json"}};
  int sent = 0;
  for (const auto& [item, code] : bad) {
    const std::string before = Item("n" + std::to_string(sent++));
    const std::string after = Item("n" + std::to_string(sent++));
    const Reply reply = Post("[" + before + ",\n" + item + "\n," + after + "]");
    EXPECT_EQ(reply.status, 207) << code << reply.body;
    const auto body = nlohmann::json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(body.is_object() && body["results"].is_array()) << reply.body;
    const auto& results = body["results"];
    ASSERT_GE(results.size(), 3u) << code;
    EXPECT_FALSE(results.front().contains("error")) << code << results.dump();
    EXPECT_FALSE(results.back().contains("error")) << code << results.dump();
    EXPECT_EQ(results[1]["error"]["code"], code) << results.dump();
    EXPECT_FALSE(results[1]["error"]["message"].get<std::string>().empty());
    EXPECT_THAT(Metrics(), HasSubstr("refused_total{reason=\"" + code + "\"}"));
  }
  EXPECT_TRUE(Eventually([&] { return AcceptedNow() == static_cast<uint64_t>(sent); }))
      << node.Standing();
}

TEST_F(BadInputTest, StrangersAreRefusedByBothDoors) {
  EXPECT_EQ(Post(Item("1"), {{"X-Tenant", "nobody"}, {"X-Api-Key", kKey}}).status, 401);
  EXPECT_EQ(Post(Item("1"), {{"X-Tenant", kTenant}, {"X-Api-Key", "sol-demo-key"}}).status, 401);
  ingest::v1::SubmitBatchRequest request;
  ingest::v1::SubmitBatchResponse response;
  request.add_messages()->set_text("hola");
  for (const auto& [tenant, key] :
       {std::pair<std::string, std::string>{"nobody", kKey}, {kTenant, "sol-demo-key"}}) {
    const grpc::Status status = Submit(request, response, tenant, key);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << status.error_message();
    EXPECT_FALSE(status.error_message().empty());
  }
  EXPECT_EQ(AcceptedNow(), 0u);
}

TEST_F(BadInputTest, OverGrpcEachItemHasItsCodeAndItsNeighboursAreTaken) {
  ingest::v1::SubmitBatchRequest request;
  const auto add = [&request](const std::string& id) -> ingest::v1::NewMessage& {
    auto& message = *request.add_messages();
    message.set_channel(common::v1::CHANNEL_CHAT);
    message.set_account("a");
    message.set_handle("h-" + id);
    message.set_provider_message_id(id);
    message.set_text("hola");
    return message;
  };
  add("first");
  add("large").set_text(std::string((256 << 10) + 1, 'x'));
  add("");
  add("late").set_provider_time_unix_ms(32'503'680'000'000);
  add("last");
  ingest::v1::SubmitBatchResponse response;
  ASSERT_TRUE(Submit(request, response).ok());
  ASSERT_EQ(response.results_size(), 5);
  const std::vector<std::string> codes = {"", "too_large", "missing_field", "bad_timestamp", ""};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(response.results(i).error().code(), codes[static_cast<size_t>(i)])
        << response.results(i).DebugString();
  }
  EXPECT_TRUE(Eventually([&] { return AcceptedNow() == 2; })) << node.Standing();
}

TEST_F(BadInputTest, UndecodableBytesBecomeADeadLetterAndThePartitionMovesOn) {
  ASSERT_EQ(node.Stop(), 0) << node.Said();
  {
    const base::SystemClock clock;
    auto backends = app::OpenEmbedded({.data_dir = node.data(), .topics = {}}, clock);
    ASSERT_TRUE(backends.ok()) << backends.status();
    auto producer = backends->log->NewProducer({.name = "bad-input-test"});
    ASSERT_TRUE(producer.ok()) << producer.status();
    // One in each partition, so that whatever comes next stands behind one.
    std::atomic<int> stored{0};
    for (uint32_t partition = 0; partition < 4; ++partition) {
      eventlog::Outgoing record{.topic = std::string(base::topics::kInbound),
                                .partition = partition,
                                .key = "luna/broken",
                                .value = "\xff\xfe no message"};
      ASSERT_TRUE((*producer)
                      ->Append(std::move(record),
                               [&](absl::StatusOr<uint64_t> offset) {
                                 if (offset.ok()) ++stored;
                               })
                      .ok());
    }
    ASSERT_TRUE((*producer)->Flush(base::Duration(10'000)).ok());
    ASSERT_EQ(stored, 4);
  }
  ASSERT_TRUE(node.Start()) << node.Said();
  std::string batch = "[";
  for (int i = 0; i < 20; ++i) batch += (i > 0 ? "," : "") + Item("after-" + std::to_string(i));
  ASSERT_EQ(Post(batch + "]").status, 200);
  EXPECT_TRUE(Eventually([&] {
    const auto overview = node.Overview();
    return overview.ok() && overview->messages().dead_lettered() == 4 && overview->tagged() >= 20;
  })) << node.Standing();

  const Finished list = RunToEnd(node.Verb({"dlq", "list"}));
  EXPECT_EQ(list.exit_code, 0) << list.said;
  EXPECT_THAT(list.said, HasSubstr("inbound"));
  EXPECT_THAT(list.said, HasSubstr("undecodable"));
  const Finished replay = RunToEnd(node.Verb({"dlq", "replay", "--all"}));
  EXPECT_EQ(replay.exit_code, 0) << replay.said;
  EXPECT_THAT(replay.said, HasSubstr("4 replayed"));
  const Finished again = RunToEnd(node.Verb({"dlq", "replay", "--all"}));
  EXPECT_EQ(again.exit_code, 0) << again.said;
  // They are as undecodable as before, and counted once for all that.
  EXPECT_TRUE(Eventually([&] {
    const auto overview = node.Overview();
    return overview.ok() && overview->messages().accepted() == 24 &&
           overview->messages().dead_lettered() == 4 && overview->messages().in_flight() == 0;
  })) << node.Standing();
}

}  // namespace
}  // namespace centralita::e2e
