#include "timer_scan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

#include "centralita/base/error.h"
#include "clocks.h"

namespace centralita::sla_timer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'800'000'000'000;

class Nowhere final : public base::Outputs {
 public:
  void Emit(base::OutputTopic, std::string_view, const google::protobuf::MessageLite&) override {}
  void Notify(const google::protobuf::MessageLite&) override {}
};

class TimerScanTest : public testing::Test {
 protected:
  // Into one of two partitions.
  void Add(const std::string& tenant, const std::string& conversation,
           const clocks::v1::ClockState& clock, size_t partition = 0) {
    Nowhere outputs;
    events::v1::Event event = EventWith(conversation, clock);
    event.set_tenant(tenant);
    const std::string bytes = event.SerializeAsString();
    partitions_[partition]->Apply(
        {static_cast<uint32_t>(partition), offset_++, base::FromUnixMillis(kStart), "", bytes},
        outputs);
  }
  std::vector<AskedPartition> Owned(int64_t now = kStart) const {
    return {{0, base::FromUnixMillis(now), *partitions_[0]},
            {7, base::FromUnixMillis(now), *partitions_[1]}};
  }
  timer::v1::ListTimersResponse List(timer::v1::ListTimersRequest request,
                                     const std::string& tenant = "acme") const {
    auto scan = ListScan::Create(tenant, request);
    EXPECT_TRUE(scan.ok()) << scan.status();
    while (!scan->Step(Owned())) {
    }
    auto answer = scan->Answer();
    EXPECT_TRUE(answer.ok()) << answer.status();
    return *answer;
  }
  static std::vector<std::string> Names(const timer::v1::ListTimersResponse& response) {
    std::vector<std::string> names;
    for (const auto& row : response.timers()) names.push_back(row.conversation_id());
    return names;
  }

  AlwaysOpenCalendars calendars_;
  std::atomic<int64_t> live_{0};
  std::unique_ptr<Timers> partitions_[2] = {
      std::make_unique<Timers>(calendars_, AlarmPolicy{}, live_),
      std::make_unique<Timers>(calendars_, AlarmPolicy{}, live_)};
  uint64_t offset_ = 0;
};

TEST_F(TimerScanTest, TimersComeByTheTimeAtWhichTheyAreDueOfAllPartitions) {
  Add("acme", "late", RunningClock(kStart + 3000));
  Add("acme", "early", RunningClock(kStart + 1000), 1);
  Add("acme", "middle", RunningClock(kStart + 2000, 4, 1));
  const auto list = List({});
  EXPECT_THAT(Names(list), ElementsAre("early", "middle", "late"));
  EXPECT_THAT(list.partitions(), ElementsAre(0, 7));
  EXPECT_EQ(list.next_page(), "");
  const auto& middle = list.timers(1);
  EXPECT_EQ(middle.partition(), 0u);
  EXPECT_EQ(list.timers(0).partition(), 7u);
  EXPECT_EQ(middle.clock(), "first_response");
  EXPECT_EQ(middle.kind(), clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  EXPECT_EQ(middle.pool(), "care");
  EXPECT_EQ(middle.generation(), 4u);
  EXPECT_EQ(middle.phase(), clocks::v1::CLOCK_PHASE_RUNNING);
  EXPECT_EQ(middle.deadline_unix_ms(), kStart + 2000);
  EXPECT_EQ(middle.next_unix_ms(), kStart + 1900) << "its second warning";
  EXPECT_EQ(middle.threshold(), 1u);
}

TEST_F(TimerScanTest, ATenantSeesHisOwn) {
  Add("acme", "a", RunningClock(kStart + 1000));
  Add("boreal", "a", RunningClock(kStart + 2000));
  EXPECT_THAT(List({}, "acme").timers_size(), 1);
  EXPECT_EQ(List({}, "boreal").timers(0).deadline_unix_ms(), kStart + 2000);
  timer::v1::ListTimersRequest request;
  request.set_conversation_id("a");
  EXPECT_EQ(List(request, "boreal").timers_size(), 1);
  EXPECT_EQ(List(request, "nobody").timers_size(), 0);
  PeekScan peek("boreal");
  ASSERT_TRUE(peek.Step(Owned()));
  EXPECT_EQ(peek.Answer().partitions(0).running(), 1u);
}

TEST_F(TimerScanTest, TheClocksOfOneConversationWhereverItIs) {
  Add("acme", "a", RunningClock(kStart + 1000), 1);
  auto second = RunningClock(kStart + 500);
  second.mutable_spec()->set_name("company");
  Add("acme", "a", second, 1);
  Add("acme", "b", RunningClock(kStart + 1));
  timer::v1::ListTimersRequest request;
  request.set_conversation_id("a");
  const auto list = List(request);
  ASSERT_EQ(list.timers_size(), 2);
  EXPECT_EQ(list.timers(0).clock(), "company");
  EXPECT_EQ(list.timers(1).clock(), "first_response");
}

TEST_F(TimerScanTest, PausedAndBreachedClocksSayWhatTheyAre) {
  auto paused = RunningClock(0);
  paused.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
  paused.set_remaining_ms(700);
  Add("acme", "paused", paused);
  auto breached = RunningClock(kStart - 1);
  breached.set_breached(true);
  Add("acme", "breached", breached);
  Add("acme", "running", RunningClock(kStart + 1000));
  const auto list = List({});
  ASSERT_EQ(list.timers_size(), 3);
  EXPECT_EQ(list.timers(0).conversation_id(), "running");
  for (const auto& row : list.timers()) {
    EXPECT_EQ(row.breached(), row.conversation_id() == "breached");
    if (row.conversation_id() != "paused") continue;
    EXPECT_EQ(row.phase(), clocks::v1::CLOCK_PHASE_PAUSED);
    EXPECT_EQ(row.remaining_ms(), 700);
    EXPECT_EQ(row.deadline_unix_ms(), 0);
  }
  PeekScan peek("acme");
  ASSERT_TRUE(peek.Step(Owned(kStart + 1000)));
  const auto row = peek.Answer().partitions(0);
  EXPECT_EQ(row.running(), 1u);
  EXPECT_EQ(row.paused(), 1u);
  EXPECT_EQ(row.breached(), 1u);
  EXPECT_EQ(row.next_unix_ms(), kStart + 700);
  EXPECT_EQ(row.now_unix_ms(), kStart + 1000);
  EXPECT_EQ(row.behind_ms(), 300) << "its first warning was due and nobody sent it";
  EXPECT_EQ(peek.Answer().partitions(1).partition(), 7u);
  EXPECT_EQ(peek.Answer().partitions(1).next_unix_ms(), 0);
}

TEST_F(TimerScanTest, PagesHoldAllTimersOnceAlsoThoseOfTheSameTime) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 500; ++i) {
    Add("acme", "c" + std::to_string(i),
        RunningClock(kStart + 1000 + static_cast<int64_t>(random() % 20)), random() % 2);
    Add("boreal", "c" + std::to_string(i), RunningClock(kStart + 1000));
  }
  timer::v1::ListTimersRequest request;
  request.set_limit(7);
  std::set<std::string> seen;
  int64_t last = 0;
  int pages = 0;
  do {
    const auto list = List(request);
    ASSERT_LE(list.timers_size(), 7);
    for (const auto& row : list.timers()) {
      EXPECT_GE(row.next_unix_ms(), last);
      last = row.next_unix_ms();
      EXPECT_TRUE(seen.insert(row.conversation_id()).second) << row.conversation_id();
    }
    request.set_page(list.next_page());
    ++pages;
  } while (!request.page().empty());
  EXPECT_EQ(seen.size(), 500u);
  EXPECT_EQ(pages, 72);
}

