#include "centralita/calendar/zones.h"

#include <algorithm>

#include "centralita/base/error.h"
#include "gtest/gtest.h"

namespace centralita::calendar {
namespace {

TEST(ZonesTest, AllNamesOfTheDatabaseCanBeLoaded) {
  const std::vector<std::string> names = ZoneNames();
  EXPECT_GT(names.size(), 400u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"Europe/Madrid", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "UTC"})
    EXPECT_TRUE(std::binary_search(names.begin(), names.end(), name)) << name;
  for (const std::string& name : names) EXPECT_TRUE(CheckZone(name).ok()) << name;
}

TEST(ZonesTest, WhatIsNoIanaNameIsRefused) {
  for (const char* name :
       {"", "localtime", "posixrules", "Factory", "right/Europe/Madrid", "posix/Europe/Madrid",
        "/usr/share/zoneinfo/Europe/Madrid", "../zoneinfo/Europe/Madrid", "Europe/../Europe/Madrid",
        "Fixed/UTC+01:00:00", "CEST", "Europe", "Europe/Madrid ", "Eur\xC3\xB3pa/Madrid"}) {
    EXPECT_EQ(base::ReasonOf(CheckZone(name)), "unknown_zone") << name;
  }
}

TEST(ZonesTest, SaysWhatToWriteInstead) {
  EXPECT_EQ(CheckZone("Europe/Madird").message(),
            "there is no time zone 'Europe/Madird'; did you mean 'Europe/Madrid'?");
  EXPECT_EQ(CheckZone("Middle-earth/Bag_End").message(),
            "there is no time zone 'Middle-earth/Bag_End'; write an IANA name, for example "
            "Europe/Madrid or America/Sao_Paulo");
}

}  // namespace
}  // namespace centralita::calendar
