#include "phrases.h"

#include <algorithm>

namespace centralita::text {

void PhraseAutomaton::Add(const FoldedText& phrase, uint32_t value) {
  uint32_t node = 0;
  for (const Token& token : phrase.tokens()) {
    const uint32_t id = vocabulary_.Add(phrase.TextOf(token));
    node = Child(node, id);
  }
  std::vector<uint32_t>& values = nodes_[node].values;
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

uint32_t PhraseAutomaton::Child(uint32_t node, uint32_t token) {
  const uint32_t fresh = static_cast<uint32_t>(nodes_.size());
  if (node == 0) {
    if (first_.size() <= token) first_.resize(token + 1);
    if (first_[token] != 0) return first_[token];
    first_[token] = fresh;
  } else {
    const auto [it, added] = next_.try_emplace({node, token}, fresh);
    if (!added) return it->second;
    nodes_[node].leads_on = true;
  }
  nodes_.emplace_back();
  return fresh;
}

}  // namespace centralita::text
