// Which phrases are the same in all but their slots and their spelling.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::corpus {

// Sorted hashes of words and of letter triples. Slots are left out.
using Features = std::vector<uint64_t>;

Features FeaturesOf(std::string_view seed);

// Shared features by all features.
double Jaccard(const Features& one, const Features& other);

// Whether Jaccard(one, other) >= `threshold`, decided by the sizes where they suffice.
bool Alike(const Features& one, const Features& other, double threshold);

}  // namespace centralita::corpus
