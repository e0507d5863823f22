// Finds sequences of tokens, each with a value, in one pass over a text's tokens.
//
// Cost grows with the text, hardly with the number of phrases.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "centralita/text/fold.h"
#include "centralita/text/vocabulary.h"

namespace centralita::text {

// Find() is thread-safe once nothing is added any more.
class PhraseAutomaton final {
 public:
  // `phrase` has tokens. The same phrase may have several values.
  void Add(const FoldedText& phrase, uint32_t value);

  // Calls visit(value, first token, last token) for each phrase that stands in `text`, by its
  // first token. `ids` is room that it may use.
  template <typename Visitor>
  void Find(const FoldedText& text, std::vector<uint32_t>& ids, Visitor&& visit) const {
    ids.clear();
    for (const Token& token : text.tokens()) {
      ids.push_back(vocabulary_.Find(token.hash, text.TextOf(token)));
    }
    for (size_t start = 0; start < ids.size(); ++start) {
      uint32_t node = ids[start] < first_.size() ? first_[ids[start]] : 0;
      for (size_t at = start; node != 0;) {
        const Node& here = nodes_[node];
        for (uint32_t value : here.values) visit(value, start, at);
        if (!here.leads_on || ++at == ids.size() || ids[at] == Vocabulary::kUnknown) break;
        const auto next = next_.find({node, ids[at]});
        node = next == next_.end() ? 0 : next->second;
      }
    }
  }

 private:
  struct Node {
    // Of the phrases that end here, each once.
    std::vector<uint32_t> values;
    bool leads_on = false;
  };
  uint32_t Child(uint32_t node, uint32_t token);

  Vocabulary vocabulary_;
  // The node of each token as a phrase's first; 0 for none.
  std::vector<uint32_t> first_;
  // Of phrases' further tokens: (node, token) -> node.
  absl::flat_hash_map<std::pair<uint32_t, uint32_t>, uint32_t> next_;
  // Node 0 is nobody.
  std::vector<Node> nodes_{1};
};

}  // namespace centralita::text
