// Words of several languages that mean the same to a shop, so that what a model has learnt of
// "retraso" holds for "Verspätung" too.
//
// Text form, a concept a line, "#" starts a comment:
//
//   late: late delay* tarde retras* spat
//
// A word is folded (see libs/text); with * behind it stands for all that begin with it. A word of a
// text has the concepts of which it is a word, and those of the longest beginning that it has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/strings.h"

namespace centralita::model {

inline constexpr size_t kMaxConceptsBytes = 256 << 10;

// Immutable and thread-safe.
class Concepts final {
 public:
  // Of one word, as hashes for the model's buckets; what goes beyond the array is left out.
  struct OfWord {
    std::array<uint64_t, 4> hashes{};
    size_t count = 0;
  };

  // None: no word has a concept.
  Concepts() = default;
  // INVALID_ARGUMENT, with the line's number, for a line without a name or words, a name that comes
  // twice, a beginning of fewer than three bytes, and a text that is too long or holds a zero byte.
  static absl::StatusOr<Concepts> Parse(std::string_view text);

  OfWord Of(std::string_view word) const;
  bool empty() const { return words_.empty() && beginnings_.empty(); }
  // What it was parsed from, for the model's file.
  const std::string& text() const { return text_; }
  // All words, without their *; for whoever checks that they are folded.
  std::vector<std::string_view> Words() const;

 private:
  using Table = base::StringMap<std::vector<uint64_t>>;

  std::string text_;
  Table words_;
  Table beginnings_;
  size_t longest_beginning_ = 0;
};

}  // namespace centralita::model