TEST_F(TimerScanTest, ManyAreLookedThroughInSlices) {
  constexpr size_t kMany = 3 * TimerScan::kSlice + 1;
  for (size_t i = 0; i < kMany; ++i) {
    Add("acme", "c" + std::to_string(i), RunningClock(kStart + 1000), i % 2);
  }
  PeekScan peek("acme");
  int slices = 1;
  while (!peek.Step(Owned())) ++slices;
  EXPECT_EQ(slices, 4);
  const auto answer = peek.Answer();
  EXPECT_EQ(answer.partitions(0).running() + answer.partitions(1).running(), kMany);
}

TEST_F(TimerScanTest, APartitionThatGoesAwayMeanwhileIsLeftOut) {
  for (size_t i = 0; i < TimerScan::kSlice + 10; ++i) {
    Add("acme", "c" + std::to_string(i), RunningClock(kStart + 1000));
  }
  Add("acme", "other", RunningClock(kStart + 500), 1);
  auto scan = *ListScan::Create("acme", {});
  ASSERT_FALSE(scan.Step({Owned()[0]}));
  ASSERT_TRUE(scan.Step({Owned()[1]}));
  EXPECT_EQ(scan.Answer()->timers(0).conversation_id(), "other");
}

TEST_F(TimerScanTest, OnePartitionAlone) {
  Add("acme", "a", RunningClock(kStart + 1000));
  Add("acme", "b", RunningClock(kStart + 1000), 1);
  timer::v1::ListTimersRequest request;
  request.set_partition(0);
  EXPECT_THAT(Names(List(request)), ElementsAre("a"));
  request.set_partition(3);
  auto scan = *ListScan::Create("acme", request);
  ASSERT_TRUE(scan.Step(Owned()));
  EXPECT_EQ(base::ReasonOf(scan.Answer().status()), "partition_not_owned");
}

TEST_F(TimerScanTest, BadQuestionsAreToldOf) {
  timer::v1::ListTimersRequest request;
  request.set_limit(1001);
  EXPECT_EQ(base::ReasonOf(ListScan::Create("acme", request).status()), "bad_limit");
  for (const char* page : {"x", "1", "1/a", "x/a/b", "/a/b", "1x/a/b"}) {
    request.set_limit(1);
    request.set_page(page);
    EXPECT_EQ(base::ReasonOf(ListScan::Create("acme", request).status()), "bad_page") << page;
  }
}

}  // namespace
}  // namespace centralita::sla_timer
