// Events in, alarms out, over the embedded log and store.
#include "centralita/sla_timer/app.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>

#include "centralita/app/backends.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/rpc/server.h"
#include "centralita/timer/v1/timer.grpc.pb.h"
#include "clocks.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::sla_timer {
namespace {

constexpr base::Duration kLimit{20'000};

// The log below, but that one partition of `commands` takes nothing for a while.
class LogWithoutALeader final : public eventlog::EventLog {
 public:
  LogWithoutALeader(eventlog::EventLog& log, uint32_t partition)
      : log_(log), partition_(partition) {}

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
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Join(
      const std::string& group, const std::string& member, const std::vector<std::string>& topics,
      const eventlog::ConsumerOptions& options) override {
    return log_.Join(group, member, topics, options);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Consumer>> Read(
      const std::vector<eventlog::TopicPartition>& partitions,
      const eventlog::ConsumerOptions& options) override {
    return log_.Read(partitions, options);
  }
  absl::StatusOr<std::unique_ptr<eventlog::Producer>> NewProducer(
      const eventlog::ProducerOptions& options) override {
    auto made = log_.NewProducer(options);
    if (!made.ok()) return made.status();
    return std::make_unique<Appender>(*this, *std::move(made));
  }

  // Whether so many appends have failed within `limit`.
  bool WaitFailed(int count, base::Duration limit) {
    std::unique_lock lock(mutex_);
    return failed_more_.wait_for(lock, limit, [&] { return failed_ >= count; });
  }
  int failed() const {
    const std::scoped_lock lock(mutex_);
    return failed_;
  }
  void ElectOne() {
    const std::scoped_lock lock(mutex_);
    elected_ = true;
  }

 private:
  class Appender final : public eventlog::Producer {
   public:
    Appender(LogWithoutALeader& log, std::unique_ptr<eventlog::Producer> producer)
        : log_(log), producer_(std::move(producer)) {}
    absl::Status Append(eventlog::Outgoing record, eventlog::AckCallback ack) override {
      if (!log_.Fails(record)) return producer_->Append(std::move(record), std::move(ack));
      ack(absl::UnavailableError("no leader"));
      return absl::OkStatus();
    }
    absl::Status WaitForRoom(base::Duration limit) override {
      return producer_->WaitForRoom(limit);
    }
    absl::Status Flush(base::Duration limit) override { return producer_->Flush(limit); }

   private:
    LogWithoutALeader& log_;
    const std::unique_ptr<eventlog::Producer> producer_;
  };

  bool Fails(const eventlog::Outgoing& record) {
    const std::scoped_lock lock(mutex_);
    if (elected_ || record.topic != base::topics::kCommands || record.partition != partition_) {
      return false;
    }
    ++failed_;
    failed_more_.notify_all();
    return true;
  }

  eventlog::EventLog& log_;
  const uint32_t partition_;
  mutable std::mutex mutex_;
  std::condition_variable failed_more_;
  int failed_ = 0;
  bool elected_ = false;
};

uint32_t ShardOf(const std::string& pool) {
  return base::PartitionOf(base::TenantKey("acme", pool), 4);
}

class OneKey final : public Access {
 public:
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override {
    return api_key == tenant + "-key" ? absl::OkStatus() : absl::UnauthenticatedError("no");
  }
};

class SlaTimerAppTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    producer_ = *backends_.log->NewProducer({.name = "test"});
  }

  std::unique_ptr<SlaTimerApp> Run(SlaTimerOptions options = {}) {
    return Run(*backends_.log, options);
  }
  std::unique_ptr<SlaTimerApp> Run(eventlog::EventLog& log, const SlaTimerOptions& options) {
    auto created = SlaTimerApp::Create(options, {.log = log,
                                                 .store = *backends_.store,
                                                 .clock = clock_,
                                                 .calendars = calendars_,
                                                 .access = access_,
                                                 .metrics = metrics_});
    EXPECT_TRUE(created.ok()) << created.status();
    EXPECT_TRUE((*created)->Start().ok());
    return *std::move(created);
  }

  void AppendEvent(const events::v1::Event& event) {
    ASSERT_TRUE(producer_
                    ->Append({std::string(base::topics::kEvents), 1, "acme/customer",
                              event.SerializeAsString(), false},
                             [](auto) {})
                    .ok());
    ASSERT_TRUE(producer_->Flush(kLimit).ok());
  }

  // The next alarm for the pool, with the time at which the log took it.
  std::pair<clocks::v1::AlarmId, base::TimePoint> NextAlarm(const std::string& pool) {
    const eventlog::TopicPartition partition{std::string(base::topics::kCommands), ShardOf(pool)};
    auto reader = *backends_.log->Read({partition}, {});
    EXPECT_TRUE(reader->Seek(partition, next_[pool]).ok());
    const auto until = clock_.Monotonic() + kLimit;
    while (clock_.Monotonic() < until) {
      const auto polled = reader->Poll(base::Duration(100));
      for (const auto& batch : polled->batches) {
        for (const auto& record : batch.records()) {
          commands::v1::Command command;
          EXPECT_TRUE(
              command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
          next_[pool] = record.offset + 1;
          EXPECT_EQ(command.pool(), pool);
          return {command.alarm().alarm(), record.append_time};
        }
      }
    }
    ADD_FAILURE() << "no alarm came";
    return {};
  }

  int64_t Now() const { return base::ToUnixMillis(clock_.Now()); }

  test::TempDir dir_;
  base::SystemClock clock_;
  AlwaysOpenCalendars calendars_;
  OneKey access_;
  telemetry::Metrics metrics_;
  app::Backends backends_;
  std::unique_ptr<eventlog::Producer> producer_;
  // By pool.
  std::map<std::string, uint64_t> next_;
};

TEST_F(SlaTimerAppTest, ARunningClockGivesAnAlarmInItsShardNotBeforeItIsDue) {
  const auto timer = Run();
  const int64_t deadline = Now() + 500;
  AppendEvent(EventWith("a", RunningClock(deadline)));
  const auto [alarm, at] = NextAlarm("care");
  EXPECT_EQ(alarm.conversation_id(), "a");
  EXPECT_EQ(alarm.threshold(), 0u);
  EXPECT_EQ(alarm.due_unix_ms(), deadline - 300);
  EXPECT_GE(base::ToUnixMillis(at), deadline - 300);
  EXPECT_EQ(timer->Stats().live_clocks, 1u);
  EXPECT_GE(timer->Stats().alarms_sent, 1u);
  EXPECT_TRUE(timer->Drain(kLimit).ok());
}

TEST_F(SlaTimerAppTest, SaysOverGrpcWhichTimersATenantHas) {
  const auto timer = Run();
  auto server = *rpc::Server::Start({.listen = false}, {&timer->service()});
  const auto stub = timer::v1::TimerService::NewStub(server->InProcessChannel());
  AppendEvent(EventWith("a", RunningClock(Now() + 3'600'000)));
  const auto until = clock_.Monotonic() + kLimit;
  const auto ask = [&](const std::string& tenant, const std::string& key,
                       timer::v1::ListTimersResponse& response) {
    grpc::ClientContext context;
    context.AddMetadata("x-tenant", tenant);
    context.AddMetadata("x-api-key", key);
    return stub->ListTimers(&context, {}, &response);
  };
  timer::v1::ListTimersResponse list;
  do {
    const grpc::Status status = ask("acme", "acme-key", list);
    ASSERT_TRUE(status.ok()) << status.error_message();
  } while (list.timers_size() == 0 && clock_.Monotonic() < until);
  ASSERT_EQ(list.timers_size(), 1);
  EXPECT_EQ(list.timers(0).conversation_id(), "a");
  EXPECT_EQ(list.timers(0).partition(), 1u);
  EXPECT_EQ(list.partitions_size(), 4);
  timer::v1::ListTimersResponse other;
  EXPECT_TRUE(ask("boreal", "boreal-key", other).ok());
  EXPECT_EQ(other.timers_size(), 0);
  EXPECT_EQ(ask("acme", "boreal-key", other).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", "acme");
  context.AddMetadata("x-api-key", "acme-key");
  timer::v1::PeekResponse peek;
  ASSERT_TRUE(stub->Peek(&context, {}, &peek).ok());
  ASSERT_EQ(peek.partitions_size(), 4);
  EXPECT_EQ(peek.partitions(1).running(), 1u);
  EXPECT_GT(peek.partitions(1).next_unix_ms(), Now());
  server.reset();
}

TEST_F(SlaTimerAppTest, AnAlarmThatNobodyConfirmsComesAgain) {
  const auto timer = Run({.member = "0", .resend_after = base::Duration(20), .max_attempts = 5});
  AppendEvent(EventWith("a", RunningClock(Now() + 250)));
  const auto [first, first_at] = NextAlarm("care");
  const auto [second, second_at] = NextAlarm("care");
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_GE(second_at, first_at);
}

TEST_F(SlaTimerAppTest, WhatAShardWithoutALeaderDoesNotTakeIsNoAttemptWhileOthersTakeTheirs) {
  std::string other = "pool-0";
  for (int i = 1; ShardOf(other) == ShardOf("care"); ++i) other = "pool-" + std::to_string(i);
  LogWithoutALeader log(*backends_.log, ShardOf("care"));
  const auto timer =
      Run(log, {.member = "0", .resend_after = base::Duration(2), .max_attempts = 3});
  AppendEvent(EventWith("a", RunningClock(Now())));
  for (int i = 0; i < 8; ++i) {
    // Taken there, and so acknowledged between two failures here.
    const std::string conversation = "b" + std::to_string(i);
    AppendEvent(EventWith(conversation, RunningClock(Now()), other));
    while (NextAlarm(other).first.conversation_id() != conversation) ASSERT_FALSE(HasFailure());
    ASSERT_TRUE(log.WaitFailed(log.failed() + 1, kLimit)) << "given up after " << i;
  }
  log.ElectOne();
  EXPECT_EQ(NextAlarm("care").first.conversation_id(), "a");
}

TEST_F(SlaTimerAppTest, AfterARestartClocksThatWereSeenBeforeStillRing) {
  AppendEvent(EventWith("a", RunningClock(Now() + 1500)));
  {
    const auto timer = Run();
    AppendEvent(EventWith("b", RunningClock(Now() + 3'600'000)));
    ASSERT_TRUE(timer->Drain(kLimit).ok());
  }
  const auto timer = Run();
  EXPECT_EQ(NextAlarm("care").first.conversation_id(), "a");
  EXPECT_TRUE(timer->Health().ok());
}

}  // namespace
}  // namespace centralita::sla_timer
