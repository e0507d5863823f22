// The policy's rules, compiled: finds every rule one of whose phrases stands in a text, in one pass
// over its tokens.
//
// A phrase is a sequence of tokens (fold.h); punctuation between them does not matter. Cost grows
// with the text, hardly with the number of phrases.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "centralita/text/fold.h"
#include "centralita/text/vocabulary.h"

namespace centralita::policy::v1 {
class ClassifierSection;
}  // namespace centralita::policy::v1

namespace centralita::text {

// How many tokens `phrase` has. A phrase with none (only punctuation) can never match: a policy
// should refuse it.
size_t PhraseTokens(std::string_view phrase);

// What a search leaves behind; reuse one object for many texts.
struct RuleMatches {
  // Indexes of rules in the section, ascending, each once.
  std::vector<uint32_t> rules;

 private:
  friend class RuleSet;
  std::vector<uint32_t> ids_;
};

// Immutable and thread-safe once built.
class RuleSet final {
 public:
  explicit RuleSet(const policy::v1::ClassifierSection& section);
  void Find(const FoldedText& text, RuleMatches& matches) const;
  // Phrases that can never match, see PhraseTokens().
  size_t ignored_phrases() const { return ignored_; }
  size_t phrases() const { return phrases_; }

 private:
  struct Node {
    // Rules that have a phrase which ends here.
    std::vector<uint32_t> rules;
    bool leads_on = false;
  };
  void Add(const FoldedText& phrase, uint32_t rule);
  uint32_t Child(uint32_t node, uint32_t token);

  Vocabulary vocabulary_;
  // The node of each token as a phrase's first; 0 for none.
  std::vector<uint32_t> first_;
  // Of phrases' further tokens: (node, token) -> node.
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> next_;
  // Node 0 is nobody.
  std::vector<Node> nodes_{1};
  size_t phrases_ = 0;
  size_t ignored_ = 0;
};

}  // namespace centralita::text
