// What a message betrays about its sender and its nature, whatever it is about: anger, threats,
// danger, need of care, that it is a greeting, a bounce or bait.
//
// Words and phrases of seven languages, es en bg in depth, pt fr de it well; those of the message's
// own count, once that is sure. What is negated does
// not count ("not bad", "no voy a denunciar"). A tag of the policy's own rules with the same name
// means the same; these come without any rule.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "centralita/text/fold.h"

namespace centralita::text {

// A header of an e-mail; the name in any case.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// What is known of a message beside its words.
struct SignalContext {
  // Everybody can read it.
  bool is_public = false;
  std::span<const HeaderView> headers;
  // There is more than the text, unread: no `noise`, no `greeting_only`.
  bool text_incomplete = false;
  // ISO 639-1, once it is sure: the words of the other languages say nothing then. Empty if it is
  // not. A language that has no words here keeps them all: better a threat too many than one
  // unread.
  std::string_view language = {};
};

// Why a tag was given, or sentiment or urgency moved ("positive", "negative", "urgency").
struct SignalEvidence {
  // A constant.
  std::string_view tag;
  // In what was folded, see Token; length 0 if it is no place in it.
  uint32_t source = 0;
  uint32_t source_length = 0;
};

inline constexpr size_t kMaxSignalEvidence = 16;

// What a search leaves behind; reuse one object for many texts.
struct Signals {
  // Constants, each once: angry, legal_threat, chargeback, public_threat, safety, vulnerable,
  // complex, noise, greeting_only, phishing, spam, trolling, auto_reply.
  std::vector<std::string_view> tags;
  // Of words without a tag of their own (thousandths, unbounded); MoodOf() adds what tags, emoji
  // and capitals say.
  int32_t sentiment_permille = 0;
  int32_t urgency_permille = 0;
  // In the order of the text, at most kMaxSignalEvidence.
  std::vector<SignalEvidence> evidence;

  bool Has(std::string_view tag) const;

 private:
  friend class SignalLexicon;
  std::vector<uint32_t> ids_;
};

// Immutable and thread-safe once built.
class SignalLexicon final {
 public:
  SignalLexicon();
  ~SignalLexicon();
  SignalLexicon(const SignalLexicon&) = delete;
  SignalLexicon& operator=(const SignalLexicon&) = delete;

  // Replaces `signals`.
  void Find(const FoldedText& text, const SignalContext& context, Signals& signals) const;

 private:
  struct Compiled;
  const std::unique_ptr<Compiled> compiled_;
};

}  // namespace centralita::text
