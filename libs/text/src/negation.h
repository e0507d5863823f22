// Whether words are meant, or said not to be.
//
// Looks back from a word within its clause; a few words deep, as people write.
#pragma once

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "centralita/text/fold.h"
#include "centralita/text/vocabulary.h"

namespace centralita::text {

// Immutable and thread-safe once built.
class Negation final {
 public:
  Negation();

  // "no quiero un reembolso": what begins at `token` is said not to be wanted.
  bool IsUnwanted(const FoldedText& text, size_t token) const;
  // "not bad", "не е лошо": a negation stands up to three words before.
  bool IsNegated(const FoldedText& text, size_t token) const;

 private:
  using Phrase = std::vector<uint32_t>;
  uint32_t IdOf(const FoldedText& text, size_t token) const;
  bool RefusalEndsAt(const FoldedText& text, size_t token) const;
  void AddRefusals(std::string_view list);

  Vocabulary words_;
  // By their last word: phrases that refuse what follows.
  absl::flat_hash_map<uint32_t, std::vector<Phrase>> refusals_;
  // By id: what may stand between a refusal and what is refused; what negates the next words; what
  // ends that ("but").
  std::vector<bool> filler_;
  std::vector<bool> negator_;
  std::vector<bool> turn_;
};

}  // namespace centralita::text
