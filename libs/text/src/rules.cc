#include "centralita/text/rules.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "centralita/policy/v1/policy.pb.h"
#include "centralita/text/rule_cache.h"
#include "negation.h"
#include "phrases.h"
#include "regex_set.h"

namespace centralita::text {
namespace {

// The tokens that lie in a span of text.text(), which may be none.
std::pair<size_t, size_t> TokensIn(const FoldedText& text, uint32_t from, uint32_t to) {
  const auto& tokens = text.tokens();
  const auto first = std::partition_point(tokens.begin(), tokens.end(), [from](const Token& token) {
    return token.offset + token.length <= from;
  });
  const auto end = std::partition_point(first, tokens.end(),
                                        [to](const Token& token) { return token.offset < to; });
  return {static_cast<size_t>(first - tokens.begin()), static_cast<size_t>(end - tokens.begin())};
}

RulePlace PlaceOfTokens(const FoldedText& text, uint32_t rule, size_t first, size_t end) {
  const auto& tokens = text.tokens();
  if (first == end) {  // marks only: behind the word before them
    const uint32_t at = first == 0 ? 0 : tokens[first - 1].source + tokens[first - 1].source_length;
    return {rule, at, 0};
  }
  const uint32_t from = tokens[first].source;
  return {rule, from, tokens[end - 1].source + tokens[end - 1].source_length - from};
}

absl::StatusOr<std::unique_ptr<const RegexSet>> CompiledOrKept(
    const std::vector<std::string>& expressions, RuleCache* cache) {
  if (cache == nullptr) return RegexSet::Compile(expressions);
  const std::string name = RegexSetName(expressions);
  if (const std::optional<std::string> kept = cache->Get(name); kept.has_value()) {
    if (auto restored = RegexSet::Restore(*kept); restored.ok()) return restored;
  }
  auto compiled = RegexSet::Compile(expressions);
  if (!compiled.ok()) return compiled;
  // Without memory for a copy it is compiled again the next time.
  if (const auto bytes = (*compiled)->Serialised(); bytes.ok()) cache->Put(name, *bytes);
  return compiled;
}

}  // namespace

const RulePlace& RuleMatches::PlaceOf(uint32_t rule) const {
  return *std::lower_bound(places.begin(), places.end(), rule,
                           [](const RulePlace& place, uint32_t at) { return place.rule < at; });
}

struct RuleSet::Compiled {
  // Values are rules.
  PhraseAutomaton phrases;
  std::unique_ptr<const RegexSet> regexes;
  // Of each expression.
  std::vector<uint32_t> rule_of;
  Negation negation;
};

size_t PhraseTokens(std::string_view phrase) {
  FoldedText folded;
  folded.Append(phrase);
  return folded.tokens().size();
}

RuleSet::RuleSet(const policy::v1::ClassifierSection& section, RuleCache* cache)
    : compiled_(std::make_unique<Compiled>()) {
  AddPhrases(section);
  AddRegexes(section, cache);
}

RuleSet::~RuleSet() = default;

void RuleSet::AddPhrases(const policy::v1::ClassifierSection& section) {
  FoldedText folded;
  for (int rule = 0; rule < section.rules_size(); ++rule) {
    for (const std::string& phrase : section.rules(rule).any()) {
      folded.Clear();
      folded.Append(phrase);
      if (folded.tokens().empty()) {
        ++ignored_phrases_;
        continue;
      }
      compiled_->phrases.Add(folded, static_cast<uint32_t>(rule));
      ++phrases_;
    }
  }
}

void RuleSet::AddRegexes(const policy::v1::ClassifierSection& section, RuleCache* cache) {
  std::vector<std::string> expressions;
  for (int rule = 0; rule < section.rules_size(); ++rule) {
    for (const std::string& expression : section.rules(rule).regex()) {
      expressions.push_back(expression);
      compiled_->rule_of.push_back(static_cast<uint32_t>(rule));
    }
  }
  if (expressions.empty()) return;
  if (auto all = CompiledOrKept(expressions, cache); all.ok()) {
    regexes_ = expressions.size();
    compiled_->regexes = *std::move(all);
    return;
  }
  // One of them is bad, which a policy that was checked cannot have: the others still count.
  std::vector<std::string> good;
  std::vector<uint32_t> rule_of;
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (!CheckRegex(expressions[i]).ok()) continue;
    good.push_back(std::move(expressions[i]));
    rule_of.push_back(compiled_->rule_of[i]);
  }
  ignored_regexes_ = expressions.size() - good.size();
  compiled_->rule_of = std::move(rule_of);
  if (good.empty()) return;
  if (auto rest = CompiledOrKept(good, cache); rest.ok()) {
    regexes_ = good.size();
    compiled_->regexes = *std::move(rest);
  } else {
    ignored_regexes_ = expressions.size();
  }
}

void RuleSet::Find(const FoldedText& text, RuleMatches& matches) const {
  matches.end = SearchEnd::kWhole;
  matches.rules.clear();
  matches.places.clear();
  std::vector<RulePlace>& places = matches.places;
  compiled_->phrases.Find(text, matches.ids_, [&](uint32_t rule, size_t first, size_t last) {
    if (compiled_->negation.IsUnwanted(text, first)) return;
    places.push_back(PlaceOfTokens(text, rule, first, last + 1));
  });
  if (compiled_->regexes != nullptr) FindRegexes(text, matches);
  std::sort(places.begin(), places.end(), [](const RulePlace& a, const RulePlace& b) {
    return std::tie(a.rule, a.source, a.source_length) <
           std::tie(b.rule, b.source, b.source_length);
  });
  const auto same_rule = [](const RulePlace& a, const RulePlace& b) { return a.rule == b.rule; };
  places.erase(std::unique(places.begin(), places.end(), same_rule), places.end());
  for (const RulePlace& place : places) matches.rules.push_back(place.rule);
}

void RuleSet::FindRegexes(const FoldedText& text, RuleMatches& matches) const {
  const size_t phrases = matches.places.size();
  matches.end =
      compiled_->regexes->Find(text, [&](uint32_t expression, uint32_t from, uint32_t to) {
        const uint32_t rule = compiled_->rule_of[expression];
        // A greedy expression tells of every longer match too; the first is the place.
        if (matches.places.size() > phrases && matches.places.back().rule == rule) return;
        const auto [first, end] = TokensIn(text, from, to);
        if (first < end && compiled_->negation.IsUnwanted(text, first)) return;
        matches.places.push_back(PlaceOfTokens(text, rule, first, end));
      });
}

}  // namespace centralita::text
