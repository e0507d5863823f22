// Links of handles: from the topic into the store, from there into answers.
#include "identity.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <atomic>

#include "centralita/base/error.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "identity_projection.h"
#include "identity_table.h"
#include "tests/unit/ingest/fixture.h"

namespace centralita::ingest {
namespace {

identity::v1::IdentityRecord Link(const std::string& handle, const std::string& customer,
                                  uint64_t revision) {
  identity::v1::IdentityRecord record;
  record.set_tenant("acme");
  record.mutable_handle()->set_channel(common::v1::CHANNEL_WHATSAPP);
  record.mutable_handle()->set_account("+34910000000");
  record.mutable_handle()->set_handle(handle);
  record.set_customer_id(customer);
  record.set_revision(revision);
  return record;
}

std::string Computed(const std::string& handle) {
  return ComputedCustomer("acme", common::v1::CHANNEL_WHATSAPP, "+34910000000", handle);
}

class IdentityTest : public IngestFixture {
 protected:
  // Feeds the projection directly, as its runner does.
  absl::Status Project(IdentityProjection& projection, const std::vector<std::string>& values) {
    std::vector<eventlog::Record> records;
    for (const std::string& value : values) {
      records.push_back({.offset = records.size(),
                         .append_time = {},
                         .key = "k",
                         .value = value,
                         .tombstone = false});
    }
    return projection.Process({{"identity", 0}, records, nullptr}, 1, outputs_);
  }

  struct Outputs final : stage::PipelineOutputs {
    void Emit(size_t, std::string_view, std::string_view,
              const google::protobuf::MessageLite&) override {}
    void DeadLetter(size_t index, std::string_view reason, std::string_view,
                    uint32_t messages) override {
      letters.emplace_back(index, std::string(reason));
      EXPECT_EQ(messages, 0u);
    }
    std::vector<std::pair<size_t, std::string>> letters;
  } outputs_;
};

TEST_F(IdentityTest, AHandleIsItsComputedCustomerUntilItIsLinked) {
  Identity identity(*backends_.store, 100);
  IdentityProjection projection(*backends_.store, identity);
  EXPECT_EQ(identity.Resolve({Computed("a")})->at(0), Computed("a"));
  ASSERT_TRUE(Project(projection, {Link("a", "ana", 1).SerializeAsString()}).ok());
  EXPECT_EQ(identity.Resolve({Computed("a")})->at(0), "ana") << "the cache has heard of it";
  EXPECT_EQ(identity.Resolve({Computed("b"), Computed("a"), Computed("a")}).value(),
            (std::vector<std::string>{Computed("b"), "ana", "ana"}));
  EXPECT_EQ((*identity.Find(Computed("a")))->revision(), 1u);
  EXPECT_FALSE(identity.Find(Computed("b"))->has_value());
}

TEST_F(IdentityTest, RepeatsAndLowerRevisionsChangeNothing) {
  Identity identity(*backends_.store, 100);
  IdentityProjection projection(*backends_.store, identity);
  const std::string first = Link("a", "ana", 1).SerializeAsString();
  const std::string second = Link("a", "eva", 2).SerializeAsString();
  ASSERT_TRUE(Project(projection, {first, second, first}).ok());
  EXPECT_EQ(identity.Resolve({Computed("a")})->at(0), "eva");
  ASSERT_TRUE(Project(projection, {first}).ok());
  EXPECT_EQ(identity.Resolve({Computed("a")})->at(0), "eva");
}

TEST_F(IdentityTest, WhatCannotBeReadIsDeadLetteredAndTheRestGoesOn) {
  Identity identity(*backends_.store, 100);
  IdentityProjection projection(*backends_.store, identity);
  ASSERT_TRUE(Project(projection, {"\xff\xff", Link("a", "ana", 1).SerializeAsString(), ""}).ok());
  EXPECT_THAT(outputs_.letters, ::testing::ElementsAre(::testing::Pair(0, "undecodable"),
                                                       ::testing::Pair(2, "undecodable")));
  EXPECT_EQ(identity.Resolve({Computed("a")})->at(0), "ana");
}

TEST_F(IdentityTest, ASmallCacheForgetsButAnswersTheSame) {
  Identity identity(*backends_.store, 1);
  IdentityProjection projection(*backends_.store, identity);
  std::vector<std::string> values;
  for (int i = 0; i < 200; i += 2) {
    values.push_back(
        Link("h" + std::to_string(i), "linked" + std::to_string(i), 1).SerializeAsString());
  }
  ASSERT_TRUE(Project(projection, values).ok());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 200; ++i) {
      const std::string computed = Computed("h" + std::to_string(i));
      EXPECT_EQ(identity.Resolve({computed})->at(0),
                i % 2 == 0 ? "linked" + std::to_string(i) : computed);
    }
  }
}

