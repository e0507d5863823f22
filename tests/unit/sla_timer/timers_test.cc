#include "timers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "clocks.h"

namespace centralita::sla_timer {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int64_t kStart = 1'800'000'000'000;
constexpr AlarmPolicy kPolicy{.resend_after = base::Duration(50), .max_attempts = 3};

class NoOutputs final : public base::Outputs {
 public:
  void Emit(base::OutputTopic, std::string_view, const google::protobuf::MessageLite&) override {
    ADD_FAILURE() << "the timers of a partition emit nothing";
  }
  void Notify(const google::protobuf::MessageLite&) override { ADD_FAILURE(); }
};

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override { all[std::string(key)] = value; }
  void Erase(std::string_view key) override { all.erase(std::string(key)); }
  std::map<std::string, std::string> all;
};

// Open but from `from` until `until`.
sla::Spans Closed(int64_t from, int64_t until) {
  clocks::v1::Calendar calendar;
  calendar.set_known_from_unix_ms(kStart - 100'000);
  calendar.set_known_until_unix_ms(kStart + 100'000);
  auto& before = *calendar.add_spans();
  before.set_start_unix_ms(kStart - 100'000);
  before.set_end_unix_ms(from);
  auto& after = *calendar.add_spans();
  after.set_start_unix_ms(until);
  after.set_end_unix_ms(kStart + 100'000);
  return calendar;
}

// `hours`, or by name.
class SomeCalendars final : public Calendars {
 public:
  std::shared_ptr<const sla::Spans> Find(const std::string&,
                                         const std::string& name) const override {
    const auto found = by_name.find(name);
    return std::make_shared<const sla::Spans>(found == by_name.end() ? hours : found->second);
  }
  uint64_t Version() const override { return version; }
  uint64_t VersionOf(const std::string& tenant) const override {
    const auto found = versions.find(tenant);
    return found == versions.end() ? 0 : found->second;
  }
  void Changed(const std::string& tenant) { versions[tenant] = ++version; }

  sla::Spans hours;
  std::map<std::string, sla::Spans> by_name;
  uint64_t version = 0;
  std::map<std::string, uint64_t> versions;
};

clocks::v1::ClockState ClockIn(const std::string& calendar, int64_t deadline, uint32_t warned = 0) {
  auto clock = RunningClock(deadline, 1, warned);
  clock.mutable_spec()->set_calendar(calendar);
  return clock;
}

class TimersTest : public testing::Test {
 protected:
  base::ApplyResult Apply(const events::v1::Event& event) {
    NoOutputs outputs;
    const std::string bytes = event.SerializeAsString();
    return timers_.Apply({0, offset_++, base::FromUnixMillis(kStart), "acme/customer", bytes},
                         outputs);
  }
  base::ApplyResult Apply(const std::string& conversation, const clocks::v1::ClockState& clock) {
    return Apply(EventWith(conversation, clock));
  }
  // "conversation/threshold" in order, as they become due.
  static std::vector<std::string> Names(const std::vector<Timers::Due>& due) {
    std::vector<std::string> names;
    for (const auto& each : due) {
      const auto& alarm = each.alarm.alarm().alarm();
      names.push_back(alarm.conversation_id() + "/" + std::to_string(alarm.threshold()));
    }
    return names;
  }
  std::vector<std::string> Take(int64_t after_start, size_t limit = 100) {
    return Names(timers_.TakeDue(base::FromUnixMillis(kStart + after_start), limit));
  }

  SomeCalendars calendars_;
  std::atomic<int64_t> live_{0};
  Timers timers_{calendars_, kPolicy, live_};
  uint64_t offset_ = 0;
};

TEST_F(TimersTest, NothingIsDueWithoutClocks) {
  EXPECT_EQ(timers_.NextDue(), base::kNever);
  events::v1::Event event = EventWith("a", {});
  event.clear_clocks();
  EXPECT_EQ(Apply(event), base::ApplyResult::kApplied);
  EXPECT_THAT(Take(1'000'000), IsEmpty());
}

TEST_F(TimersTest, AlarmsComeInOrderOfTimeAndNeverBeforeTheyAreDue) {
  Apply("late", RunningClock(kStart + 2000));
  Apply("early", RunningClock(kStart + 1000));
  EXPECT_LE(timers_.NextDue(), base::FromUnixMillis(kStart + 700));
  EXPECT_THAT(Take(699), IsEmpty());
  EXPECT_EQ(timers_.NextDue(), base::FromUnixMillis(kStart + 700));
  EXPECT_THAT(Take(700), ElementsAre("early/0"));
  EXPECT_THAT(Take(1700, 2), ElementsAre("early/0", "late/0"));
}

TEST_F(TimersTest, AnAlarmNamesItsShardItsClockAndWhenItIsDue) {
  Apply("a", RunningClock(kStart + 1000, 7));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 900), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_FALSE(due[0].again);
  EXPECT_EQ(due[0].alarm.tenant(), "acme");
  EXPECT_EQ(due[0].alarm.pool(), "care");
  const auto& alarm = due[0].alarm.alarm().alarm();
  EXPECT_EQ(alarm.clock(), "first_response");
  EXPECT_EQ(alarm.generation(), 7u);
  EXPECT_EQ(alarm.due_unix_ms(), kStart + 700);
}

TEST_F(TimersTest, EachEffectiveWarningLeadsToTheNextThresholdAndThenToTheDeadline) {
  Apply("a", RunningClock(kStart + 1000, 1, 0));
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  Apply("a", RunningClock(kStart + 1000, 1, 1));
  EXPECT_THAT(Take(899), IsEmpty());
  EXPECT_THAT(Take(900), ElementsAre("a/1"));
  Apply("a", RunningClock(kStart + 1000, 1, 2));
  EXPECT_THAT(Take(999), IsEmpty());
  EXPECT_THAT(Take(1000), ElementsAre("a/2"));
}

TEST_F(TimersTest, WhatNoEventConfirmsIsSentAgainAndInTheEndGivenUp) {
  Apply("a", RunningClock(kStart + 1000));
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  EXPECT_THAT(Take(749), IsEmpty());
  const auto second = timers_.TakeDue(base::FromUnixMillis(kStart + 750), 10);
  EXPECT_THAT(Names(second), ElementsAre("a/0"));
  EXPECT_TRUE(second[0].again);
  EXPECT_THAT(Take(849), IsEmpty()) << "the second time it waits for twice as long";
  EXPECT_THAT(Take(850), ElementsAre("a/0"));
  EXPECT_THAT(Take(1049), IsEmpty());
  EXPECT_EQ(timers_.given_up(), 0u);
  EXPECT_THAT(Take(1050), IsEmpty());
  EXPECT_EQ(timers_.given_up(), 1u);
  EXPECT_EQ(timers_.size(), 0u);
  EXPECT_EQ(live_, 0);
  EXPECT_EQ(timers_.NextDue(), base::kNever);
}

TEST_F(TimersTest, WhileItsPlaceTakesNothingNoAttemptCountsAndNothingIsGivenUp) {
  Apply("a", RunningClock(kStart + 1000));
  Apply(EventWith("b", RunningClock(kStart + 1000), "vip"));
  const auto takes = [](const Place& place) {
    return place.tenant == "acme" && place.pool == "vip";
  };
  for (int64_t at = 700; at <= 100'000; at += 50) {
    const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + at), 10, takes);
    EXPECT_THAT(Names(due), testing::Contains("a/0"));
  }
  EXPECT_EQ(timers_.given_up(), 1u) << "the other place has taken its alarms";
  EXPECT_THAT(Take(100'050), ElementsAre("a/0"));
  EXPECT_THAT(Take(100'100), ElementsAre("a/0"));
  EXPECT_EQ(timers_.running(), 1u);
}

TEST_F(TimersTest, ANewerGenerationReplacesAndAnOlderOneIsIgnored) {
  Apply("a", RunningClock(kStart + 1000, 2));
  Apply("a", RunningClock(kStart + 5000, 3));
  Apply("a", RunningClock(kStart + 1000, 2, 1));
  EXPECT_EQ(timers_.size(), 1u);
  EXPECT_THAT(Take(4699), IsEmpty());
  EXPECT_THAT(Take(4700), ElementsAre("a/0"));
}

TEST_F(TimersTest, PausedStoppedAndBreachedClocksHaveNoAlarm) {
  for (const std::string end : {"paused", "stopped", "breached"}) {
    SCOPED_TRACE(end);
    Apply(end, RunningClock(kStart + 1000, 1));
    ASSERT_EQ(timers_.running(), 1u);
    clocks::v1::ClockState clock = RunningClock(kStart + 1000, 2, 2);
    if (end == "paused") clock.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
    if (end == "stopped") clock.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
    if (end == "breached") {
      // A breach makes no new generation.
      clock.set_generation(1);
      clock.set_breached(true);
    }
    Apply(end, clock);
    EXPECT_EQ(timers_.running(), 0u);
    EXPECT_EQ(live_, 0);
    EXPECT_THAT(Take(100'000), IsEmpty());
  }
  EXPECT_EQ(timers_.size(), 2u) << "those that can go on are kept, to be shown";
  // Nobody says a word of them for longer than any conversation lasts.
  EXPECT_THAT(Take(int64_t{91} * 24 * 3'600'000), IsEmpty());
  EXPECT_EQ(timers_.size(), 0u);
  EXPECT_EQ(timers_.given_up(), 0u);
}

TEST_F(TimersTest, APausedClockThatRunsAgainRingsAtItsNewTime) {
  auto paused = RunningClock(0, 2);
  paused.set_phase(clocks::v1::CLOCK_PHASE_PAUSED);
  paused.set_remaining_ms(800);
  Apply("a", RunningClock(kStart + 1000, 1));
  Apply("a", paused);
  Apply("a", RunningClock(kStart + 9000, 3));
  EXPECT_EQ(timers_.running(), 1u);
  EXPECT_THAT(Take(8699), IsEmpty());
  EXPECT_THAT(Take(8700), ElementsAre("a/0"));
}

// A node whose wall clock is ten minutes ahead has nothing else to go by while no record comes.
TEST_F(TimersTest, WhatAWrongClockSentEarlyRingsInTimeOnceARecordTellsTheTime) {
  Apply("a", RunningClock(kStart + 300'000));
  Apply("b", RunningClock(kStart + 400'000));
  // Twice sent, and the next would be due long after its time.
  for (const int64_t wrong : {600'000, 600'060}) Take(wrong);
  NoOutputs outputs;
  const std::string bytes = EventWith("c", RunningClock(kStart + 900'000)).SerializeAsString();
  timers_.Apply({0, offset_++, base::FromUnixMillis(kStart + 310'000), "acme/customer", bytes},
                outputs);
  EXPECT_THAT(Take(399'699), ElementsAre("a/0")) << "whose time has come meanwhile";
  EXPECT_THAT(Take(399'700), ElementsAre("b/0"));
}

TEST_F(TimersTest, RecordsThatAreReadLateSendNoAlarmAgainAtEachOfThem) {
  Apply("a", RunningClock(kStart + 1'000));
  EXPECT_THAT(Take(20'000), ElementsAre("a/0"));
  NoOutputs outputs;
  int sent = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string bytes = EventWith("c", RunningClock(kStart + 900'000)).SerializeAsString();
    timers_.Apply({0, offset_++, base::FromUnixMillis(kStart + 2'000 + i), "acme/customer", bytes},
                  outputs);
    sent += static_cast<int>(Take(20'005 + i * 5).size());
  }
  EXPECT_LE(sent, 1);
}

TEST_F(TimersTest, AClockWhoseHoursHaveChangedSinceItWasSetIsNotEarly) {
  calendars_.hours = Closed(kStart - 1000, kStart);
  auto clock = RunningClock(kStart + 1000);
  clock.mutable_spec()->set_calendar("office");
  Apply("a", clock);
  // The 300 ms before the deadline are business time: they begin before a break that is new.
  calendars_.hours = Closed(kStart + 900, kStart + 950);
  EXPECT_THAT(Take(649), IsEmpty());
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  // And the other way round: a warning that was near is further away.
  auto other = RunningClock(kStart + 10'000);
  other.mutable_spec()->set_calendar("office");
  calendars_.hours = Closed(kStart + 5000, kStart + 9900);
  Apply("b", other);
  calendars_.hours = Closed(kStart - 1000, kStart);
  EXPECT_THAT(Take(5000), testing::Not(testing::Contains("b/0")));
  EXPECT_THAT(Take(9699), testing::Not(testing::Contains("b/0")));
  EXPECT_THAT(Take(9700), testing::Contains("b/0"));
}

TEST_F(TimersTest, ACalendarThatIsRenamedMakesNoWarningLate) {
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9900);
  Apply(EventWith("a", ClockIn("office", kStart + 10'000), "care", 2));
  // The same hours under another name: dispatch changes neither generation nor deadline.
  calendars_.by_name = {{"office-hours", calendars_.by_name["office"]}};
  Apply(EventWith("a", ClockIn("office-hours", kStart + 10'000), "care", 2));
  EXPECT_EQ(timers_.running(), 1u);
  EXPECT_THAT(Take(799), IsEmpty());
  EXPECT_THAT(Take(800), ElementsAre("a/0")) << "200 ms before the break, 100 ms behind it";
}

TEST_F(TimersTest, OtherHoursOfTheSameGenerationAreSavedAndNeverTakenFromAnOlderWord) {
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9950);
  Entries saved;
  Apply(EventWith("a", ClockIn("none", kStart + 10'000, 1), "care", 2));
  timers_.TakeChanges(saved);
  Apply(EventWith("a", ClockIn("office", kStart + 10'000, 1), "care", 2));
  timers_.TakeChanges(saved);
  // Of an older revision, or told again from before its first warning.
  Apply(EventWith("a", ClockIn("none", kStart + 10'000, 1), "care", 1));
  Apply(EventWith("a", ClockIn("none", kStart + 10'000, 0), "care", 2));
  Timers loaded(calendars_, kPolicy, live_);
  for (const auto& [key, value] : saved.all) ASSERT_TRUE(loaded.Load(key, value).ok());
  ASSERT_TRUE(loaded.LoadDone().ok());
  EXPECT_THAT(Take(949), IsEmpty());
  EXPECT_THAT(Take(950), ElementsAre("a/1")) << "50 ms before the break, 50 ms behind it";
  EXPECT_THAT(Names(loaded.TakeDue(base::FromUnixMillis(kStart + 950), 10)), ElementsAre("a/1"));
}

TEST_F(TimersTest, AClockThatIsHeardOfBeforeItsCalendarIsAimedAnewWhenTheCalendarComes) {
  Apply("a", ClockIn("office", kStart + 10'000));
  EXPECT_THAT(Take(0), IsEmpty());
  EXPECT_GT(timers_.NextDue(), base::FromUnixMillis(kStart));
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9900);
  calendars_.Changed("acme");
  EXPECT_LE(timers_.NextDue(), base::FromUnixMillis(kStart)) << "there is something to do";
  EXPECT_THAT(Take(1), IsEmpty());
  EXPECT_GT(timers_.NextDue(), base::FromUnixMillis(kStart + 1)) << "and then it is done";
  EXPECT_THAT(Take(799), IsEmpty());
  EXPECT_THAT(Take(800), ElementsAre("a/0"));
}

TEST_F(TimersTest, ManyClocksAreAimedAnewInSlicesAlsoWhileCalendarsGoOnChanging) {
  constexpr int kMany = 5000;
  for (int i = 0; i < kMany; ++i) {
    Apply("conversation-" + std::to_string(i), ClockIn("office", kStart + 10'000));
  }
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9900);
  calendars_.Changed("acme");
  const size_t first = Take(800, kMany).size();
  EXPECT_GT(first, 0u);
  EXPECT_LT(first, size_t{kMany}) << "a turn has its bound";
  calendars_.Changed("other");
  size_t all = first;
  for (int turn = 1; turn < 10; ++turn) all += Take(800, kMany).size();
  EXPECT_EQ(all, size_t{kMany});
  EXPECT_GT(timers_.NextDue(), base::FromUnixMillis(kStart + 800)) << "all is in order";
}

TEST_F(TimersTest, OtherCalendarsNeitherHurryAnAlarmThatWasSentNorMoveAnotherTenantsClocks) {
  Apply("a", ClockIn("office", kStart + 1000));
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
  calendars_.Changed("acme");
  EXPECT_THAT(Take(701), IsEmpty());
  EXPECT_THAT(Take(750), ElementsAre("a/0"));
  Apply("b", ClockIn("office", kStart + 10'000));
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9900);
  calendars_.Changed("other");
  EXPECT_THAT(Take(9699), testing::Not(testing::Contains("b/0")));
}

TEST_F(TimersTest, AttemptsBeforeATimeThatHasMovedDoNotCount) {
  calendars_.by_name["office"] = Closed(kStart + 1000, kStart + 9900);
  Apply("a", ClockIn("office", kStart + 10'000));
  EXPECT_THAT(Take(800), ElementsAre("a/0"));
  EXPECT_THAT(Take(850), ElementsAre("a/0"));
  EXPECT_THAT(Take(950), ElementsAre("a/0")) << "the third, and the last";
  // Dispatch knew better: there is no break.
  calendars_.by_name["office"] = Closed(kStart - 1000, kStart);
  EXPECT_THAT(Take(9699), IsEmpty());
  EXPECT_EQ(timers_.given_up(), 0u);
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 9700), 10);
  ASSERT_THAT(Names(due), ElementsAre("a/0"));
  EXPECT_FALSE(due[0].again);
}

TEST_F(TimersTest, ConversationsAreToldApartWhateverTheirIdsLookLike) {
  const std::string uuid = "0f8fad5b-d9cb-569f-a165-70867728950e";
  const std::vector<std::string> ids = {uuid,
                                        "0F8FAD5B-D9CB-569F-A165-70867728950E",
                                        "0f8fad5bd9cb569fa16570867728950e",
                                        "x",
                                        "",
                                        "0f8fad5b-d9cb-569f-a165-70867728950f",
                                        "una conversación bastante larga con acentos y ñ 会話"};
  int64_t at = kStart + 1000;
  for (const auto& id : ids) Apply(id, RunningClock(at += 10));
  EXPECT_EQ(timers_.size(), ids.size());
  std::vector<std::string> expected;
  for (const auto& id : ids) expected.push_back(id + "/0");
  EXPECT_EQ(Take(1000), expected);
  for (const auto& id : ids) {
    auto stopped = RunningClock(at, 2);
    stopped.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
    Apply(id, stopped);
  }
  EXPECT_EQ(timers_.size(), 0u);
}

TEST_F(TimersTest, AConversationThatMovesTakesItsAlarmsToItsNewPool) {
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "care", 1));
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "vip", 2));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 700), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.pool(), "vip");
}

TEST_F(TimersTest, ALateWordOfTheOldPoolDoesNotTakeTheAlarmsBack) {
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "vip", 2));
  Apply(EventWith("a", RunningClock(kStart + 1000, 4), "care", 1));
  const auto due = timers_.TakeDue(base::FromUnixMillis(kStart + 700), 10);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].alarm.pool(), "vip");
}

TEST_F(TimersTest, ClocksOfEveryKindOfEventAreFollowedAndSeveralOfOneConversationApart) {
  events::v1::Event event = EventWith("a", RunningClock(kStart + 1000));
  event.mutable_breached();
  auto& second = *event.add_clocks();
  second = RunningClock(kStart + 3000);
  second.mutable_spec()->set_name("resolution");
  Apply(event);
  EXPECT_EQ(timers_.size(), 2u);
  EXPECT_EQ(live_, 2);
}

TEST_F(TimersTest, DamagedBytesAreNoEventAndNoEntry) {
  NoOutputs outputs;
  EXPECT_EQ(timers_.Apply({0, 0, base::FromUnixMillis(kStart), "", "\xff\xff"}, outputs),
            base::ApplyResult::kUndecodable);
  EXPECT_EQ(timers_.Load("c/x", "\xff\xff").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(timers_.Load("s/0000000000000000", "\xff\xff").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(timers_.Load("s/zz", "").code(), absl::StatusCode::kDataLoss);
}

TEST_F(TimersTest, WhatIsLoadedIsDueAsWhatWasSaved) {
  Entries saved;
  for (int i = 0; i < 20; ++i) {
    Apply("conversation-" + std::to_string(i),
          RunningClock(kStart + 1000 + (i * 37) % 20, 1, i % 3));
    if (i % 4 == 0) timers_.TakeChanges(saved);
  }
  auto stopped = RunningClock(kStart + 1000, 9);
  stopped.set_phase(clocks::v1::CLOCK_PHASE_STOPPED);
  Apply("conversation-3", stopped);
  timers_.TakeChanges(saved);
  Entries whole;
  timers_.ForEachEntry(whole);

  for (const auto& entries : {saved.all, whole.all}) {
    std::atomic<int64_t> live{0};
    Timers loaded(calendars_, kPolicy, live);
    for (const auto& [key, value] : entries) ASSERT_TRUE(loaded.Load(key, value).ok());
    ASSERT_TRUE(loaded.LoadDone().ok());
    EXPECT_EQ(loaded.size(), 19u);
    EXPECT_EQ(live, 19);
    Timers again(calendars_, kPolicy, live);
    for (const auto& [key, value] : saved.all) ASSERT_TRUE(again.Load(key, value).ok());
    ASSERT_TRUE(again.LoadDone().ok());
    const base::TimePoint later = base::FromUnixMillis(kStart + 2000);
    EXPECT_THAT(Names(loaded.TakeDue(later, 100)),
                testing::UnorderedElementsAreArray(Names(again.TakeDue(later, 100))));
  }
}

TEST_F(TimersTest, EntriesOfAnOlderFormatAreReadAndReplaced) {
  snapshot::v1::TimerEntry entry;
  entry.set_tenant("acme");
  entry.set_pool("care");
  entry.set_conversation_id("a");
  *entry.mutable_clock() = RunningClock(kStart + 1000);
  ASSERT_TRUE(timers_.Load("c/acme/a/first_response", entry.SerializeAsString()).ok());
  ASSERT_TRUE(timers_.LoadDone().ok());
  Entries saved;
  saved.all["c/acme/a/first_response"] = entry.SerializeAsString();
  timers_.TakeChanges(saved);
  EXPECT_THAT(saved.all, testing::ElementsAre(testing::Key(testing::StartsWith("s/"))));
  EXPECT_THAT(Take(699), IsEmpty());
  EXPECT_THAT(Take(700), ElementsAre("a/0"));
}

}  // namespace
}  // namespace centralita::sla_timer
