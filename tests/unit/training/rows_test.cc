#include "training/rows.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace centralita::training {
namespace {

using ::testing::HasSubstr;

class RowsTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<Row>> Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadRows(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::string path_ = (std::filesystem::temp_directory_path() /
                             ("centralita-rows-" + std::to_string(getpid()) + ".jsonl"))
                                .string();
};

TEST_F(RowsTest, ReadsWhatCountsAndLeavesTheRest) {
  const auto rows = Read(R"({"text": "¿y mi pedido?", "intent": "order_status", "lang": "es",
 "group": "g", "weight": 0.5, "note": 1})"
                         "\n");
  // One object a line.
  EXPECT_FALSE(rows.ok());
  const auto good = Read(
      "\n{\"text\": \"¿y mi pedido?\", \"intent\": \"order_status\", \"lang\": \"es\", \"group\": "
      "\"g\", \"weight\": 0.5, \"note\": 1}\n"
      "{\"text\": \"t\", \"subject\": \"s\", \"intent\": \"other\"}\n");
  ASSERT_TRUE(good.ok()) << good.status();
  ASSERT_EQ(good->size(), 2u);
  EXPECT_EQ((*good)[0].group, "g");
  EXPECT_EQ((*good)[0].weight, 0.5);
  EXPECT_EQ((*good)[1].group, "t");
  EXPECT_EQ((*good)[1].subject, "s");
}

TEST_F(RowsTest, AMistakeIsToldWithItsLine) {
  const auto line = [&](const std::string& text) {
    return std::string(Read("{\"text\": \"t\", \"intent\": \"i\"}\n" + text).status().message());
  };
  EXPECT_THAT(line("{\"text\": \"t\"}"), HasSubstr(":2: the line has no `intent`"));
  EXPECT_THAT(line("{\"intent\": \"i\"}"), HasSubstr(":2: the line has no `text`"));
  EXPECT_THAT(line("{\"text\": \"t\", \"intent\": \"i\", \"weight\": -1}"), HasSubstr("weight"));
  EXPECT_THAT(line("nonsense"), HasSubstr("no JSON object"));
  EXPECT_EQ(ReadRows("/nowhere/rows").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace centralita::training