TEST_F(IdentityTest, ALinkInTheTopicReachesMessagesThatComeAfterIt) {
  auto producer = *backends_.log->NewProducer({.name = "test"});
  eventlog::Outgoing outgoing;
  outgoing.topic = base::topics::kIdentity;
  outgoing.key = base::TenantKey("acme", "any");
  outgoing.partition = base::PartitionOf(outgoing.key, 4);
  outgoing.value = Link("a", "ana", 1).SerializeAsString();
  ASSERT_TRUE(producer->Append(outgoing, [](auto) {}).ok());
  ASSERT_TRUE(producer->Flush(kLimit).ok());

  auto stub = v1::IngestService::NewStub(app_->InProcessChannel());
  std::string customer;
  // The projection follows the log; each try is a call, and there is no other way to see it from
  // outside.
  for (int i = 0; i < 10'000 && customer != "ana"; ++i) {
    grpc::ClientContext context;
    context.AddMetadata("x-tenant", "acme");
    context.AddMetadata("x-api-key", "acme-key");
    v1::SubmitRequest request;
    *request.mutable_message() = Message("a", std::to_string(i));
    v1::SubmitResponse response;
    ASSERT_TRUE(stub->Submit(&context, request, &response).ok());
    customer = response.result().customer_id();
  }
  EXPECT_EQ(customer, "ana");
}

TEST_F(IdentityTest, AGenerationStaysUntilAPartOfTheTableIsLost) {
  store::Store& store = *backends_.store;
  ASSERT_TRUE(app_->WaitReady(kLimit).ok());
  const auto generation = AgreeOnGeneration(store);
  ASSERT_TRUE(generation.ok()) << generation.status();
  EXPECT_EQ(*generation, *AgreeOnGeneration(store)) << "stable across restarts";
  EXPECT_TRUE(MarkFilled(store, *generation).ok());

  const store::Key mark = IdentityMark(17);
  ASSERT_TRUE(store.Commit({mark.partition, {}, {}, {mark.name}}).ok());
  EXPECT_TRUE(absl::IsAborted(MarkFilled(store, *generation)));
  const auto next = AgreeOnGeneration(store);
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_NE(*generation, *next);
  EXPECT_EQ(*next, *AgreeOnGeneration(store)) << "others fill the same one";
}

