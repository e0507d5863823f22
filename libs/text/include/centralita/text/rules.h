// The policy's rules, compiled: finds every rule one of whose phrases or regular expressions stands
// in a text.
//
// A phrase is a sequence of tokens (fold.h); punctuation between them does not matter. All phrases
// are looked for in one pass over the tokens, all regular expressions in one pass over
// FoldedText::text(); cost grows with the text, hardly with the number of rules. What a text says
// that it does not want ("no quiero un reembolso") does not count.
//
// Regular expressions are vectorscan's (PCRE without back references and look-around), over folded
// text: capitals and accents do not matter, a letter that is stretched stands there once, `.` stays
// within a line. They match whole words: where one begins or ends inside of a word, it does not
// count. (Where several places could be its beginning, the leftmost one is looked at.)
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "centralita/text/fold.h"

namespace centralita::policy::v1 {
class ClassifierSection;
}  // namespace centralita::policy::v1

namespace centralita::text {

class RuleCache;

// How many tokens `phrase` has. A phrase with none (only punctuation) can never match: a policy
// should refuse it.
size_t PhraseTokens(std::string_view phrase);

// OK, or INVALID_ARGUMENT with what is wrong with a regular expression and where in it, as the rest
// of a sentence. At most 400 bytes, no repetition above 100, nothing that matches an empty text.
absl::Status CheckRegex(std::string_view expression);

// The first place of a rule in what was folded, see Token.
struct RulePlace {
  uint32_t rule = 0;
  uint32_t source = 0;
  uint32_t source_length = 0;
};

enum class SearchEnd {
  kWhole,
  // Expressions matched from everywhere to everywhere, kMaxRegexEvents times: the search was given
  // up, and what it had found counts.
  kTooManyMatches,
  // There was no memory for it: expressions found nothing.
  kFailed,
};

// So many ends of matches of expressions in one text; about 10 ms of work.
inline constexpr uint32_t kMaxRegexEvents = 1 << 18;

// What a search leaves behind; reuse one object for many texts.
class RuleMatches final {
 public:
  SearchEnd end = SearchEnd::kWhole;
  // Indexes of rules in the section, ascending, each once.
  std::vector<uint32_t> rules;
  // One for each of `rules` as they were found, ascending by rule.
  std::vector<RulePlace> places;

  // Of a rule that was found.
  const RulePlace& PlaceOf(uint32_t rule) const;

 private:
  friend class RuleSet;
  std::vector<uint32_t> ids_;
};

// Immutable and thread-safe once built.
class RuleSet final {
 public:
  // Regular expressions that CheckRegex() refuses, or that are too much together, count in
  // ignored_regexes() and never match. Compiling a thousand expressions takes seconds; with a
  // `cache`, which is used during the call only, that is once.
  explicit RuleSet(const policy::v1::ClassifierSection& section, RuleCache* cache = nullptr);
  ~RuleSet();
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  void Find(const FoldedText& text, RuleMatches& matches) const;
  size_t phrases() const { return phrases_; }
  size_t regexes() const { return regexes_; }
  // Phrases that can never match, see PhraseTokens().
  size_t ignored_phrases() const { return ignored_phrases_; }
  size_t ignored_regexes() const { return ignored_regexes_; }

 private:
  struct Compiled;
  void AddPhrases(const policy::v1::ClassifierSection& section);
  void AddRegexes(const policy::v1::ClassifierSection& section, RuleCache* cache);
  void FindRegexes(const FoldedText& text, RuleMatches& matches) const;

  const std::unique_ptr<Compiled> compiled_;
  size_t phrases_ = 0;
  size_t regexes_ = 0;
  size_t ignored_phrases_ = 0;
  size_t ignored_regexes_ = 0;
};

}  // namespace centralita::text
