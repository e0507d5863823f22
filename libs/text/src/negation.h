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

  // "no quiero un reembolso": what begins at `token` is said not to be wanted. Who fears that he
  // will not get it ("no voy a recibir mi reembolso") does want it.
  bool IsUnwanted(const FoldedText& text, size_t token) const;
  // "not bad", "не е лошо": a negation stands up to three words before. That of a condition does
  // not reach what follows from it ("si no contestáis os denuncio").
  bool IsNegated(const FoldedText& text, size_t token) const;

 private:
  struct Refusal {
    std::vector<uint32_t> words;
    bool future = false;
  };
  uint32_t IdOf(const FoldedText& text, size_t token) const;
  // Null if none ends there.
  const Refusal* RefusalEndingAt(const FoldedText& text, size_t token) const;
  bool IsOfACondition(const FoldedText& text, size_t negator) const;
  void AddRefusals(std::string_view list, bool future);

  Vocabulary words_;
  // By their last word: phrases that refuse what follows.
  absl::flat_hash_map<uint32_t, std::vector<Refusal>> refusals_;
  // By id: what may stand between a refusal and what is refused; of that, what tells of getting
  // something; what negates the next words; what ends that ("but"); what begins a condition; what
  // may stand between it and a negator; the first half of French negations; what a negator in a
  // condition negates ("if it is not bad").
  std::vector<bool> filler_;
  std::vector<bool> negator_;
  std::vector<bool> turn_;
  std::vector<bool> receiving_;
  std::vector<bool> condition_;
  std::vector<bool> subject_;
  std::vector<bool> particle_;
  std::vector<bool> copula_;
};

}  // namespace centralita::text
