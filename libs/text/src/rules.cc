#include "centralita/text/rules.h"

#include <algorithm>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::text {

size_t PhraseTokens(std::string_view phrase) {
  FoldedText folded;
  folded.Append(phrase);
  return folded.tokens().size();
}

RuleSet::RuleSet(const policy::v1::ClassifierSection& section) {
  FoldedText folded;
  for (int rule = 0; rule < section.rules_size(); ++rule) {
    for (const std::string& phrase : section.rules(rule).any()) {
      folded.Clear();
      folded.Append(phrase);
      if (folded.tokens().empty()) {
        ++ignored_;
        continue;
      }
      Add(folded, static_cast<uint32_t>(rule));
      ++phrases_;
    }
  }
}

void RuleSet::Add(const FoldedText& phrase, uint32_t rule) {
  uint32_t node = 0;
  for (const Token& token : phrase.tokens()) {
    const uint32_t id = vocabulary_.Add(phrase.TextOf(token));
    node = Child(node, id);
  }
  std::vector<uint32_t>& rules = nodes_[node].rules;
  if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
}

uint32_t RuleSet::Child(uint32_t node, uint32_t token) {
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

void RuleSet::Find(const FoldedText& text, RuleMatches& matches) const {
  matches.rules.clear();
  matches.ids_.clear();
  for (const Token& token : text.tokens()) {
    matches.ids_.push_back(vocabulary_.Find(token.hash, text.TextOf(token)));
  }
  const std::vector<uint32_t>& ids = matches.ids_;
  for (size_t start = 0; start < ids.size(); ++start) {
    uint32_t node = ids[start] < first_.size() ? first_[ids[start]] : 0;
    for (size_t at = start; node != 0;) {
      const Node& here = nodes_[node];
      matches.rules.insert(matches.rules.end(), here.rules.begin(), here.rules.end());
      if (!here.leads_on || ++at == ids.size() || ids[at] == Vocabulary::kUnknown) break;
      const auto next = next_.find({node, ids[at]});
      node = next == next_.end() ? 0 : next->second;
    }
  }
  std::sort(matches.rules.begin(), matches.rules.end());
  matches.rules.erase(std::unique(matches.rules.begin(), matches.rules.end()), matches.rules.end());
}

}  // namespace centralita::text
