// What is known beside a message's words, through a running node: headers of an e-mail, facts that
// change while the customer waits, and what agents know better.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "centralita/base/clock.h"
#include "centralita/base/topics.h"
#include "centralita/eventlog/sqlite_log.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/signals/v1/signals.pb.h"
#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"
#include "tests/e2e/topic_reader.h"
#include "tests/unit/http/client.h"

namespace centralita::e2e {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class FactsTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(node.Start()) << node.Said(); }

  Finished Send(const std::string& handle, const std::string& id, const std::string& text) const {
    return RunToEnd(
        node.Verb({"send", "--channel", "chat", "--handle", handle, "--id", id, text}, true));
  }
  // Messages that went on without facts, each of which is amended too.
  uint64_t Degraded() const {
    const std::string page = http::test::Client(node.admin_port()).Call("GET", "/metrics").body;
    constexpr std::string_view kName = "\ncentralita_classifier_degraded_total ";
    const size_t at = page.find(kName);
    EXPECT_NE(at, std::string::npos);
    return at == std::string::npos ? 0 : std::strtoull(&page[at + kName.size()], nullptr, 10);
  }
  // What went through a topic, once the node has stopped.
  template <typename Message>
  std::vector<std::pair<Message, int64_t>> TopicOf(std::string_view topic) {
    const base::SystemClock clock;
    std::vector<std::pair<Message, int64_t>> all;
    auto log = eventlog::OpenSqliteLog({.path = node.data() + "/log.db"}, clock);
    EXPECT_TRUE(log.ok()) << log.status();
    if (!log.ok()) return all;
    const absl::Status read =
        ReadTopic(**log, topic, [&](uint32_t, const eventlog::Record& record) {
          auto& [message, at] = all.emplace_back();
          at = base::ToUnixMillis(record.append_time);
          EXPECT_TRUE(
              message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
        });
    EXPECT_TRUE(read.ok()) << read;
    return all;
  }

  contract::TempFolder folder;
  Node node{folder.File(".")};
};

TEST_F(FactsTest, HeadersOfAnEmailGoFromEitherWayInToItsTagsAndThoseThatNamePeopleDoNot) {
  const std::string robot =
      R"({"channel":"email","account":"help@luna.example","handle":"bot@example.com",)"
      R"("provider_message_id":"robot","subject":"Re: order","text":"where is my order",)"
      R"("headers":[{"name":"Auto-Submitted","value":"auto-replied"},)"
      R"({"name":"Received","value":"from mx.example.com by Ana"}]})";
  const auto reply =
      http::test::Client(node.http_port())
          .Call("POST", "/v1/messages", robot, {{"X-Tenant", kTenant}, {"X-Api-Key", kKey}});
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string bounce =
      R"({"channel":"email","account":"help@luna.example","handle":"mailer@example.com",)"
      R"("provider_message_id":"bounce","text":"where is my order",)"
      R"("headers":{"Return-Path":"<>","X-Custom":"secret"}})";
  const std::string person =
      R"({"channel":"email","account":"help@luna.example","handle":"ana@example.com",)"
      R"("provider_message_id":"person","text":"where is my order",)"
      R"("headers":{"Return-Path":"<ana@example.com>","Content-Type":"text/plain"}})";
  const Finished sent =
      RunToEnd(node.Verb({"send", "--file", "-"}, true), bounce + "\n" + person + "\n");
  ASSERT_EQ(sent.exit_code, 0) << sent.said;
  ASSERT_TRUE(Eventually([&] {
    const auto overview = node.Overview();
    return overview.ok() && overview->tagged() == 3;
  })) << node.Standing();
  ASSERT_EQ(node.Stop(), 0) << node.Said();

  int seen = 0;
  for (const auto& [record, at] : TopicOf<routing::v1::RoutingRecord>(base::topics::kRouting)) {
    if (!record.has_tagged()) continue;
    ++seen;
    const auto& tags = record.tagged().classification().tags();
    if (record.tagged().handle() == "ana@example.com") {
      EXPECT_THAT(tags, Not(Contains("auto_reply")));
    } else {
      EXPECT_THAT(tags, Contains("auto_reply")) << record.tagged().handle();
    }
  }
  EXPECT_EQ(seen, 3);
  std::string inbound;
  for (const auto& [message, at] : TopicOf<message::v1::InboundMessage>(base::topics::kInbound)) {
    for (const auto& header : message.headers())
      inbound += header.name() + ":" + header.value() + " ";
  }
  EXPECT_THAT(inbound, HasSubstr("Auto-Submitted:auto-replied"));
  EXPECT_THAT(inbound, Not(HasSubstr("Received")));
  EXPECT_THAT(inbound, Not(HasSubstr("X-Custom")));
  EXPECT_THAT(inbound, Not(HasSubstr("ana@")));
}

