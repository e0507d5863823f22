// `centralita demo` without a terminal, as a script or a CI runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {
namespace {

using ::testing::HasSubstr;

// Also with the usual ports taken, which a second node that stands in their place makes sure of.
TEST(DemoTest, EndsCleanAndReportsEverythingEvenIfTheUsualPortsAreTaken) {
  const contract::TempFolder folder;
  Child other({Centralita(), "up", "--data", folder.File("other"), "--policy", DemoPolicy()},
              folder.File("other.txt"));
  // Up, or refused because somebody else has the ports: both ways they are taken.
  ASSERT_TRUE(Eventually([&] {
    return other.Said().find("Ctrl-C stops it") != std::string::npos || !other.running();
  }));

  const Finished demo =
      RunToEnd({Centralita(), "demo", "--data", folder.File("demo"), "--input", DemoFolder()}, "",
               std::chrono::seconds(150));
  EXPECT_EQ(demo.exit_code, 0) << demo.said;
  EXPECT_THAT(demo.said, HasSubstr("The usual ports are not free; taking others."));
  EXPECT_THAT(demo.said, ::testing::Not(HasSubstr("\x1b["))) << "no terminal, no escapes";
  EXPECT_THAT(demo.said, HasSubstr("report.json"));

  std::ifstream file(folder.File("demo/report.json"));
  const auto report = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(report.is_object());
  for (const char* field : {"accepted", "duplicates", "resolved", "dead_lettered", "in_flight",
                            "lost", "duplicated_work", "offers_over_capacity", "two_owners",
                            "out_of_order", "warnings", "breaches", "p50_ms", "p99_ms"}) {
    ASSERT_TRUE(report.contains(field) && report[field].is_number()) << field;
  }
  for (const char* fault : {"in_flight", "lost", "duplicated_work", "offers_over_capacity",
                            "two_owners", "out_of_order"}) {
    EXPECT_EQ(report[fault], 0) << fault;
  }
  EXPECT_GE(report["accepted"].get<int>(), 250);
  EXPECT_EQ(report["duplicates"], 2) << "the webhook that is delivered three times";
  EXPECT_GT(report["warnings"].get<int>(), 0);
  EXPECT_GT(report["breaches"].get<int>(), 0);
  EXPECT_GT(report["p99_ms"].get<double>(), 0);
  EXPECT_GE(report["p99_ms"].get<double>(), report["p50_ms"].get<double>());
  EXPECT_EQ(report["accepted"].get<int>(),
            report["duplicates"].get<int>() + report["resolved"].get<int>() +
                report["dead_lettered"].get<int>() + report["in_flight"].get<int>());
}

TEST(DemoTest, ASecondOneInTheSameFolderIsRefusedAndHarmsNothing) {
  const contract::TempFolder folder;
  const std::vector<std::string> words = {Centralita(),        "demo",    "--data",
                                          folder.File("demo"), "--input", DemoFolder()};
  Child first(words, folder.File("first.txt"));
  ASSERT_TRUE(first.Says("busy afternoon")) << first.Said();
  const Finished second = RunToEnd(words);
  EXPECT_EQ(second.exit_code, 1) << second.said;
  EXPECT_THAT(second.said, HasSubstr("Another demo runs in"));
  EXPECT_TRUE(first.running()) << first.Said();
  first.Signal(SIGINT);
  EXPECT_EQ(first.Wait(), 130) << first.Said();
}

TEST(DemoTest, AMissingInputIsNamed) {
  const contract::TempFolder folder;
  const Finished demo = RunToEnd(
      {Centralita(), "demo", "--data", folder.File("demo"), "--input", folder.File("nowhere")});
  EXPECT_EQ(demo.exit_code, 1);
  EXPECT_THAT(demo.said, HasSubstr("nowhere"));
}

}  // namespace
}  // namespace centralita::e2e
