#include "centralita/telemetry/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace centralita::telemetry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LogTest : public ::testing::Test {
 protected:
  std::unique_ptr<Logger> Make(Level level, LogFormat format) {
    LogOptions options;
    options.service = "ingest";
    options.level = level;
    options.format = format;
    options.burst = 2;
    options.window = base::Duration(1000);
    options.sink = [this](std::string_view line) { lines_.emplace_back(line); };
    return *Logger::Create(std::move(options), clock_);
  }

  base::ManualClock clock_{base::FromUnixMillis(1'767'225'600'250)};
  std::vector<std::string> lines_;
};

TEST_F(LogTest, TextLineHasTimeLevelServiceEventAndFields) {
  Make(Level::kInfo, LogFormat::kText)
      ->Info("policy_applied",
             {{"tenant", "acme"}, {"version", 3u}, {"delta", -2}, {"ok", true}, {"ratio", 0.5}});
  EXPECT_THAT(
      lines_,
      ElementsAre("2026-01-01T00:00:00.250Z info    ingest policy_applied tenant=acme version=3 "
                  "delta=-2 ok=true ratio=0.5"));
}

TEST_F(LogTest, JsonLineEscapesWhatJsonForbidsAndKeepsUtf8) {
  Make(Level::kInfo, LogFormat::kJson)->Info("e", {{"text", "a\"b\\c\n\x01 ñ Здравей"}});
  EXPECT_THAT(
      lines_,
      ElementsAre(
          "{\"time\":\"2026-01-01T00:00:00.250Z\",\"level\":\"info\",\"service\":\"ingest\","
          "\"event\":\"e\",\"text\":\"a\\\"b\\\\c\\n\\u0001 ñ Здравей\"}"));
}

TEST_F(LogTest, TextValuesThatWouldBreakALineAreQuoted) {
  Make(Level::kInfo, LogFormat::kText)
      ->Info("e", {{"a", "two words"}, {"b", "x=y"}, {"c", ""}, {"d", "l1\nl2"}});
  EXPECT_THAT(lines_.at(0), HasSubstr(R"(a="two words" b="x=y" c="" d="l1\nl2")"));
}

TEST_F(LogTest, LinesBelowTheLevelAreNotWritten) {
  auto logger = Make(Level::kWarning, LogFormat::kText);
  logger->Debug("d");
  logger->Info("i");
  EXPECT_FALSE(logger->Enabled(Level::kInfo));
  EXPECT_TRUE(lines_.empty());
}

TEST_F(LogTest, RepeatedWarningsAreHeldBackAndThenCounted) {
  auto logger = Make(Level::kInfo, LogFormat::kText);
  for (int i = 0; i < 5; ++i) logger->Warning("store_slow");
  logger->Warning("another_event");
  EXPECT_EQ(lines_.size(), 3u);
  clock_.Advance(base::Duration(1000));
  logger->Warning("store_slow");
  EXPECT_THAT(lines_.back(), HasSubstr("store_slow suppressed=3"));
}

TEST_F(LogTest, InfoIsNeverHeldBack) {
  auto logger = Make(Level::kInfo, LogFormat::kText);
  for (int i = 0; i < 10; ++i) logger->Info("started");
  EXPECT_EQ(lines_.size(), 10u);
}

TEST_F(LogTest, AFileThatCannotBeOpenedIsAnError) {
  LogOptions options;
  options.file = "/proc/centralita/no.log";
  EXPECT_EQ(Logger::Create(options, clock_).status().code(), absl::StatusCode::kUnavailable);
}

TEST(ParseLevel, NamesTheChoicesWhenItIsNone) {
  EXPECT_EQ(*ParseLevel("warning"), Level::kWarning);
  EXPECT_THAT(std::string(ParseLevel("loud").status().message()),
              HasSubstr("debug, info, warning or error"));
  EXPECT_EQ(*ParseLogFormat("json"), LogFormat::kJson);
  EXPECT_FALSE(ParseLogFormat("xml").ok());
}

}  // namespace
}  // namespace centralita::telemetry