// A customer who waits, and of whom memory has an older profile, is ranked anew by each signal; how
// long that took is printed, as the log's own times have it.
TEST_F(FactsTest, ASignalAboutACustomerWhoWaitsBecomesAnAmendmentAndChangesHisRank) {
  constexpr int kCustomers = 20;
  const auto stub = ingest::v1::IngestService::NewStub(
      grpc::CreateChannel(node.ingest(), grpc::InsecureChannelCredentials()));
  const auto authenticate = [](grpc::ClientContext& context) {
    context.AddMetadata("x-tenant", kTenant);
    context.AddMetadata("x-api-key", kKey);
  };
  std::vector<std::string> customers;
  // Twice, so that the second message's facts come from memory.
  for (const char* id : {"first", "second"}) {
    ingest::v1::SubmitBatchRequest request;
    for (int i = 0; i < kCustomers; ++i) {
      auto& message = *request.add_messages();
      message.set_channel(common::v1::CHANNEL_CHAT);
      message.set_account("a");
      message.set_handle("h" + std::to_string(i));
      message.set_provider_message_id(id + std::to_string(i));
      message.set_text("where is my order?");
    }
    grpc::ClientContext context;
    authenticate(context);
    ingest::v1::SubmitBatchResponse response;
    ASSERT_TRUE(stub->SubmitBatch(&context, request, &response).ok());
    customers.clear();
    for (const auto& result : response.results()) customers.push_back(result.customer_id());
    const uint64_t sent = *id == 'f' ? kCustomers : 2 * kCustomers;
    ASSERT_TRUE(Eventually([&] {
      const auto overview = node.Overview();
      return overview.ok() && overview->tagged() == sent && overview->messages().queued() == sent;
    })) << node.Standing();
  }
  for (int i = 0; i < kCustomers; ++i) {
    ingest::v1::SubmitSignalsRequest request;
    auto& signal = *request.add_signals();
    signal.set_signal_id("vip-" + std::to_string(i));
    signal.set_customer_id(customers[static_cast<size_t>(i)]);
    signal.mutable_signal()->mutable_profile()->set_tier("vip");
    grpc::ClientContext context;
    authenticate(context);
    ingest::v1::SubmitSignalsResponse response;
    ASSERT_TRUE(stub->SubmitSignals(&context, request, &response).ok());
    ASSERT_FALSE(response.results(0).has_error());
  }
  ASSERT_TRUE(Eventually([&] {
    const auto overview = node.Overview();
    return overview.ok() && overview->amendments() >= kCustomers + Degraded();
  })) << node.Standing();
  ASSERT_EQ(node.Stop(), 0) << node.Said();

  std::map<std::string, int64_t> said;
  for (const auto& [signal, at] : TopicOf<signals::v1::Signal>(base::topics::kSignals)) {
    if (signal.has_profile()) said[signal.customer_id()] = at;
  }
  std::vector<int64_t> amended;
  for (const auto& [record, at] : TopicOf<routing::v1::RoutingRecord>(base::topics::kRouting)) {
    if (record.amendment().reason() != "profile") continue;
    EXPECT_TRUE(record.amendment().facts().vip());
    amended.push_back(at - said.at(record.customer_id()));
  }
  std::map<std::string, int64_t> first_ranked;
  for (const auto& [event, at] : TopicOf<events::v1::Event>(base::topics::kEvents)) {
    if (event.has_reprioritized() && event.reprioritized().priority() > 0) {
      first_ranked.try_emplace(event.customer_id(), at - said.at(event.customer_id()));
    }
  }
  std::vector<int64_t> ranked;
  for (const auto& [customer, after] : first_ranked) {
    if (after >= 0) ranked.push_back(after);
  }
  ASSERT_EQ(amended.size(), static_cast<size_t>(kCustomers));
  ASSERT_EQ(ranked.size(), static_cast<size_t>(kCustomers)) << "each has another place now";
  std::sort(amended.begin(), amended.end());
  std::sort(ranked.begin(), ranked.end());
  std::printf("[ measured ] signal -> amendment: median %lld ms, longest %lld ms\n",
              static_cast<long long>(amended[kCustomers / 2]),
              static_cast<long long>(amended.back()));
  std::printf("[ measured ] signal -> ranked anew: median %lld ms, longest %lld ms\n",
              static_cast<long long>(ranked[kCustomers / 2]),
              static_cast<long long>(ranked.back()));
}

