#include "centralita/classifier/rule_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "centralita/base/clock.h"
#include "centralita/base/uuid.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/text/rules.h"

namespace centralita::classifier {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RuleFilesTest : public ::testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
  std::vector<fs::path> Kept() const {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder_)) paths.push_back(entry.path());
    return paths;
  }

  const fs::path folder_ = fs::temp_directory_path() / ("rules-" + base::RandomUuid());
  std::vector<std::string> lines_;
  std::unique_ptr<telemetry::Logger> MakeLogger() {
    telemetry::LogOptions options;
    options.sink = [this](std::string_view line) { lines_.emplace_back(line); };
    return *telemetry::Logger::Create(std::move(options), clock_);
  }

  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = MakeLogger();
  RuleFiles files_{folder_.string(), *logger_};
};

TEST_F(RuleFilesTest, WhatIsKeptComesBack) {
  EXPECT_EQ(files_.Get("aa"), std::nullopt);
  const std::string bytes("some\0bytes", 10);
  files_.Put("aa", bytes);
  files_.Put("bb", "");
  EXPECT_EQ(files_.Get("aa"), bytes);
  EXPECT_EQ(files_.Get("bb"), "");
  EXPECT_EQ(RuleFiles(folder_.string(), *logger_).Get("aa"), bytes);
  EXPECT_EQ(Kept().size(), 2u);
  EXPECT_THAT(lines_, IsEmpty());
}

TEST_F(RuleFilesTest, ADamagedFileIsToldAndNotUsed) {
  files_.Put("aa", std::string(1000, 'x'));
  const fs::path path = Kept().at(0);
  std::fstream(path, std::ios::in | std::ios::out).seekp(500) << 'y';
  EXPECT_EQ(files_.Get("aa"), std::nullopt);
  fs::resize_file(path, 40);
  EXPECT_EQ(files_.Get("aa"), std::nullopt);
  std::ofstream(path) << "something of somebody else's";
  EXPECT_EQ(files_.Get("aa"), std::nullopt);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("rule_file_damaged"), HasSubstr("rule_file_damaged"),
                                  HasSubstr("rule_file_damaged")));
  files_.Put("aa", "better");
  EXPECT_EQ(files_.Get("aa"), "better");
}

TEST_F(RuleFilesTest, AFolderThatCannotBeMadeIsTold) {
  std::ofstream(folder_) << "a file";
  files_.Put("aa", "bytes");
  EXPECT_EQ(files_.Get("aa"), std::nullopt);
  EXPECT_THAT(lines_, ElementsAre(HasSubstr("rule_file_not_kept")));
}

TEST_F(RuleFilesTest, WhatNobodyAskedForLongestGoes) {
  files_.Put("asked", "1");
  files_.Put("forgotten", "2");
  for (const fs::path& path : Kept()) {
    fs::last_write_time(path, fs::last_write_time(path) - std::chrono::hours(24));
  }
  ASSERT_EQ(files_.Get("asked"), "1");
  for (size_t i = 0; i + 1 < kMaxRuleFiles; ++i) files_.Put(std::to_string(i), "3");
  EXPECT_EQ(Kept().size(), kMaxRuleFiles);
  EXPECT_EQ(files_.Get("forgotten"), std::nullopt);
  EXPECT_EQ(files_.Get("asked"), "1");
}

TEST_F(RuleFilesTest, RulesAreRestoredRatherThanCompiled) {
  policy::v1::ClassifierSection section;
  section.add_rules()->add_regex("refund(s|ed)?");
  const text::RuleSet compiled(section, &files_);
  ASSERT_EQ(Kept().size(), 1u);
  // A file that is written anew is another one.
  const fs::path link = folder_.string() + ".link";
  fs::create_hard_link(Kept()[0], link);
  const text::RuleSet restored(section, &files_);
  EXPECT_TRUE(fs::equivalent(Kept()[0], link));
  fs::remove(link);
  text::FoldedText folded;
  folded.Append("they refunded me");
  for (const text::RuleSet* rules : {&compiled, &restored}) {
    text::RuleMatches matches;
    rules->Find(folded, matches);
    EXPECT_THAT(matches.rules, ElementsAre(0));
  }
}

}  // namespace
}  // namespace centralita::classifier
