// From words to probabilities, in one pass.
//
// A margin is bias + step * (sum of the words' rows / |words| + sum of the grams' rows / |grams| +
// sum of the concepts' rows / |concepts|), where |x| is the Euclidean length of their inverse
// document frequencies; probabilities are the
// softmax of margins / temperature. Rows are summed as integers and the rest is done in one fixed
// order with operations that IEEE 754 defines exactly, so every machine says the same.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/model/model.h"

namespace centralita::model {

// e^x for x <= 0, without the C library's, which differs between versions. Error below 1e-9.
double Exp(double x);

// Buffers for one thread. Remembers the rows' sums of words that it has met, so that texts cost
// little more than their words' number; what it says does not depend on that.
class Scorer final {
 public:
  // Starts a text.
  void Begin(const std::shared_ptr<const Model>& model);
  void Add(std::string_view word);
  // Probabilities in thousandths, one per label, which sum up to 1000 within rounding. Valid until
  // the next Begin(). All 0 if there was no word.
  std::span<const int32_t> End();

  // Margins of the last End(), for calibration and tests.
  std::span<const double> margins() const { return {margins_.data(), labels_}; }

 private:
  struct Known {
    uint64_t hash = 0;
    Concepts::OfWord concepts;
    // Of the word's grams.
    int32_t norm = 0;
    uint8_t length = 0;
    bool used = false;
    std::array<char, 32> word;
  };
  static constexpr size_t kKnown = 4096;

  void Forget();
  void AddRow(const int8_t* row, int32_t* sums, int64_t& norm) const;
  // The word, and where the sums of its grams lie.
  std::pair<const Known&, const int16_t*> LookUp(std::string_view word, uint64_t hash);
  void AddConcepts(const Concepts::OfWord& of);
  void SumGrams(std::string_view word, int16_t* sums, int32_t& norm) const;

  std::shared_ptr<const Model> model_;
  size_t stride_ = 0;
  size_t labels_ = 0;
  std::vector<Known> known_;
  std::vector<int16_t> known_sums_;
  Known long_word_;
  std::vector<int16_t> long_word_sums_;
  std::array<int32_t, kMaxLabels + 1> words_{};
  std::array<int32_t, kMaxLabels + 1> grams_{};
  std::array<int32_t, kMaxLabels + 1> concepts_{};
  int64_t words_norm_ = 0;
  int64_t grams_norm_ = 0;
  int64_t concepts_norm_ = 0;
  uint64_t last_hash_ = 0;
  // Of the last word that had any.
  Concepts::OfWord last_concepts_;
  bool any_ = false;
  std::array<double, kMaxLabels + 1> margins_{};
  std::array<int32_t, kMaxLabels + 1> permille_{};
};

}  // namespace centralita::model
