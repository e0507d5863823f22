#include "similarity.h"

#include <algorithm>

#include "centralita/corpus/check.h"
#include "centralita/corpus/letters.h"
#include "centralita/corpus/random.h"

namespace centralita::corpus {
namespace {

std::string WithoutSlots(std::string_view seed) {
  std::string text;
  bool inside = false;
  for (const char c : seed) {
    if (c == '{') inside = true;
    if (!inside) text.push_back(c);
    if (c == '}') inside = false;
  }
  return text;
}

}  // namespace

Features FeaturesOf(std::string_view seed) {
  Features features;
  const std::u32string text = Decode(WithoutSlots(seed)).value_or(U"");
  for (const std::u32string& word : FoldedWords(text)) {
    const std::u32string padded = U" " + word + U" ";
    features.push_back(StableHash("w" + Encode(word)));
    for (size_t i = 0; i + 3 <= padded.size(); ++i) {
      features.push_back(StableHash(Encode(padded.substr(i, 3))));
    }
  }
  if (features.empty()) features.push_back(StableHash(seed));
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  return features;
}

double Jaccard(const Features& one, const Features& other) {
  size_t shared = 0;
  for (size_t i = 0, k = 0; i < one.size() && k < other.size();) {
    if (one[i] == other[k]) ++shared;
    const bool step_one = one[i] <= other[k];
    const bool step_other = other[k] <= one[i];
    if (step_one) ++i;
    if (step_other) ++k;
  }
  return static_cast<double>(shared) / static_cast<double>(one.size() + other.size() - shared);
}

bool Alike(const Features& one, const Features& other, double threshold) {
  const auto smaller = static_cast<double>(std::min(one.size(), other.size()));
  const auto larger = static_cast<double>(std::max(one.size(), other.size()));
  return smaller >= threshold * larger && Jaccard(one, other) >= threshold;
}

double Similarity(std::string_view one, std::string_view other) {
  return Jaccard(FeaturesOf(one), FeaturesOf(other));
}

}  // namespace centralita::corpus
