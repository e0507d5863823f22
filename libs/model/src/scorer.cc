#include "centralita/model/scorer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "centralita/model/features.h"

namespace centralita::model {
namespace {

constexpr double kLog2E = 1.4426950408889634;
constexpr double kLn2 = 0.6931471805599453;
// 1 / n!, from n = 11 down.
constexpr double kSeries[] = {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                              1.0 / 5040,     1.0 / 720,     1.0 / 120,    1.0 / 24,
                              1.0 / 6,        1.0 / 2,       1.0,          1.0};
// Below this e^x is nothing beside 1.
constexpr double kLeast = -700;

void AddLanes(const int8_t* row, size_t stride, int16_t* sums) {
  for (size_t block = 0; block < stride; block += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) {
      sums[block + i] = static_cast<int16_t>(sums[block + i] + row[block + i]);
    }
  }
}

}  // namespace

double Exp(double x) {
  if (x <= kLeast) return 0;
  // x = k ln 2 + r with |r| <= ln 2 / 2, and e^r by its series.
  const double k = std::nearbyint(x * kLog2E);
  const double r = x - k * kLn2;
  double sum = 0;
  for (const double factor : kSeries) sum = sum * r + factor;
  return sum * std::bit_cast<double>(static_cast<uint64_t>(1023 + static_cast<int64_t>(k)) << 52);
}

void Scorer::Begin(const std::shared_ptr<const Model>& model) {
  if (model_ != model) {
    model_ = model;
    stride_ = model->stride();
    labels_ = model->labels().size();
    Forget();
  }
  words_.fill(0);
  grams_.fill(0);
  concepts_.fill(0);
  words_norm_ = 0;
  grams_norm_ = 0;
  concepts_norm_ = 0;
  last_concepts_.count = 0;
  any_ = false;
}

void Scorer::Forget() {
  known_.assign(kKnown, Known{});
  known_sums_.assign(kKnown * stride_, 0);
  long_word_sums_.assign(stride_, 0);
}

void Scorer::AddRow(const int8_t* row, int32_t* sums, int64_t& norm) const {
  for (size_t block = 0; block < stride_; block += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) sums[block + i] += row[block + i];
  }
  const int32_t idf = row[stride_ - 1];
  norm += idf * idf;
}

void Scorer::Add(std::string_view word) {
  const uint64_t hash = WordHash(word);
  AddRow(model_->RowOf(hash), words_.data(), words_norm_);
  if (any_) AddRow(model_->RowOf(PairHash(last_hash_, hash)), words_.data(), words_norm_);
  last_hash_ = hash;
  any_ = true;
  const auto [known, sums] = LookUp(word, hash);
  for (size_t block = 0; block < stride_; block += kLanes) {
    for (size_t i = 0; i < kLanes; ++i) grams_[block + i] += sums[block + i];
  }
  grams_norm_ += known.norm;
  AddConcepts(known.concepts);
}

// At most four concepts with four before each: 20 * 127 fits in 16 bits.
void Scorer::AddConcepts(const Concepts::OfWord& of) {
  if (of.count == 0) return;
  std::array<int16_t, kMaxLabels + 1> sums;
  std::fill_n(sums.begin(), stride_, int16_t{0});
  const auto add = [&](uint64_t hash) {
    const int8_t* row = model_->RowOf(hash);
    AddLanes(row, stride_, sums.data());
    const int32_t idf = row[stride_ - 1];
    concepts_norm_ += idf * idf;
  };
  for (size_t i = 0; i < of.count; ++i) {
    add(of.hashes[i]);
    for (size_t k = 0; k < last_concepts_.count; ++k) {
      add(PairHash(last_concepts_.hashes[k], of.hashes[i]));
    }
  }
  for (size_t i = 0; i < stride_; ++i) concepts_[i] += sums[i];
  last_concepts_ = of;
}

std::pair<const Scorer::Known&, const int16_t*> Scorer::LookUp(std::string_view word,
                                                               uint64_t hash) {
  if (word.size() > sizeof(Known::word)) {
    SumGrams(word, long_word_sums_.data(), long_word_.norm);
    long_word_.concepts = model_->concepts().Of(word);
    return {long_word_, long_word_sums_.data()};
  }
  const size_t slot = hash % kKnown;
  Known& known = known_[slot];
  int16_t* sums = known_sums_.data() + slot * stride_;
  if (!known.used || known.hash != hash || known.length != word.size() ||
      std::memcmp(known.word.data(), word.data(), word.size()) != 0) {
    SumGrams(word, sums, known.norm);
    known.concepts = model_->concepts().Of(word);
    known.hash = hash;
    known.length = static_cast<uint8_t>(word.size());
    known.used = true;
    std::memcpy(known.word.data(), word.data(), word.size());
  }
  return {known, sums};
}

// At most 50 letters with the borders and four runs from each: 200 * 127 fits in 16 bits.
void Scorer::SumGrams(std::string_view word, int16_t* sums, int32_t& norm) const {
  std::fill(sums, sums + stride_, int16_t{0});
  norm = 0;
  ForEachGram(word, [&](uint64_t hash) {
    const int8_t* row = model_->RowOf(hash);
    AddLanes(row, stride_, sums);
    const int32_t idf = row[stride_ - 1];
    norm += idf * idf;
  });
}

std::span<const int32_t> Scorer::End() {
  const FileHeader& header = model_->header();
  const std::span<const int32_t> answer(permille_.data(), labels_);
  if (!any_) {
    permille_.fill(0);
    margins_.fill(0);
    return answer;
  }
  const double by_words = words_norm_ > 0 ? header.step / std::sqrt(double(words_norm_)) : 0;
  const double by_grams = grams_norm_ > 0 ? header.step / std::sqrt(double(grams_norm_)) : 0;
  const double by_concepts =
      concepts_norm_ > 0 ? header.step / std::sqrt(double(concepts_norm_)) : 0;
  double best = 0;
  for (size_t i = 0; i < labels_; ++i) {
    margins_[i] =
        header.bias[i] + by_words * words_[i] + by_grams * grams_[i] + by_concepts * concepts_[i];
    if (i == 0 || margins_[i] > best) best = margins_[i];
  }
  std::array<double, kMaxLabels + 1> weights;
  double sum = 0;
  for (size_t i = 0; i < labels_; ++i) {
    weights[i] = Exp((margins_[i] - best) / header.temperature);
    sum += weights[i];
  }
  for (size_t i = 0; i < labels_; ++i) {
    permille_[i] = static_cast<int32_t>(weights[i] * 1000 / sum + 0.5);
  }
  return answer;
}

}  // namespace centralita::model
