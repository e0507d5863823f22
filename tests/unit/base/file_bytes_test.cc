#include "centralita/base/file_bytes.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

#include "centralita/base/uuid.h"

namespace centralita::base {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class FileBytesTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  void Put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  static std::string_view TextOf(const FileBytes& file) {
    return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
  }

  const fs::path folder_ = fs::temp_directory_path() / ("file-bytes-" + RandomUuid());
  const fs::path path_ = folder_ / "file";
};

TEST_F(FileBytesTest, HoldsTheWholeFileWhateverIsDoneToItLater) {
  const std::string text(200'000, 'x');
  Put(text);
  const auto file = FileBytes::Read(path_.string(), text.size());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(reinterpret_cast<uintptr_t>((*file)->bytes().data()) % FileBytes::kAlignment, 0u);
  fs::resize_file(path_, 0);
  EXPECT_EQ(TextOf(**file), text);
  const auto empty = FileBytes::Read(path_.string(), text.size());
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(TextOf(**empty), "");
}

TEST_F(FileBytesTest, OneByteTooManyIsRefusedWithBothSizes) {
  Put("12345");
  EXPECT_TRUE(FileBytes::Read(path_.string(), 5).ok());
  const absl::Status status = FileBytes::Read(path_.string(), 4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("file has 5 bytes; at most 4"));
}

TEST_F(FileBytesTest, WhatIsNoFileIsNotFound) {
  EXPECT_EQ(FileBytes::Read(path_.string(), 9).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(FileBytes::Read(folder_.string(), 9).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace centralita::base
