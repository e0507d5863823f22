#include "client/private_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "centralita/base/error.h"
#include "tests/contract/temp_folder.h"
#include "views/correction_row.h"

namespace centralita::client {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PrivateFileTest : public testing::Test {
 protected:
  const contract::TempFolder folder_;
  const std::string path_ = folder_.File("rows.jsonl");
};

TEST_F(PrivateFileTest, OnlyItsOwnerMayReadItAndOnlyOnceItIsWhole) {
  std::ofstream(path_) << "before";
  auto file = PrivateFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Write("one\n").ok());
  EXPECT_EQ(Read(path_), "before");
  ASSERT_TRUE((*file)->Write("two\n").ok());
  ASSERT_TRUE((*file)->Finish().ok());
  EXPECT_EQ(Read(path_), "one\ntwo\n");
  struct stat about {};
  ASSERT_EQ(::stat(path_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(PrivateFileTest, WhatIsNotFinishedLeavesNothing) {
  { ASSERT_TRUE((*PrivateFile::Create(path_))->Write("half").ok()); }
  EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::path(path_).parent_path()));
}

TEST_F(PrivateFileTest, ALinkInItsWayIsNotFollowed) {
  const std::string victim = folder_.File("victim");
  std::ofstream(victim) << "mine";
  std::filesystem::create_symlink(victim, path_ + ".draft");
  auto file = PrivateFile::Create(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Write("rows").ok());
  ASSERT_TRUE((*file)->Finish().ok());
  EXPECT_EQ(Read(victim), "mine");
  EXPECT_EQ(Read(path_), "rows");
}

TEST_F(PrivateFileTest, AFolderThatIsNotThereIsNamed) {
  const auto file = PrivateFile::Create(folder_.File("no/such/rows.jsonl"));
  EXPECT_EQ(base::ReasonOf(file.status()), "file_unusable");
}

TEST(CorrectionRowTest, IsALineThatTrainReads) {
  metrics::v1::Correction correction;
  correction.set_conversation_id("c1");
  correction.set_text("zwei\nZeilen \"so\"");
  correction.set_intent("return_refund");
  correction.set_classified_intent("other");
  correction.set_resolved_unix_ms(0);
  EXPECT_EQ(views::CorrectionRow(correction),
            R"({"text":"zwei\nZeilen \"so\"","intent":"return_refund","group":"c1",)"
            R"("classified_as":"other","resolved":"1970-01-01T00:00:00.000Z"})"
            "\n");
  correction.set_subject("s");
  correction.set_language("de");
  EXPECT_NE(views::CorrectionRow(correction).find(R"("subject":"s","lang":"de")"),
            std::string::npos);
}

}  // namespace
}  // namespace centralita::client
