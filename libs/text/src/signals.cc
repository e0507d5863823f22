#include "centralita/text/signals.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "negation.h"
#include "phrases.h"
#include "signal_words.h"

namespace centralita::text {
namespace {

constexpr size_t kKinds = static_cast<size_t>(SignalKind::kCalm) + 1;
// In the order of SignalKind.
constexpr std::array<std::string_view, kKinds> kNames = {
    "angry",      "legal_threat", "chargeback", "public_threat", "safety",
    "vulnerable", "complex",      "auto_reply", "bait",          "spam",
    "trolling",   "negative",     "positive",   "urgency",       "urgency"};

constexpr std::string_view kGreetingOnly = "greeting_only";
constexpr std::string_view kNoiseTag = "noise";
constexpr std::string_view kPhishing = "phishing";
constexpr std::string_view kTrollingTag = "trolling";
constexpr std::string_view kComplexTag = "complex";
constexpr std::string_view kAutoReplyTag = "auto_reply";
constexpr std::string_view kPublicThreatTag = "public_threat";

constexpr SignalKind kSerious[] = {SignalKind::kLegalThreat,  SignalKind::kChargeback,
                                   SignalKind::kPublicThreat, SignalKind::kSafety,
                                   SignalKind::kVulnerable,   SignalKind::kComplex,
                                   SignalKind::kNegative,     SignalKind::kUrgent};

constexpr int32_t kNegativePoints = -180;
constexpr int32_t kPositivePoints = 200;
constexpr int32_t kUrgentPoints = 500;
constexpr int32_t kCalmPoints = -200;
// More of the same says little more.
constexpr uint32_t kMaxPerKind = 3;
constexpr size_t kMaxGreetingTokens = 8;
constexpr size_t kLongStory = 250;
constexpr uint32_t kShortestOrder = 5;
constexpr uint32_t kLongestOrder = 10;
constexpr uint32_t kShortestMash = 6;

constexpr uint32_t kGreetingWord = 0;
constexpr uint32_t kBesideWord = 1;
constexpr uint32_t kNoiseWord = 2;

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool EqualsNoCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return LowerAscii(x) == LowerAscii(y); });
}

bool StartsNoCase(std::string_view text, std::string_view beginning) {
  return EqualsNoCase(text.substr(0, beginning.size()), beginning);
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

// RFC 3834, and what programs that do not know it send.
bool IsFromAMachine(const HeaderView& header) {
  const std::string_view value = Trimmed(header.value);
  if (EqualsNoCase(header.name, "auto-submitted")) return !StartsNoCase(value, "no");
  if (EqualsNoCase(header.name, "precedence")) {
    return StartsNoCase(value, "auto_reply") || StartsNoCase(value, "auto-reply");
  }
  if (EqualsNoCase(header.name, "x-autoreply") || EqualsNoCase(header.name, "x-autorespond")) {
    return !StartsNoCase(value, "no");
  }
  if (EqualsNoCase(header.name, "return-path")) return value == "<>";
  return EqualsNoCase(header.name, "content-type") && StartsNoCase(value, "multipart/report");
}

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Two numbers of the same length that look like orders.
bool NamesSeveralOrders(const FoldedText& text) {
  std::string_view first;
  for (const Token& token : text.tokens()) {
    if (token.length < kShortestOrder || token.length > kLongestOrder) continue;
    const std::string_view word = text.TextOf(token);
    if (!AllDigits(word)) continue;
    if (first.empty()) first = word;
    if (word.size() == first.size() && word != first) return true;
  }
  return false;
}

// A run of letters that nobody could say.
bool IsMashed(std::string_view word) {
  return word.size() >= kShortestMash &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
         word.find_first_of("aeiouy") == std::string_view::npos;
}

SignalLanguages LanguagesOf(std::string_view code) {
  for (const SignalLanguage& language : kSignalLanguages) {
    if (language.code == code) return language.bit;
  }
  return kAnyLanguage;
}

bool HasLink(const FoldedText& text) { return text.text().find("://") != std::string_view::npos; }

}  // namespace

struct SignalLexicon::Compiled {
  // Values are ValueOf() a kind and its languages.
  PhraseAutomaton phrases;
  Negation negation;
  Vocabulary plain;
  std::vector<uint32_t> plain_kind;

  static uint32_t ValueOf(size_t kind, SignalLanguages languages) {
    return languages * static_cast<uint32_t>(kKinds) + static_cast<uint32_t>(kind);
  }

  // A phrase that several languages share is one phrase of them all, so that it counts once.
  void AddPhrases() {
    std::map<std::pair<std::string_view, size_t>, SignalLanguages> all;
    for (const SignalWords& words : kSignalWords) {
      std::string_view list = words.phrases;
      while (!list.empty()) {
        const size_t end = std::min(list.find('|'), list.size());
        all[{list.substr(0, end), static_cast<size_t>(words.kind)}] |= words.languages;
        list.remove_prefix(std::min(end + 1, list.size()));
      }
    }
    FoldedText folded;
    for (const auto& [phrase, languages] : all) {
      folded.Clear();
      folded.Append(phrase.first);
      if (!folded.tokens().empty()) phrases.Add(folded, ValueOf(phrase.second, languages));
    }
  }
  void AddPlain(uint32_t kind, std::string_view list) {
    FoldedText folded;
    folded.Append(list);
    for (const Token& token : folded.tokens()) {
      const uint32_t id = plain.Add(folded.TextOf(token));
      if (id == plain_kind.size()) plain_kind.push_back(kind);
    }
  }
  // How many of the first tokens are of each plain kind.
  std::array<size_t, 3> CountPlain(const FoldedText& text) const {
    std::array<size_t, 3> counts{};
    for (const Token& token : text.tokens()) {
      const uint32_t id = plain.Find(token.hash, text.TextOf(token));
      if (id != Vocabulary::kUnknown) ++counts[plain_kind[id]];
    }
    return counts;
  }
};

