// MetricsService over gRPC, the embedded log and store.
#include "centralita/metrics/app.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <set>

#include "centralita/base/key.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/rpc/server.h"
#include "fixture.h"
#include "harness.h"

namespace centralita::metrics {
namespace {

// Everybody has his tenant's name as his key.
class NameIsKey final : public Access {
 public:
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override {
    return !tenant.empty() && tenant == api_key ? absl::OkStatus()
                                                : absl::UnauthenticatedError("wrong key");
  }
};

void SignIn(grpc::ClientContext& context, const std::string& tenant = "acme") {
  context.AddMetadata("x-tenant", tenant);
  context.AddMetadata("x-api-key", tenant);
}

class MetricsAppTest : public LogFixture {
 protected:
  void SetUp() override {
    LogFixture::SetUp();
    Run();
  }
  void TearDown() override { Stop(); }

  void Run() {
    auto created = MetricsApp::Create({}, {.log = log(),
                                           .store = *backends_.store,
                                           .clock = clock_,
                                           .access = access_,
                                           .metrics = metrics_});
    ASSERT_TRUE(created.ok()) << created.status();
    app_ = *std::move(created);
    ASSERT_TRUE(app_->Start().ok());
    auto server = rpc::Server::Start({.listen = false}, {&app_->service()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::MetricsService::NewStub(server_->InProcessChannel());
  }
  void Stop() {
    stub_.reset();
    server_.reset();
    if (app_ != nullptr) {
      EXPECT_TRUE(app_->Drain(kLimit).ok());
    }
    app_.reset();
  }

  // Asks until the answer is as wanted: each question waits for the stages' own threads.
  v1::GetOverviewResponse OverviewOnce(
      const std::function<bool(const v1::GetOverviewResponse&)>& wanted,
      const std::string& tenant = "acme") {
    const auto until = clock_.Monotonic() + kLimit;
    while (true) {
      grpc::ClientContext context;
      SignIn(context, tenant);
      v1::GetOverviewRequest request;
      request.set_tenant(tenant);
      v1::GetOverviewResponse response;
      const grpc::Status status = stub_->GetOverview(&context, request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (wanted(response)) return response;
      if (!status.ok() || clock_.Monotonic() > until) {
        ADD_FAILURE() << "the counts stay at " << response.ShortDebugString();
        return response;
      }
    }
  }
  v1::ReplayDeadLettersResponse Replay(const std::vector<uint64_t>& offsets = {}) {
    grpc::ClientContext context;
    SignIn(context);
    v1::ReplayDeadLettersRequest request;
    for (const uint64_t offset : offsets) {
      auto& letter = *request.add_letters();
      letter.set_partition(1);
      letter.set_offset(offset);
    }
    v1::ReplayDeadLettersResponse response;
    const grpc::Status status = stub_->ReplayDeadLetters(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  v1::ListDeadLettersResponse List(uint32_t limit = 0) {
    grpc::ClientContext context;
    SignIn(context);
    v1::ListDeadLettersRequest request;
    request.set_limit(limit);
    v1::ListDeadLettersResponse response;
    EXPECT_TRUE(stub_->ListDeadLetters(&context, request, &response).ok());
    return response;
  }

  const NameIsKey access_;
  telemetry::Metrics metrics_;
  std::unique_ptr<MetricsApp> app_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::MetricsService::Stub> stub_;
};

TEST_F(MetricsAppTest, TheOverviewIsAnEquation) {
  for (const char* id : {"m1", "m2", "m3", "m4"}) AppendInbound(id);
  for (const Event& event : {Opened("a"), Queued("a"), Joined("a", 2), Duplicate()}) {
    Append(base::topics::kEvents, 2, event.SerializeAsString());
  }
  const auto overview = OverviewOnce([](const auto& o) {
    return o.messages().accepted() == 4 && o.tagged() == 3 && o.behind_records() == 0;
  });
  EXPECT_EQ(overview.messages().queued(), 2u);
  EXPECT_EQ(overview.messages().duplicates(), 1u);
  EXPECT_EQ(overview.messages().in_flight(), 1);
}

TEST_F(MetricsAppTest, ARestartGoesOnFromWhatWasCounted) {
  AppendInbound("m1");
  Append(base::topics::kEvents, 2, Opened("a").SerializeAsString());
  Append(base::topics::kEvents, 2, Queued("a").SerializeAsString());
  OverviewOnce(
      [](const auto& o) { return o.messages().queued() == 1 && o.messages().accepted() == 1; });
  Stop();
  AppendInbound("m2");
  Append(base::topics::kEvents, 2, Joined("a", 2).SerializeAsString());
  Run();
  OverviewOnce([](const auto& o) {
    return o.messages().queued() == 2 && o.messages().accepted() == 2 && o.tagged() == 2 &&
           o.messages().in_flight() == 0;
  });
}

TEST_F(MetricsAppTest, QueuesAreListedByTenant) {
  Append(base::topics::kEvents, 2, Opened("a").SerializeAsString());
  Append(base::topics::kEvents, 2, Queued("a").SerializeAsString());
  OverviewOnce([](const auto& o) { return o.messages().queued() == 1; });
  grpc::ClientContext context;
  SignIn(context);
  v1::ListQueuesRequest request;
  request.set_tenant("acme");
  v1::ListQueuesResponse response;
  ASSERT_TRUE(stub_->ListQueues(&context, request, &response).ok());
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(response.rows(0).queue(), "general");
  EXPECT_EQ(response.rows(0).queued(), 1u);
}

TEST_F(MetricsAppTest, DeadLettersAreListedTheOldestFirst) {
  AppendLetter("newer", 2000);
  AppendLetter("older", 1000);
  const auto rows = List();
  ASSERT_EQ(rows.rows_size(), 2);
  EXPECT_EQ(rows.rows(0).letter().offset(), 1u);
  EXPECT_EQ(rows.rows(0).original().topic(), "inbound");
  EXPECT_EQ(rows.rows(0).reason(), "undecodable");
  EXPECT_EQ(rows.rows(0).size_bytes(), 5u);
  EXPECT_FALSE(rows.rows(0).replayed());
  EXPECT_EQ(List(1).rows_size(), 1);
}

TEST_F(MetricsAppTest, AReplayGivesTheOriginalBackMarkedAndASecondOneSkipsIt) {
  message::v1::InboundMessage original;
  original.set_message_id("m1");
  original.set_text("Здравейте");
  AppendLetter(original.SerializeAsString(), 1000);
  const auto first = Replay();
  EXPECT_EQ(first.replayed(), 1u);
  EXPECT_EQ(first.skipped(), 0u);
  ASSERT_EQ(End(base::topics::kInbound, 1), 1u);
  message::v1::InboundMessage again;
  ASSERT_TRUE(again.ParseFromString(ValueAt(base::topics::kInbound, 1, 0)));
  EXPECT_TRUE(again.origin().has_replay());
  again.clear_origin();
  EXPECT_EQ(again.SerializeAsString(), original.SerializeAsString());

  const auto second = Replay();
  EXPECT_EQ(second.replayed(), 0u);
  EXPECT_EQ(second.skipped(), 1u);
  EXPECT_EQ(End(base::topics::kInbound, 1), 1u);
  EXPECT_TRUE(List().rows(0).replayed());
}

TEST_F(MetricsAppTest, OnlyTheLettersThatAreAskedForAreReplayed) {
  AppendLetter("one", 1000);
  AppendLetter("two", 2000);
  EXPECT_EQ(Replay({1}).replayed(), 1u);
  EXPECT_FALSE(List().rows(0).replayed());
  EXPECT_TRUE(List().rows(1).replayed());
}

TEST_F(MetricsAppTest, ALetterThatCannotBeDecodedIsConservedThroughItsReplay) {
  Append(base::topics::kInbound, 1, "\xff\xff");
  AppendLetter("\xff\xff", 1000);
  OverviewOnce([](const auto& o) {
    return o.messages().accepted() == 1 && o.messages().dead_lettered() == 1;
  });
  EXPECT_EQ(Replay().replayed(), 1u);
  const std::string again = ValueAt(base::topics::kInbound, 1, 1);
  EXPECT_TRUE(again.ends_with("\xff\xff"));
  AppendLetter(again, 2000);
  const auto overview = OverviewOnce(
      [](const auto& o) { return o.behind_records() == 0 && o.messages().dead_lettered() == 1; });
  EXPECT_EQ(overview.messages().accepted(), 1u);
  EXPECT_EQ(overview.messages().in_flight(), 0);
}

TEST_F(MetricsAppTest, ALetterOfATrueDuplicateIsADuplicateOnceItIsReplayed) {
  // A message, and its second delivery, which became a letter before anybody knew it as a repeat.
  AppendInbound("m1");
  AppendInbound("m1");
  Append(base::topics::kEvents, 2, Opened("a").SerializeAsString());
  Append(base::topics::kEvents, 2, Queued("a").SerializeAsString());
  message::v1::InboundMessage again;
  again.set_message_id("m1");
  AppendLetter(again.SerializeAsString(), 1000);
  OverviewOnce([](const auto& o) {
    return o.messages().queued() == 1 && o.messages().dead_lettered() == 1 &&
           o.messages().in_flight() == 0;
  });
  EXPECT_EQ(Replay().replayed(), 1u);
  OverviewOnce([](const auto& o) { return o.messages().in_flight() == 1; });
  Append(base::topics::kEvents, 2, Duplicate(/*replayed=*/true).SerializeAsString());
  const auto overview = OverviewOnce([](const auto& o) { return o.messages().in_flight() == 0; });
  EXPECT_EQ(overview.messages().accepted(), 2u);
  EXPECT_EQ(overview.messages().duplicates(), 1u);
  EXPECT_EQ(overview.messages().dead_lettered(), 0u);
  EXPECT_EQ(overview.tagged(), 2u);
}

TEST_F(MetricsAppTest, AReplayThatWasBrokenOffAndDoneAgainMakesNoDuplicate) {
  AppendInbound("m1");
  message::v1::InboundMessage original;
  original.set_message_id("m1");
  AppendLetter(original.SerializeAsString(), 1000);
  // Its record came into `inbound`, and the word of it never into `dead-letter`.
  original.mutable_origin()->mutable_replay()->set_replay(7);
  Append(base::topics::kInbound, 1, original.SerializeAsString());
  Append(base::topics::kEvents, 2, Opened("a", /*replayed=*/true).SerializeAsString());
  Append(base::topics::kEvents, 2, Queued("a").SerializeAsString());
  EXPECT_EQ(Replay().replayed(), 1u);
  Append(base::topics::kEvents, 2, Duplicate(/*replayed=*/true).SerializeAsString());
  const auto overview = OverviewOnce([](const auto& o) {
    return o.behind_records() == 0 && o.messages().dead_lettered() == 0 &&
           o.messages().in_flight() == 0;
  });
  EXPECT_EQ(overview.messages().accepted(), 1u);
  EXPECT_EQ(overview.messages().queued(), 1u);
  EXPECT_EQ(overview.messages().duplicates(), 0u);
}

TEST_F(MetricsAppTest, AStagesLetterGoesBackUnderTheReplaysName) {
  // By its old origin route would drop it as a repeat of what it refused.
  routing::v1::RoutingRecord record;
  record.mutable_origin()->mutable_source()->set_offset(41);
  record.set_tenant("acme");
  record.mutable_tagged()->set_message_id("m1");
  AppendLetter(record.SerializeAsString(), 1000, base::topics::kRouting);
  EXPECT_EQ(Replay().replayed(), 1u);
  routing::v1::RoutingRecord again;
  ASSERT_TRUE(again.ParseFromString(ValueAt(base::topics::kRouting, 1, 0)));
  EXPECT_TRUE(again.origin().has_replay());
  EXPECT_GT(again.origin().replay().replay(), 0u);
  *again.mutable_origin() = record.origin();
  EXPECT_EQ(again.SerializeAsString(), record.SerializeAsString());
}

TEST_F(MetricsAppTest, AgentsWhoAreAvailableAreCounted) {
  Append(base::topics::kEvents, 0,
         Present("ana", commands::v1::PRESENCE_STATUS_AVAILABLE).SerializeAsString());
  Append(base::topics::kEvents, 2,
         Present("iván", commands::v1::PRESENCE_STATUS_AVAILABLE, "sales").SerializeAsString());
  OverviewOnce([](const auto& o) { return o.agents_available() == 2; });
  Stop();
  Append(base::topics::kEvents, 0,
         Present("ana", commands::v1::PRESENCE_STATUS_OFFLINE).SerializeAsString());
  Run();
  OverviewOnce([](const auto& o) { return o.agents_available() == 1; });
}

TEST_F(MetricsAppTest, TheThreeStagesNameTheTopicTheyReadInTheirLetters) {
  // Nothing in any of the three topics can be read, at equal partition and offset.
  Append(base::topics::kDeadLetter, 1, "\xff\xff");
  Append(base::topics::kEvents, 1, "\xff\xff");
  Append(base::topics::kInbound, 1, "\x0a\xff\xff");
  const auto topic = log().Describe(std::string(base::topics::kDeadLetter));
  ASSERT_TRUE(topic.ok());
  const uint32_t letters = base::PartitionOf("acme/customer", topic->spec.partitions);
  const uint64_t first = letters == 1 ? 1 : 0;
  std::set<std::string> sources;
  for (uint64_t offset = first; offset < first + 3; ++offset) {
    deadletter::v1::DeadLetterRecord letter;
    ASSERT_TRUE(letter.ParseFromString(ValueAt(base::topics::kDeadLetter, letters, offset)));
    ASSERT_TRUE(letter.origin().has_source());
    sources.insert(letter.origin().source().SerializeAsString());
  }
  EXPECT_EQ(sources.size(), 3u);
}

TEST_F(MetricsAppTest, LettersOfOneTenantAreNotThoseOfAnother) {
  AppendInbound("m1");
  AppendLetter("x", 1000);
  OverviewOnce([](const auto& o) {
    return o.messages().dead_lettered() == 1 && o.messages().accepted() == 1;
  });
  const auto other = OverviewOnce([](const auto& o) { return true; }, "boreal");
  EXPECT_EQ(other.messages().dead_lettered(), 0u);
  EXPECT_EQ(other.messages().in_flight(), 0);
}

TEST_F(MetricsAppTest, NobodyIsAnsweredWithoutAKeyOrAboutAnother) {
  v1::ListQueuesRequest request;
  v1::ListQueuesResponse response;
  grpc::ClientContext stranger;
  EXPECT_EQ(stub_->ListQueues(&stranger, request, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  grpc::ClientContext wrong_key;
  wrong_key.AddMetadata("x-tenant", "acme");
  wrong_key.AddMetadata("x-api-key", "boreal");
  EXPECT_EQ(stub_->ListQueues(&wrong_key, request, &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  grpc::ClientContext other;
  SignIn(other, "boreal");
  request.set_tenant("acme");
  EXPECT_EQ(stub_->ListQueues(&other, request, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
  AppendLetter("x", 1000);
  grpc::ClientContext letters;
  SignIn(letters, "boreal");
  v1::ListDeadLettersResponse rows;
  ASSERT_TRUE(stub_->ListDeadLetters(&letters, {}, &rows).ok());
  EXPECT_EQ(rows.rows_size(), 0);
}

TEST_F(MetricsAppTest, LettersOfOtherTopicsGoBackAsTheyWere) {
  AppendLetter("\xff odd", 1000, base::topics::kRouting, 0);
  EXPECT_EQ(Replay().replayed(), 1u);
  EXPECT_EQ(ValueAt(base::topics::kRouting, 1, 0), "\xff odd");
}

TEST_F(MetricsAppTest, AfterADrainQuestionsAreAnsweredAsUnavailable) {
  ASSERT_TRUE(app_->Drain(kLimit).ok());
  EXPECT_EQ(app_->Overview("acme").status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace centralita::metrics