TEST_F(FactsTest, WhatAnAgentCorrectsIsExportedTrainedOnAndThenKnown) {
  // No shop's words: only the correction can teach what they are about.
  const std::string strange = "zorbulate my frimble quandoo";
  {
    Child agent(node.Verb({"agent", "--as", "tom"}), folder.File("agent.txt"));
    ASSERT_TRUE(agent.Says("You are")) << agent.Said();
    for (int i = 0; i < 2; ++i) {
      const std::string number = std::to_string(i);
      const Finished sent = Send("h" + number, "m" + number, strange + " number " + number);
      ASSERT_EQ(sent.exit_code, 0) << sent.said;
      ASSERT_TRUE(agent.Says("number " + number)) << agent.Said();
      agent.Type("a\n");
      ASSERT_TRUE(agent.Says("[" + std::to_string(i + 1) + "] is yours")) << agent.Said();
      agent.Type("r we will\ns account_access\n");
      ASSERT_TRUE(node.Settled(static_cast<uint64_t>(i + 1), std::chrono::seconds(20)))
          << node.Standing() << agent.Said();
    }
    agent.Type("q\n");
    EXPECT_EQ(agent.Wait(), 0) << agent.Said();
  }
  const std::string rows = folder.File("corrections.jsonl");
  const Finished exported =
      RunToEnd(node.Verb({"export", "corrections", "--since", "1d", "--output", rows}));
  ASSERT_EQ(exported.exit_code, 0) << exported.said;
  EXPECT_THAT(exported.said, HasSubstr("2 corrections"));
  EXPECT_THAT(exported.said, HasSubstr("personal data"));
  struct stat about {};
  ASSERT_EQ(::stat(rows.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  std::ifstream file(rows);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(text, HasSubstr(strange + " number 0"));
  EXPECT_THAT(text, HasSubstr(R"("intent":"account_access")"));

  const Finished refused =
      RunToEnd(VerbTo(node.questions(), {"export", "corrections", "--tenant", "sol"}));
  EXPECT_EQ(refused.exit_code, 1) << "the key is another tenant's";
  EXPECT_THAT(refused.said, Not(HasSubstr(strange)));

  ASSERT_EQ(node.Stop(), 0) << node.Said();
  const Finished stopped =
      RunToEnd({Centralita(), "export", "corrections", "--tenant", kTenant, "--data", node.data()});
  EXPECT_EQ(stopped.exit_code, 0) << stopped.said;
  EXPECT_THAT(stopped.said, HasSubstr(text)) << "the same, from the folder";

  const std::string few = folder.File("few.jsonl");
  std::ofstream(few) << R"({"text": "where is my parcel now", "intent": "order_status"})"
                     << "\n"
                     << R"({"text": "the parcel has not come", "intent": "order_status"})"
                     << "\n";
  const std::string model = folder.File("model.bin");
  const Finished trained = RunToEnd({Centralita(), "train", "--input", few, "--from", rows,
                                     "--from-weight", "3", "--folds", "0", "--output", model});
  ASSERT_EQ(trained.exit_code, 0) << trained.said;
  const Finished known = RunToEnd({Centralita(), "classify", "--model", model},
                                  R"({"text": "please zorbulate the frimble"})");
  EXPECT_THAT(known.said, HasSubstr(R"("intent":"account_access")")) << known.said;
}

}  // namespace
}  // namespace centralita::e2e
