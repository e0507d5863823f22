#include "centralita/classifier/model_source.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "centralita/base/uuid.h"
#include "tests/unit/model/content.h"

namespace centralita::classifier {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr base::Duration kNever{3'600'000};

class ModelSourceTest : public ::testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  // As it should be done: a new file takes the old one's name.
  void Put(const std::string& bytes) {
    const fs::path draft = folder_ / "draft";
    std::ofstream(draft, std::ios::binary) << bytes;
    fs::rename(draft, path_);
  }
  std::string WithThreshold(int32_t threshold) {
    model::Content content = model::EmptyContent({"a", "b"});
    content.threshold_permille = threshold;
    return model::Write(content);
  }

  const fs::path folder_ = fs::temp_directory_path() / ("models-" + base::RandomUuid());
  const fs::path path_ = folder_ / "model.bin";
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
};

TEST_F(ModelSourceTest, NoneIsRulesAlone) {
  const auto source = ModelSource::Start("none", *logger_, kNever);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->Current(), nullptr);
}

TEST_F(ModelSourceTest, AFileThatIsNamedMustBeGood) {
  const auto missing = ModelSource::Start(path_.string(), *logger_, kNever);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr("model.bin"));
  Put("no model at all, though it is long enough to be one" + std::string(1000, 'x'));
  const auto bad = ModelSource::Start(path_.string(), *logger_, kNever);
  EXPECT_EQ(bad.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bad.status().message()), HasSubstr("model.bin: this is no model"));
}

TEST_F(ModelSourceTest, ANewFileIsTakenAndABadOneIsNot) {
  Put(WithThreshold(100));
  auto source = ModelSource::Start(path_.string(), *logger_, kNever);
  ASSERT_TRUE(source.ok()) << source.status();
  int changes = 0;
  (*source)->OnChange([&] { ++changes; });
  // Of the old one whoever works with it keeps hold.
  const auto old = (*source)->Current();
  EXPECT_EQ(old->threshold_permille(), 100);

  (*source)->Look();
  EXPECT_EQ((*source)->Current(), old);
  Put(WithThreshold(200));
  (*source)->Look();
  EXPECT_EQ((*source)->Current()->threshold_permille(), 200);
  EXPECT_EQ(changes, 1);

  Put(WithThreshold(300).substr(0, 5000));
  (*source)->Look();
  EXPECT_EQ((*source)->Current()->threshold_permille(), 200);
  fs::remove(path_);
  (*source)->Look();
  EXPECT_EQ((*source)->Current()->threshold_permille(), 200);
  EXPECT_EQ(changes, 1);
  Put(WithThreshold(400));
  (*source)->Look();
  EXPECT_EQ((*source)->Current()->threshold_permille(), 400);
  EXPECT_EQ(old->threshold_permille(), 100);
  (*source)->OnChange(nullptr);
}

TEST_F(ModelSourceTest, AFileThatIsOverwrittenInPlaceDoesNoHarm) {
  Put(WithThreshold(100));
  const auto source = ModelSource::Start(path_.string(), *logger_, kNever);
  ASSERT_TRUE(source.ok()) << source.status();
  const auto model = (*source)->Current();
  // As `cp` does: cut to nothing, then written.
  fs::resize_file(path_, 0);
  int64_t sum = 0;
  for (uint64_t row = 0; row < 1 << 12; ++row) sum += model->RowOf(row << 52)[model->stride() - 1];
  EXPECT_EQ(sum, int64_t{model::kIdfSteps} << 12);
  (*source)->Look();
  EXPECT_EQ((*source)->Current(), model);
  std::ofstream(path_, std::ios::binary) << WithThreshold(200);
  (*source)->Look();
  EXPECT_EQ((*source)->Current()->threshold_permille(), 200);
}

TEST_F(ModelSourceTest, AFileThatIsTooLongIsRefusedUnread) {
  Put("x");
  fs::resize_file(path_, uint64_t{1} << 40);
  const auto source = ModelSource::Start(path_.string(), *logger_, kNever);
  EXPECT_EQ(source.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(source.status().message()), HasSubstr("model.bin"));
}

}  // namespace
}  // namespace centralita::classifier