namespace {

class Finding {
 public:
  explicit Finding(Signals& signals) : signals_(signals) {
    signals_.tags.clear();
    signals_.evidence.clear();
    signals_.sentiment_permille = signals_.urgency_permille = 0;
  }
  void Tag(std::string_view tag, const Token* first = nullptr, const Token* last = nullptr) {
    if (signals_.Has(tag)) return;
    signals_.tags.push_back(tag);
    Explain(tag, first, last);
  }
  void Explain(std::string_view tag, const Token* first, const Token* last) {
    if (signals_.evidence.size() == kMaxSignalEvidence) return;
    SignalEvidence evidence{tag};
    if (first != nullptr) {
      evidence.source = first->source;
      evidence.source_length = last->source + last->source_length - first->source;
    }
    signals_.evidence.push_back(evidence);
  }

 private:
  Signals& signals_;
};

int32_t SentimentOf(SignalKind kind) {
  if (kind == SignalKind::kNegative) return kNegativePoints;
  return kind == SignalKind::kPositive ? kPositivePoints : 0;
}

// Whoever threatens, is hurt, complains or is in a hurry may joke as well.
bool IsAllPlay(const std::array<uint32_t, kKinds>& seen) {
  return std::all_of(std::begin(kSerious), std::end(kSerious),
                     [&](SignalKind kind) { return seen[static_cast<size_t>(kind)] == 0; });
}

int32_t UrgencyOf(SignalKind kind) {
  if (kind == SignalKind::kUrgent) return kUrgentPoints;
  return kind == SignalKind::kCalm ? kCalmPoints : 0;
}

}  // namespace

bool Signals::Has(std::string_view tag) const {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

SignalLexicon::SignalLexicon() : compiled_(std::make_unique<Compiled>()) {
  compiled_->AddPhrases();
  compiled_->AddPlain(kGreetingWord, kGreetings);
  compiled_->AddPlain(kBesideWord, kBesideGreetings);
  compiled_->AddPlain(kNoiseWord, kNoise);
}

SignalLexicon::~SignalLexicon() = default;

void SignalLexicon::Find(const FoldedText& text, const SignalContext& context,
                         Signals& signals) const {
  Finding finding(signals);
  std::array<uint32_t, kKinds> seen{};
  const SignalLanguages languages = LanguagesOf(context.language);
  // What plays with whoever answers, if that is all.
  std::pair<const Token*, const Token*> joke{};
  compiled_->phrases.Find(text, signals.ids_, [&](uint32_t value, size_t first, size_t last) {
    if ((value / kKinds & languages) == 0) return;
    const size_t at = value % kKinds;
    const SignalKind kind = static_cast<SignalKind>(at);
    const Token* from = &text.tokens()[first];
    const Token* to = &text.tokens()[last];
    const bool machine = kind == SignalKind::kAutoReply || kind == SignalKind::kCalm;
    const bool negated = !machine && (compiled_->negation.IsNegated(text, first) ||
                                      compiled_->negation.IsUnwanted(text, first));
    if (seen[at] >= kMaxPerKind) return;
    const int32_t sentiment = SentimentOf(kind);
    if (negated && sentiment == 0) return;
    if (!negated) ++seen[at];
    // "not good" is half as bad as "bad", and "not bad" half as good as "good".
    signals.sentiment_permille += negated ? -sentiment / 2 : sentiment;
    signals.urgency_permille += UrgencyOf(kind);
    if (kind <= SignalKind::kAutoReply || kind == SignalKind::kSpam) {
      finding.Tag(kNames[at], from, to);
    } else if (kind == SignalKind::kTrolling) {
      if (joke.first == nullptr) joke = {from, to};
    } else if (kind != SignalKind::kBait) {
      finding.Explain(negated ? (sentiment > 0 ? "negative" : "positive") : kNames[at], from, to);
    }
  });
  const uint32_t bait = seen[static_cast<size_t>(SignalKind::kBait)];
  if (bait > 1 || (bait == 1 && HasLink(text))) finding.Tag(kPhishing);
  if (std::any_of(context.headers.begin(), context.headers.end(), IsFromAMachine)) {
    finding.Tag(kAutoReplyTag);
  }
  const auto& tokens = text.tokens();
  if (tokens.size() >= kLongStory || NamesSeveralOrders(text)) finding.Tag(kComplexTag);
  if (joke.first != nullptr && IsAllPlay(seen)) finding.Tag(kTrollingTag, joke.first, joke.second);
  if (context.is_public &&
      (signals.Has("angry") || seen[static_cast<size_t>(SignalKind::kNegative)] > 0)) {
    finding.Tag(kPublicThreatTag);
  }
  if (context.text_incomplete || tokens.size() > kMaxGreetingTokens) return;
  const auto [greetings, beside, noise] = compiled_->CountPlain(text);
  if (greetings > 0 && greetings + beside == tokens.size()) finding.Tag(kGreetingOnly);
  const bool says_nothing = tokens.empty() && text.counts().questions == 0;
  const bool mashed = tokens.size() == 1 && IsMashed(text.TextOf(tokens[0]));
  if (says_nothing || mashed || (noise > 0 && noise == tokens.size())) finding.Tag(kNoiseTag);
}

}  // namespace centralita::text
