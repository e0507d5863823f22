// A linear model in its file form: a table of buckets, a row of small integers each, used where it
// lies in memory.
//
// File, little-endian: the header below, its labels (each closed by a zero byte), its concepts in
// text form (closed by a zero byte; files of format 1 have none), padding to 64, then 2^bucket_bits
// rows of `stride` signed bytes: a weight per label, zeros, and in the last byte the bucket's
// inverse document frequency in eighths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/model/concepts.h"

namespace centralita::model {

inline constexpr uint32_t kFormat = 2;
// The oldest that is still read.
inline constexpr uint32_t kOldestFormat = 1;
inline constexpr size_t kMaxFileBytes = 16 << 20;
inline constexpr size_t kMaxLabels = 63;
// Rows come in steps of so many bytes.
inline constexpr size_t kLanes = 16;
inline constexpr int32_t kIdfSteps = 8;

struct FileHeader {
  char magic[8] = {'C', 'N', 'T', 'L', 'M', 'O', 'D', 'L'};
  uint32_t format = kFormat;
  // CRC-32C of all that follows this field.
  uint32_t checksum = 0;
  uint32_t labels = 0;
  uint32_t stride = 0;
  uint32_t bucket_bits = 0;
  // Where the rows begin.
  uint32_t rows_offset = 0;
  // Below this probability the model says that it is unsure.
  int32_t threshold_permille = 0;
  // How many texts it was trained on; for people.
  uint32_t trained_on = 0;
  // A weight of 1 is so much of a margin.
  double step = 0;
  // Margins are divided by it before they become probabilities.
  double temperature = 1;
  double bias[kMaxLabels + 1] = {};
};
static_assert(sizeof(FileHeader) == 568);

// What a file holds, before it is one.
struct Content {
  std::vector<std::string> labels;
  std::vector<double> bias;
  double step = 0;
  double temperature = 1;
  int32_t threshold_permille = 0;
  uint32_t trained_on = 0;
  uint32_t bucket_bits = 0;
  Concepts concepts;
  // StrideOf(labels.size()) << bucket_bits of them.
  std::vector<int8_t> rows;
};

constexpr size_t StrideOf(size_t labels) { return (labels + 1 + kLanes - 1) / kLanes * kLanes; }
// The most buckets with which a file of so many labels stays within kMaxFileBytes.
uint32_t MaxBucketBits(size_t labels);

// The bytes of a file.
std::string Write(const Content& content);

// Immutable and thread-safe.
class Model final {
 public:
  // `bytes` begin at a multiple of 8 and live as long as `owner`. INVALID_ARGUMENT if they are no
  // model, are cut short or damaged, with what is wrong: the caller adds which file.
  static absl::StatusOr<std::shared_ptr<const Model>> Parse(std::span<const std::byte> bytes,
                                                            std::shared_ptr<const void> owner);

  const std::vector<std::string>& labels() const { return labels_; }
  // "linear-<format>-<checksum>".
  const std::string& version() const { return version_; }
  int32_t threshold_permille() const { return header_.threshold_permille; }
  const FileHeader& header() const { return header_; }
  const Concepts& concepts() const { return concepts_; }
  size_t stride() const { return header_.stride; }

  const int8_t* RowOf(uint64_t hash) const { return rows_ + (hash >> shift_) * header_.stride; }

 private:
  Model() = default;

  FileHeader header_;
  std::vector<std::string> labels_;
  std::string version_;
  Concepts concepts_;
  const int8_t* rows_ = nullptr;
  int shift_ = 0;
  std::shared_ptr<const void> owner_;
};

}  // namespace centralita::model
