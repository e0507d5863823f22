// How a customer feels and how pressing he says it is, from small evidence: words, tags that rules
// and signals gave, emoji, exclamation marks, capitals.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "centralita/text/fold.h"
#include "centralita/text/signals.h"

namespace centralita::text {

struct Mood {
  // -1000 (furious) to 1000 (delighted).
  int32_t sentiment_permille = 0;
  // 0 to 1000.
  int32_t urgency_permille = 0;
};

// `tags` that count, whether rules or signals gave them: angry, frustrated, sad, polite, happy,
// grateful, urgent, legal_threat, chargeback, public_threat, safety, vulnerable; others do not.
Mood MoodOf(const FoldedText& text, std::span<const std::string_view> tags,
            const Signals& signals = {});

}  // namespace centralita::text
