// Labelled texts -> a model, by liblinear (https://www.csie.ntu.edu.tw/~cjlin/liblinear/): one
// L2-regularised linear classifier per intent against the rest, on the features of libs/model with
// TF-IDF weights, rounded to a byte each. Same rows, same bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/model/model.h"
#include "training/rows.h"

namespace centralita::training {

struct TrainOptions {
  // liblinear's C: the greater, the closer to the texts and the further from their likes.
  double cost = 0.5;
  // liblinear's eps.
  double tolerance = 0.1;
};

using Progress = std::function<void(std::string_view line)>;

// What counts of each row, hashed; made once, used by every fold.
class Features final {
 public:
  Features(std::span<const Row> rows, uint32_t bucket_bits, const model::Concepts& concepts);

  // Buckets of words and pairs, of runs of letters, of concepts and pairs, each as often as it
  // stands there.
  struct Of {
    std::vector<uint32_t> words;
    std::vector<uint32_t> grams;
    std::vector<uint32_t> concepts;
  };
  const Of& of(size_t row) const { return rows_[row]; }
  uint32_t bucket_bits() const { return bucket_bits_; }

 private:
  uint32_t bucket_bits_;
  std::vector<Of> rows_;
};

// The intents of all rows, sorted. INVALID_ARGUMENT if there are fewer than two, or too many.
absl::StatusOr<std::vector<std::string>> LabelsOf(std::span<const Row> rows);

// Trains on `chosen` (indexes of rows). Temperature 1 and threshold 0 are left to be set.
// Not thread-safe: liblinear draws from the C library's one generator.
absl::StatusOr<model::Content> Train(std::span<const Row> rows, std::span<const size_t> chosen,
                                     const Features& features,
                                     const std::vector<std::string>& labels,
                                     const TrainOptions& options);

}  // namespace centralita::training
