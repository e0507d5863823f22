// The oracle of timers that fall due finds what it is there to find.
#include "tests/e2e/due_timers.h"

#include <gtest/gtest.h>

#include <iterator>
#include <set>

#include "centralita/base/clock.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "tests/support/memory_log.h"

namespace centralita::e2e {
namespace {

constexpr base::TimePoint kStart = base::FromUnixMillis(1'800'000'000'000);

class DueTimersTest : public ::testing::Test {
 protected:
  // Four timers, due from a second on, each a tenth of a second behind the one before.
  void SetUp() override {
    for (const auto topic :
         {base::topics::kCommands, base::topics::kEvents, base::topics::kOutbound}) {
      disk_.Create({.name = std::string(topic), .partitions = 2});
    }
    auto timers = DueTimers::Create(log_);
    ASSERT_TRUE(timers.ok()) << timers.status();
    timers_ = *std::move(timers);
    ASSERT_TRUE(timers_->Write(4, kStart + base::Duration(1000), base::Duration(400)).ok());
    for (const auto& record : disk_.AllRecords(std::string(base::topics::kCommands))) {
      commands::v1::Command command;
      ASSERT_TRUE(command.ParseFromString(record.value));
      asked_.insert(command.enqueue().conversation_id());
    }
    ASSERT_EQ(asked_.size(), 4U);
  }

  std::string Conversation(size_t number) const { return *std::next(asked_.begin(), number); }

  // What dispatch says of an alarm that is its offset-th record, and the notice that comes of it.
  void Effect(size_t number, uint64_t offset, uint64_t generation = 1) {
    events::v1::Event event;
    SetSource(*event.mutable_origin(), offset, 0);
    event.set_conversation_id(Conversation(number));
    event.set_at_unix_ms(base::ToUnixMillis(clock_.Now()));
    auto& alarm = *event.mutable_warned()->mutable_alarm();
    alarm.set_clock("answer");
    alarm.set_generation(generation);
    disk_.Append(std::string(base::topics::kEvents), 0, "", event.SerializeAsString());
    Notice(number, offset, generation);
  }
  void Notice(size_t number, uint64_t offset, uint64_t generation = 1) {
    outbound::v1::Outbound outbound;
    SetSource(*outbound.mutable_origin(), offset, 1);
    outbound.set_conversation_id(Conversation(number));
    outbound.set_created_unix_ms(base::ToUnixMillis(clock_.Now()));
    auto& alarm = *outbound.mutable_notice()->mutable_alarm();
    alarm.set_clock("answer");
    alarm.set_generation(generation);
    disk_.Append(std::string(base::topics::kOutbound), 1, "", outbound.SerializeAsString());
  }
  static void SetSource(common::v1::Origin& origin, uint64_t offset, uint32_t index) {
    auto& source = *origin.mutable_source();
    source.set_stage(common::v1::STAGE_DISPATCH);
    source.set_offset(offset);
    source.set_index(index);
  }
  // All in good time, from number `first` on.
  void AllFrom(size_t first) {
    clock_.Advance(base::Duration(1400));
    for (size_t i = first; i < 4; ++i) Effect(i, 10 + i);
  }
  DueTimers::Verdict Judge() {
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(timers_->Follow(base::Duration(0)).ok());
    return timers_->Judge(0, 4);
  }

  base::ManualClock clock_{kStart};
  testing::LogDisk disk_{clock_};
  testing::Process process_;
  testing::MemoryLog log_{disk_, process_};
  std::unique_ptr<DueTimers> timers_;
  std::set<std::string> asked_;
};

TEST_F(DueTimersTest, EachOnceInItsTimeIsClean) {
  AllFrom(0);
  const auto verdict = Judge();
  EXPECT_TRUE(verdict.clean()) << verdict.ToString();
  ASSERT_EQ(verdict.late.size(), 4U);
  EXPECT_EQ(verdict.late.front(), base::Duration(100));
  EXPECT_EQ(verdict.late.back(), base::Duration(400));
}

TEST_F(DueTimersTest, WhatOneSourceSaysAgainIsARepeat) {
  AllFrom(0);
  Effect(2, 12);
  const auto verdict = Judge();
  EXPECT_TRUE(verdict.clean()) << verdict.ToString();
  EXPECT_EQ(verdict.repeats, 2U);
}

TEST_F(DueTimersTest, WhatTwoSourcesSayIsTwiceInEffect) {
  AllFrom(0);
  Effect(2, 30);
  EXPECT_EQ(Judge().twice, 2U);
}

TEST_F(DueTimersTest, ASecondNoticeIsTwiceInEffect) {
  AllFrom(0);
  Notice(2, 30);
  EXPECT_EQ(Judge().twice, 1U);
}

TEST_F(DueTimersTest, AMillisecondBeforeItsTimeIsEarly) {
  clock_.Advance(base::Duration(999));
  Effect(0, 10);
  AllFrom(1);
  EXPECT_EQ(Judge().early, 2U);
}

TEST_F(DueTimersTest, WhatNeverComesIsLost) {
  AllFrom(1);
  EXPECT_EQ(Judge().lost, 2U);
  EXPECT_EQ(timers_->Done(0), 3U);
}

TEST_F(DueTimersTest, AnotherGenerationIsWrong) {
  AllFrom(1);
  Effect(0, 10, 2);
  EXPECT_EQ(Judge().wrong, 1U);
}

}  // namespace
}  // namespace centralita::e2e
