#include "centralita/sla/calendar_section.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace centralita::sla {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOffice[] = R"(calendars:
  - name: office
    zone: Europe/Madrid
    hours:
      mon-thu: [09:00-14:00, 15:30-18:00]
      fri: 9:00-15:00
      sat: ["22:00-02:00"]
      sun: closed
    holidays: [2026-04-03, 12-25, 02-29]
    special_days:
      - {date: 2026-12-24, hours: 09:00-13:00}
      - {from: 2026-08-10, to: 2026-08-21, hours: closed}
  - {name: day_and_night, open: always}
)";

struct Result {
  CalendarsDraft draft;
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

Result Read(const std::string& yaml) {
  config::Problems problems("p.yaml");
  Result result;
  {
    const config::YamlDocument document(yaml, problems);
    config::MapReader root(document.root());
    result.draft = ReadCalendars(root);
  }
  result.errors = problems.Errors();
  result.warnings = problems.Warnings();
  return result;
}

std::string Office(const std::string& from = "", const std::string& to = "") {
  std::string yaml = kOffice;
  const size_t at = yaml.find(from);
  if (from.empty()) return yaml;
  EXPECT_NE(at, std::string::npos) << from;
  return yaml.replace(at, from.size(), to);
}

std::vector<std::pair<int, int>> Minutes(
    const google::protobuf::RepeatedPtrField<clocks::v1::DayHours>& list) {
  std::vector<std::pair<int, int>> minutes;
  for (const auto& hours : list) minutes.emplace_back(hours.start_minute(), hours.end_minute());
  return minutes;
}

TEST(CalendarSectionTest, ReadsWhatIsWritten) {
  const Result result = Read(Office());
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(result.warnings, IsEmpty());
  ASSERT_EQ(result.draft.definitions.size(), 2u);
  const auto& office = result.draft.definitions[0];
  EXPECT_EQ(office.name(), "office");
  EXPECT_EQ(office.zone(), "Europe/Madrid");
  ASSERT_EQ(office.weekly_size(), 6) << "a closed day has no hours";
  EXPECT_EQ(office.weekly(3).weekday(), 4);
  EXPECT_THAT(Minutes(office.weekly(3).hours()),
              ElementsAre(std::pair(540, 840), std::pair(930, 1080)));
  EXPECT_THAT(Minutes(office.weekly(4).hours()), ElementsAre(std::pair(540, 900)));
  EXPECT_THAT(Minutes(office.weekly(5).hours()), ElementsAre(std::pair(1320, 1560)))
      << "past midnight";
  ASSERT_EQ(office.holidays_size(), 3);
  EXPECT_EQ(office.holidays(0).date().year(), 2026);
  EXPECT_EQ(office.holidays(1).date().year(), 0);
  EXPECT_EQ(office.holidays(1).date().month(), 12);
  EXPECT_EQ(office.holidays(2).date().day(), 29);
  ASSERT_EQ(office.special_size(), 2);
  EXPECT_EQ(office.special(0).last().day(), 24);
  EXPECT_THAT(Minutes(office.special(0).hours()), ElementsAre(std::pair(540, 780)));
  EXPECT_EQ(office.special(1).first().day(), 10);
  EXPECT_EQ(office.special(1).last().day(), 21);
  EXPECT_THAT(office.special(1).hours(), IsEmpty());
  EXPECT_TRUE(result.draft.definitions[1].always_open());
  ASSERT_EQ(result.draft.places.size(), 2u);
  EXPECT_EQ(result.draft.places[0].zone.line, 3);
  EXPECT_EQ(result.draft.places[1].calendar.line, 13);
}

TEST(CalendarSectionTest, NoCalendarsAreNone) {
  EXPECT_THAT(Read("").draft.definitions, IsEmpty());
  EXPECT_THAT(Read("calendars: []").errors, IsEmpty());
}

TEST(CalendarSectionTest, DaysMayRunOverTheWeeksEnd) {
  const Result result = Read("calendars: [{name: a, zone: UTC, hours: {sat-tue: 10:00-24:00}}]");
  EXPECT_THAT(result.errors, IsEmpty());
  std::vector<int> weekdays;
  for (const auto& day : result.draft.definitions[0].weekly()) weekdays.push_back(day.weekday());
  EXPECT_THAT(weekdays, ElementsAre(6, 7, 1, 2));
  EXPECT_THAT(Minutes(result.draft.definitions[0].weekly(0).hours()),
              ElementsAre(std::pair(600, 1440)));
}

TEST(CalendarSectionTest, WarnsOfHoursThatLoseAMinuteADay) {
  const Result result = Read(Office("fri: 9:00-15:00", "fri: 00:00-23:59"));
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(result.warnings,
              ElementsAre("p.yaml:6: calendars[0].hours.fri: '00:00-23:59' leaves a minute before "
                          "midnight; write 24:00 for the day's end"));
}

struct Mistake {
  std::string from;
  std::string to;
  std::string error;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.to; }

class CalendarMistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(CalendarMistakeTest, IsToldWithItsLineAndPath) {
  EXPECT_THAT(Read(Office(GetParam().from, GetParam().to)).errors,
              ElementsAre("p.yaml:" + GetParam().error));
}

constexpr char kHoursOf[] =
    "' are no hours; write for example 09:00-17:30, to 24:00 at the latest, or 22:00-02:00 for a "
    "night";
constexpr char kNoDate[] =
    "' is no day; write for example 2026-12-25, or 12-25 for that day of "
    "each year";

INSTANTIATE_TEST_SUITE_P(
    Hours, CalendarMistakeTest,
    testing::Values(
        Mistake{"15:30-18:00]", "15:30-25:00]",
                std::string("5: calendars[0].hours.mon-thu[1]: '15:30-25:00") + kHoursOf},
        Mistake{"15:30-18:00]", "15:30]",
                std::string("5: calendars[0].hours.mon-thu[1]: '15:30") + kHoursOf},
        Mistake{"fri: 9:00-15:00", "fri: 00:00-00:00",
                std::string("6: calendars[0].hours.fri: '00:00-00:00") + kHoursOf},
        Mistake{"fri: 9:00-15:00", "fri: 24:00-02:00",
                std::string("6: calendars[0].hours.fri: '24:00-02:00") + kHoursOf},
        Mistake{"fri: 9:00-15:00", "fri: 9:60-15:00",
                std::string("6: calendars[0].hours.fri: '9:60-15:00") + kHoursOf},
        Mistake{"fri: 9:00-15:00", "fri: 9-15h",
                std::string("6: calendars[0].hours.fri: '9-15h") + kHoursOf},
        Mistake{"15:30-18:00]", "13:30-18:00]",
                "5: calendars[0].hours.mon-thu[1]: '13:30-18:00' overlaps other hours of that "
                "day"},
        Mistake{"fri: 9:00-15:00", "fri: []", "6: calendars[0].hours.fri: is empty; write closed"},
        Mistake{"fri: 9:00-15:00",
                "fri:", "6: calendars[0].hours.fri: is empty; write hours or closed"},
        Mistake{"fri: 9:00-15:00", "fri: {from: 9}",
                "6: calendars[0].hours.fri: must be a list (lines that begin with '- '), not a "
                "map"},
        Mistake{"fri: 9:00", "friday: 9:00",
                "6: calendars[0].hours.friday: 'friday' is no day; write mon, tue, wed, thu, fri, "
                "sat, sun, or several as mon-fri"},
        Mistake{"fri: 9:00", "wed: 9:00",
                "6: calendars[0].hours.wed: 'wed' has its hours in 'mon-thu' already; name each "
                "day once"}));

INSTANTIATE_TEST_SUITE_P(
    Days, CalendarMistakeTest,
    testing::Values(
        Mistake{"2026-04-03", "2026-02-29",
                std::string("9: calendars[0].holidays[0]: '2026-02-29") + kNoDate},
        Mistake{"2026-04-03", "3.4.2026",
                std::string("9: calendars[0].holidays[0]: '3.4.2026") + kNoDate},
        Mistake{"12-25", "25-12", std::string("9: calendars[0].holidays[1]: '25-12") + kNoDate},
        Mistake{"12-25,", "12-25, 12-25,",
                "9: calendars[0].holidays[2]: '12-25' is there twice; remove one"},
        Mistake{"{date: 2026-12-24", "{date: 12-24",
                "11: calendars[0].special_days[0].date: '12-24' is no date; write for example "
                "2026-12-24"},
        Mistake{"{date: 2026-12-24, ", "{",
                "11: calendars[0].special_days[0]: needs either 'date', or 'from' and 'to'"},
        Mistake{"to: 2026-08-21", "to: 2026-08-01",
                "12: calendars[0].special_days[1].to: '2026-08-01' is before 'from'"},
        Mistake{"date: 2026-12-24", "date: 2026-08-10",
                "12: calendars[0].special_days[1]: has a day that is among other special days; "
                "name each day once"},
        Mistake{", hours: closed}", "}", "12: calendars[0].special_days[1].hours: is missing"}));

INSTANTIATE_TEST_SUITE_P(
    Calendars, CalendarMistakeTest,
    testing::Values(
        Mistake{"    zone: Europe/Madrid\n", "",
                "2: calendars[0].zone: is missing; give 'zone' and 'hours', or 'open: always'"},
        Mistake{"open: always", "open: mornings",
                "13: calendars[1].open: 'mornings' is unknown; write always, or give 'zone' and "
                "'hours' instead"},
        Mistake{"open: always", "open: always, zone: UTC",
                "13: calendars[1].zone: is of no use beside 'open: always'; remove one of them"},
        Mistake{"name: day_and_night", "name: office",
                "13: calendars[1].name: 'office' is already the name of the calendar on line 2; "
                "choose another"},
        Mistake{"name: day_and_night", "name: always",
                "13: calendars[1].name: 'always' is there without being named"},
        Mistake{"holidays:", "holiday:",
                "9: calendars[0].holiday: unknown key; did you mean 'holidays'?"},
        Mistake{"open: always", "zone: UTC, hours: {mon-sun: closed}",
                "13: calendars[1].hours: is never open; give at least one day hours"}));

}  // namespace
}  // namespace centralita::sla
