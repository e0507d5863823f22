// Regular expressions compiled into one vectorscan database: all of them at once over a folded
// text, in time that grows with the text and never explodes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/text/fold.h"

struct hs_database;
struct hs_scratch;

namespace centralita::text {

// Room that a search works in; one per thread, for any number of sets.
class RegexScratch final {
 public:
  RegexScratch() = default;
  ~RegexScratch();
  RegexScratch(RegexScratch&& other) noexcept;
  RegexScratch& operator=(RegexScratch&& other) noexcept;

 private:
  friend class RegexSet;
  hs_scratch* scratch_ = nullptr;
};

// Immutable and thread-safe once built.
class RegexSet final {
 public:
  // INVALID_ARGUMENT if one of them is refused, see CheckRegex(), or if they are too much together.
  static absl::StatusOr<std::unique_ptr<const RegexSet>> Compile(
      std::span<const std::string> expressions);
  ~RegexSet();
  RegexSet(const RegexSet&) = delete;
  RegexSet& operator=(const RegexSet&) = delete;

  // Calls visit(index of the expression, from, to) for what matches between word borders, places in
  // text.text(). The same expression may come several times. False if memory for the search could
  // not be had.
  using Visitor = std::function<void(uint32_t expression, uint32_t from, uint32_t to)>;
  bool Find(const FoldedText& text, RegexScratch& scratch, const Visitor& visit) const;

 private:
  explicit RegexSet(hs_database* database) : database_(database) {}
  hs_database* const database_;
};

}  // namespace centralita::text
