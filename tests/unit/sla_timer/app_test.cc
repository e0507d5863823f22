// Events in, alarms out, over the embedded log and store.
#include "centralita/sla_timer/app.h"

#include <gtest/gtest.h>

#include "centralita/app/backends.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "clocks.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::sla_timer {
namespace {

constexpr base::Duration kLimit{20'000};

class SlaTimerAppTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    producer_ = *backends_.log->NewProducer({.name = "test"});
  }

  std::unique_ptr<SlaTimerApp> Run(SlaTimerOptions options = {}) {
    auto created = SlaTimerApp::Create(options, {.log = *backends_.log,
                                                 .store = *backends_.store,
                                                 .clock = clock_,
                                                 .calendars = calendars_,
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
    const eventlog::TopicPartition partition{std::string(base::topics::kCommands),
                                             base::PartitionOf(base::TenantKey("acme", pool), 4)};
    auto reader = *backends_.log->Read({partition}, {});
    EXPECT_TRUE(reader->Seek(partition, next_).ok());
    const auto until = clock_.Monotonic() + kLimit;
    while (clock_.Monotonic() < until) {
      const auto polled = reader->Poll(base::Duration(100));
      for (const auto& batch : polled->batches) {
        for (const auto& record : batch.records()) {
          commands::v1::Command command;
          EXPECT_TRUE(
              command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
          next_ = record.offset + 1;
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
  telemetry::Metrics metrics_;
  app::Backends backends_;
  std::unique_ptr<eventlog::Producer> producer_;
  uint64_t next_ = 0;
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

TEST_F(SlaTimerAppTest, AnAlarmThatNobodyConfirmsComesAgain) {
  const auto timer = Run({.member = "0", .resend_after = base::Duration(20), .max_attempts = 5});
  AppendEvent(EventWith("a", RunningClock(Now() + 250)));
  const auto [first, first_at] = NextAlarm("care");
  const auto [second, second_at] = NextAlarm("care");
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_GE(second_at, first_at);
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
