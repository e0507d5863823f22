// Compiled calendars against the slow model, minute by minute around the changes of 2020 to 2035.
// All zones and all changes; in a debug build, which the sanitizers use, the zones whose rules are
// the oddest and a sample of the others.
#include <algorithm>
#include <random>

#include "centralita/base/time.h"
#include "centralita/calendar/compile.h"
#include "centralita/calendar/zones.h"
#include "centralita/sla/spans.h"
#include "gtest/gtest.h"
#include "tests/unit/calendar/definitions.h"
#include "tests/unit/calendar/slow_model.h"

namespace centralita::calendar {
namespace {

using clocks::v1::CalendarDefinition;

constexpr std::array<const char*, 16> kOdd = {
    "Africa/Cairo",        "Africa/Casablanca", "Africa/El_Aaiun",  "America/Asuncion",
    "America/Havana",      "America/Nuuk",      "America/Santiago", "America/St_Johns",
    "Antarctica/Troll",    "Asia/Beirut",       "Asia/Gaza",        "Asia/Kathmandu",
    "Australia/Lord_Howe", "Atlantic/Azores",   "Europe/Dublin",    "Pacific/Chatham"};

constexpr int64_t kDayMs = 86'400'000;

#ifdef NDEBUG
constexpr bool kAll = true;
#else
constexpr bool kAll = false;
#endif

std::vector<std::string> Zones() {
  const std::vector<std::string> all = ZoneNames();
  if (kAll) return all;
  std::vector<std::string> some(kOdd.begin(), kOdd.end());
  for (size_t i = 0; i < all.size(); i += 16) some.push_back(all[i]);
  return some;
}

std::vector<absl::Time> Changes(absl::TimeZone zone) {
  const absl::Time end = absl::FromCivil(absl::CivilYear(2036), zone);
  std::vector<absl::Time> changes;
  absl::Time t = absl::FromCivil(absl::CivilYear(2020), zone);
  absl::TimeZone::CivilTransition change;
  while (zone.NextTransition(t, &change)) {
    t = zone.At(change.to).trans;
    if (t >= end) break;
    changes.push_back(t);
  }
  return changes;
}

class Dice final {
 public:
  explicit Dice(uint32_t seed) : random_(seed) {}
  int Below(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  Hours HoursOfADay() {
    Hours hours;
    int minute = 0;
    for (int n = Below(4); n > 0 && minute < At(23); --n) {
      const int start = minute + Below(At(24) - minute);
      // Often on the minutes where clocks change.
      const int end = start + 1 + (Below(2) == 0 ? Below(At(24)) : Below(At(2)));
      hours.emplace_back(start, std::min(end, start + At(24)));
      minute = end;
    }
    return hours;
  }

 private:
  std::mt19937 random_;
};

CalendarDefinition Draw(const std::string& zone, absl::CivilDay near, Dice& dice) {
  auto definition = Weekly(zone, 1, 0, {});
  for (int weekday = 1; weekday <= 7; ++weekday) {
    if (dice.Below(5) == 0) continue;
    auto& day = *definition.add_weekly();
    day.set_weekday(weekday);
    Set(dice.HoursOfADay(), *day.mutable_hours());
  }
  if (dice.Below(3) == 0) AddHoliday(near + (dice.Below(3) - 1), definition);
  if (dice.Below(3) == 0) AddYearly(near.month(), near.day(), definition);
  if (dice.Below(3) == 0) {
    AddSpecial(near, near + dice.Below(2), dice.HoursOfADay(), definition);
  }
  return definition;
}

// Whether compiled spans and model agree from two days before `center` to two days after.
void Compare(const CalendarDefinition& definition, absl::TimeZone zone, absl::Time center) {
  const absl::Time from =
      absl::FromUnixSeconds(absl::ToUnixSeconds(center) / 60 * 60) - absl::Hours(48);
  const int64_t from_ms = absl::ToUnixMillis(from);
  constexpr int kMinutes = 4 * 24 * 60;
  const Range range = {base::FromUnixMillis(from_ms),
                       base::FromUnixMillis(from_ms + int64_t{kMinutes} * 60'000)};
  const auto calendar = Compile(definition, range);
  if (!calendar.ok()) {
    ASSERT_EQ(calendar.status().code(), absl::StatusCode::kFailedPrecondition);
  }
  const sla::Spans hours = calendar.ok() ? sla::Spans(*calendar) : sla::Spans();
  SlowModel model(definition, zone, from);
  for (int minute = 0; minute < kMinutes; ++minute) {
    const auto t = base::FromUnixMillis(from_ms + int64_t{minute} * 60'000);
    ASSERT_EQ(calendar.ok() && hours.IsOpen(t), model.NextMinute())
        << base::FormatUtc(t) << " " << definition.ShortDebugString();
  }
}

TEST(ZonesModelTest, RandomCalendarsAgreeMinuteByMinuteAroundEachChange) {
  Dice dice(2035);
  int changes = 0;
  for (const std::string& name : Zones()) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
    for (const absl::Time change : Changes(zone)) {
      if (!kAll && dice.Below(4) != 0) continue;
      ++changes;
      Compare(Draw(name, absl::ToCivilDay(change, zone), dice), zone, change);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(changes, kAll ? 6000 : 100);
}

TEST(ZonesModelTest, RandomCalendarsAgreeMinuteByMinuteAtAnyTime) {
  Dice dice(2020);
  for (const std::string& name : Zones()) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
    const absl::CivilDay day = absl::CivilDay(2020, 1, 5) + dice.Below(16 * 365);
    Compare(Draw(name, day, dice), zone, absl::FromCivil(day, zone));
    if (HasFatalFailure()) return;
  }
}

TEST(ZonesModelTest, TheThreeDaysAroundEachChangeLastAsLongAsTheyReallyDo) {
  for (const std::string& name : Zones()) {
    absl::TimeZone zone;
    ASSERT_TRUE(absl::LoadTimeZone(name, &zone)) << name;
    for (const absl::Time change : Changes(zone)) {
      const auto before = zone.At(change - absl::Seconds(1));
      const absl::CivilDay day(before.cs);
      auto three = Weekly(name, 1, 0, {});
      AddSpecial(day - 1, day + 1, {{0, At(24)}}, three);
      const int64_t at = absl::ToUnixMillis(change);
      const auto calendar = Compile(
          three, {base::FromUnixMillis(at - 4 * kDayMs), base::FromUnixMillis(at + 4 * kDayMs)});
      ASSERT_TRUE(calendar.ok()) << calendar.status();
      ASSERT_EQ(calendar->spans_size(), 1) << name;
      const auto& span = calendar->spans(0);
      ASSERT_EQ(span.end_unix_ms() - span.start_unix_ms(),
                3 * kDayMs - 1000 * (zone.At(change).offset - before.offset))
          << name << " " << absl::FormatTime(change, zone);
    }
  }
}

}  // namespace
}  // namespace centralita::calendar