TEST_F(IdentityTest, AStoreThatIsEmptiedMeanwhileIsNoticedAndFilledAgain) {
  constexpr int kHandles = 200;
  const auto name = [](int i) { return "h" + std::to_string(i); };
  auto producer = *backends_.log->NewProducer({.name = "test"});
  for (int i = 0; i < kHandles; ++i) {
    eventlog::Outgoing outgoing;
    outgoing.topic = base::topics::kIdentity;
    outgoing.key = name(i);
    outgoing.partition = base::PartitionOf(outgoing.key, 4);
    outgoing.value = Link(name(i), "ana", 1).SerializeAsString();
    ASSERT_TRUE(producer->Append(outgoing, [](auto) {}).ok());
  }
  ASSERT_TRUE(producer->Flush(kLimit).ok());
  auto stub = v1::IngestService::NewStub(app_->InProcessChannel());
  int sent = 0;
  const auto submit = [&](const std::string& handle) {
    grpc::ClientContext context;
    context.AddMetadata("x-tenant", "acme");
    context.AddMetadata("x-api-key", "acme-key");
    v1::SubmitRequest request;
    *request.mutable_message() = Message(handle, std::to_string(sent++));
    v1::SubmitResponse response;
    const grpc::Status status = stub->Submit(&context, request, &response);
    if (!status.ok()) {
      response.mutable_result()->mutable_error()->set_code(base::ReasonOf(rpc::FromGrpc(status)));
    }
    return response.result();
  };
  // The last of each partition is there, so all are; the others are in no cache.
  for (int last = kHandles - 20; last < kHandles; ++last) {
    for (int i = 0; i < 10'000 && submit(name(last)).customer_id() != "ana"; ++i) continue;
  }

  for (uint32_t p = 0; p < kIdentityPartitions; ++p) {
    const std::string partition = IdentityMark(p).partition;
    const auto page = backends_.store->Scan(partition, "", std::nullopt, 1'000);
    ASSERT_TRUE(page.ok()) << page.status();
    store::Transaction lost{partition, {}, {}, {}};
    for (const auto& [entry, value] : page->entries) lost.erases.push_back(entry);
    ASSERT_TRUE(backends_.store->Commit(lost).ok());
  }
  int refused = 0;
  for (int i = 0; i < kHandles - 20; ++i) {
    v1::ItemResult result = submit(name(i));
    for (; result.has_error() && refused < 100'000; ++refused) {
      ASSERT_EQ(result.error().code(), "identity_loading");
      result = submit(name(i));
    }
    ASSERT_EQ(result.customer_id(), "ana") << name(i);
  }
  EXPECT_GT(refused, 0);
}

// A log whose groups take nobody while it is closed.
class ClosableLog final : public eventlog::EventLog {
 public:
  explicit ClosableLog(eventlog::EventLog& log) : log_(log) {}
  absl::StatusOr<eventlog::TopicInfo> EnsureTopic(const eventlog::TopicSpec& spec) override {
    return log_.EnsureTopic(spec);
  }
  absl::StatusOr<eventlog::TopicInfo> Describe(const std::string& topic) const override {
    return log_.Describe(topic);
  }
  absl::StatusOr<eventlog::OffsetRange> Offsets(
      const eventlog::TopicPartition& partition) const override {
    return log_.Offsets(partition);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Producer>> NewProducer(
      const eventlog::ProducerOptions& options) override {
    return log_.NewProducer(options);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Join(
      const std::string& group, const std::string& member, const std::vector<std::string>& topics,
      const eventlog::ConsumerOptions& options) override {
    if (closed) return absl::PermissionDeniedError("closed");
    return log_.Join(group, member, topics, options);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Read(
      const std::vector<eventlog::TopicPartition>& partitions,
      const eventlog::ConsumerOptions& options) override {
    return log_.Read(partitions, options);
  }

  std::atomic<bool> closed{false};

 private:
  eventlog::EventLog& log_;
};

TEST_F(IdentityTest, ATableThatCannotBeFilledAgainIsSaidOnceAndCountedAndIsNotHealthy) {
  std::atomic<int> said{0};
  telemetry::LogOptions lines;
  lines.sink = [&said](std::string_view line) {
    if (line.find("identity_not_filled") != line.npos) ++said;
  };
  const auto logger = *telemetry::Logger::Create(lines, clock_);
  telemetry::Counter failures = metrics_.AddCounter("failures", "Attempts that failed.");
  Identity identity(*backends_.store, 100);
  ClosableLog log(*backends_.log);
  IdentityTable table({.log = log,
                       .store = *backends_.store,
                       .clock = clock_,
                       .logger = *logger,
                       .identity = identity,
                       .failures = failures},
                      "another");
  ASSERT_TRUE(table.Start().ok());
  const auto until = clock_.Monotonic() + kLimit;
  while (!table.Ready().ok()) ASSERT_LT(clock_.Monotonic(), until);
  log.closed = true;
  const store::Key mark = IdentityMark(0);
  ASSERT_TRUE(
      backends_.store
          ->Commit(
              {.partition = mark.partition, .conditions = {}, .puts = {}, .erases = {mark.name}})
          .ok());
  while (failures.Value() < 3) ASSERT_LT(clock_.Monotonic(), until);
  EXPECT_EQ(table.Health().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(table.Ready().ok());
  EXPECT_EQ(said, 1);
  log.closed = false;
  while (!table.Ready().ok()) ASSERT_LT(clock_.Monotonic(), until);
  EXPECT_TRUE(table.Health().ok());
}

}  // namespace
}  // namespace centralita::ingest
