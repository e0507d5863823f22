// Regular expressions compiled into one vectorscan database: all of them at once over a folded
// text, in time that grows with the text and never explodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "centralita/text/fold.h"
#include "centralita/text/rules.h"

struct hs_database;
struct hs_scratch;
struct hs_stream;

namespace centralita::text {

// Immutable and thread-safe once built.
class RegexSet final {
 public:
  // INVALID_ARGUMENT if one of them is refused, see CheckRegex(), or if they are too much together.
  static absl::StatusOr<std::unique_ptr<const RegexSet>> Compile(
      std::span<const std::string> expressions);
  // What Compile() made, from Serialised() of the same build of vectorscan on such a processor;
  // INVALID_ARGUMENT if it is something else, or damaged.
  static absl::StatusOr<std::unique_ptr<const RegexSet>> Restore(std::string_view serialised);
  ~RegexSet();
  RegexSet(const RegexSet&) = delete;
  RegexSet& operator=(const RegexSet&) = delete;

  // RESOURCE_EXHAUSTED without memory.
  absl::StatusOr<std::string> Serialised() const;

  // Calls visit(index of the expression, from, to) for what matches between word borders, places in
  // text.text(). The same expression may come several times.
  using Visitor = absl::FunctionRef<void(uint32_t expression, uint32_t from, uint32_t to)>;
  SearchEnd Find(const FoldedText& text, Visitor visit) const;

 private:
  // What one search at a time works in.
  struct Room {
    hs_scratch* scratch = nullptr;
    hs_stream* stream = nullptr;
  };
  explicit RegexSet(hs_database* database) : database_(database) {}
  // Without a stream if there was no memory.
  Room Borrow() const;
  void GiveBack(Room room) const;
  static void Free(Room room);

  hs_database* const database_;
  mutable std::mutex mutex_;
  // As many as there were searches at once.
  mutable std::vector<Room> idle_;
};

// Names what Compile() would make of `expressions` here: the same name, the same database. Tells
// versions of vectorscan and kinds of processors apart.
std::string RegexSetName(std::span<const std::string> expressions);

}  // namespace centralita::text
