#include "centralita/config/units.h"

#include <gtest/gtest.h>

namespace centralita::config {
namespace {

TEST(DurationTest, ReadsEveryUnit) {
  EXPECT_EQ(ParseDuration("250ms")->count(), 250);
  EXPECT_EQ(ParseDuration("90s")->count(), 90'000);
  EXPECT_EQ(ParseDuration("5m")->count(), 300'000);
  EXPECT_EQ(ParseDuration("48h")->count(), 172'800'000);
  EXPECT_EQ(ParseDuration("7d")->count(), 604'800'000);
  EXPECT_EQ(ParseDuration("0")->count(), 0);
}

TEST(DurationTest, RefusesWhatIsNone) {
  for (const char* text : {"", "5", "5x", "s", "ms", "-5s", "+5s", "5 s", "5.5s", "1h30m", "5S",
                           "99999999999999999999s", "9999999d"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(DurationTest, WritesWhatItReads) {
  for (const char* text : {"0s", "250ms", "90s", "5m", "36h", "7d", "1500ms"}) {
    EXPECT_EQ(WriteDuration(*ParseDuration(text)), text);
  }
  EXPECT_EQ(WriteDuration(base::Duration(60'000)), "1m");
}

TEST(MoneyTest, ReadsUnitsAndCents) {
  EXPECT_EQ(ParseMoney("340 EUR")->cents, 34'000);
  EXPECT_EQ(ParseMoney("340.05 EUR")->cents, 34'005);
  EXPECT_EQ(ParseMoney("0.99 BGN")->currency, "BGN");
}

TEST(MoneyTest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "340", "EUR", "340.5 EUR", "340.005 EUR", "340,00 EUR", "-1 EUR", "340 eur", "340 EURO",
        "340  EUR", "340. EUR", ".50 EUR", "340.-5 EUR", "9999999999999 EUR"}) {
    EXPECT_FALSE(ParseMoney(text)) << text;
  }
}

TEST(PercentTest, ReadsWholePercentsUpToAHundred) {
  EXPECT_EQ(ParsePercent("0%"), 0);
  EXPECT_EQ(ParsePercent("100%"), 100);
  for (const char* text : {"", "%", "80", "101%", "-1%", "5.5%"}) {
    EXPECT_FALSE(ParsePercent(text)) << text;
  }
}

}  // namespace
}  // namespace centralita::config
