#include <gmock/gmock.h>

#include <cstring>

#include "centralita/base/crc32c.h"
#include "tests/unit/model/content.h"

namespace centralita::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::shared_ptr<const Model>> ParseBytes(std::string bytes) {
  const auto file = std::make_shared<std::string>(std::move(bytes));
  return Model::Parse(std::as_bytes(std::span(*file)), file);
}

std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

TEST(ModelFileTest, WhatIsWrittenIsRead) {
  Content content = EmptyContent({"order_status", "return_refund", "other"});
  content.threshold_permille = 420;
  content.temperature = 0.25;
  content.trained_on = 77;
  RowOf(content, WordHash("talla"))[1] = -100;
  const auto model = ParseBytes(Write(content));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->labels(), ElementsAre("order_status", "return_refund", "other"));
  EXPECT_EQ((*model)->threshold_permille(), 420);
  EXPECT_EQ((*model)->header().trained_on, 77u);
  EXPECT_EQ((*model)->RowOf(WordHash("talla"))[1], -100);
  EXPECT_THAT((*model)->version(), HasSubstr("linear-2-"));
}

TEST(ModelFileTest, ConceptsAreKept) {
  Content content = EmptyContent({"a", "b"});
  content.concepts = *Concepts::Parse("late: late retras*\n");
  const auto model = ParseBytes(Write(content));
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ((*model)->concepts().text(), "late: late retras*\n");
  EXPECT_EQ((*model)->concepts().Of("retraso").count, 1u);
}

// As the version before concepts wrote it: labels "a" and "b", 16 rows.
TEST(ModelFileTest, FormatOneIsStillRead) {
  std::string file = Write(EmptyContent({"a", "b"}, 4));
  file[offsetof(FileHeader, format)] = 1;
  const uint32_t checksum = base::Crc32c(
      std::string_view(file).substr(offsetof(FileHeader, checksum) + sizeof(FileHeader::checksum)));
  std::memcpy(file.data() + offsetof(FileHeader, checksum), &checksum, sizeof(checksum));
  const auto model = ParseBytes(file);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT((*model)->labels(), ElementsAre("a", "b"));
  EXPECT_TRUE((*model)->concepts().empty());
  EXPECT_THAT((*model)->version(), HasSubstr("linear-1-"));
}

TEST(ModelFileTest, TheLargestStaysWithinTheLimit) {
  for (const size_t labels : {2u, 15u, 16u, 40u, 63u}) {
    const size_t rows = StrideOf(labels) << MaxBucketBits(labels);
    EXPECT_LE(rows + sizeof(FileHeader) + 4096, kMaxFileBytes) << labels;
    EXPECT_GE(rows, kMaxFileBytes / 4) << labels;
  }
}

TEST(ModelFileTest, WhatIsCutShortIsRefused) {
  const std::string file = Write(EmptyContent({"a", "b"}));
  for (const size_t size : {size_t{0}, size_t{7}, sizeof(FileHeader) - 1, sizeof(FileHeader),
                            file.size() / 2, file.size() - 1}) {
    const auto model = ParseBytes(file.substr(0, size));
    ASSERT_FALSE(model.ok()) << size;
    EXPECT_EQ(model.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(MessageOf(model.status()), HasSubstr("cut short"));
  }
  EXPECT_FALSE(ParseBytes(file + "x").ok());
}

TEST(ModelFileTest, OneWrongBitIsRefused) {
  const std::string file = Write(RandomContent(3, 5));
  std::mt19937 random(9);
  for (int round = 0; round < 200; ++round) {
    std::string damaged = file;
    damaged[round < 100 ? random() % sizeof(FileHeader) : random() % file.size()] ^=
        static_cast<char>(1 << random() % 8);
    EXPECT_FALSE(ParseBytes(std::move(damaged)).ok());
  }
}

TEST(ModelFileTest, WhatIsNoModelSaysSo) {
  EXPECT_THAT(MessageOf(ParseBytes(std::string(5000, 'x')).status()), HasSubstr("no model"));
  std::string newer = Write(EmptyContent({"a", "b"}));
  newer[offsetof(FileHeader, format)] = 9;
  EXPECT_THAT(MessageOf(ParseBytes(newer).status()), HasSubstr("format 9"));
}

// Whoever can compute the checksum can still not make it read what is not there.
TEST(ModelFileTest, AHeaderThatLiesIsRefusedWhateverItsChecksum) {
  const Content good = EmptyContent({"a", "b"});
  Content content = good;
  content.bucket_bits = 13;
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
  content = good;
  content.step = 0;
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
  content = good;
  content.temperature = -1;
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
  content = good;
  content.threshold_permille = 1001;
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
  content = good;
  content.labels = {"a", ""};
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
  content = good;
  content.bias[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(ParseBytes(Write(content)).ok());
}

}  // namespace
}  // namespace centralita::model
