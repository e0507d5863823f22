#include "views/classification_view.h"

#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "views/table.h"

namespace centralita::views {
namespace {

using classification::v1::Classification;
using json = nlohmann::ordered_json;

constexpr size_t kShownText = 76;

double Fraction(int32_t permille) { return permille / 1000.0; }

std::string_view BandName(classification::v1::PriorityBand band) {
  switch (band) {
    case classification::v1::PRIORITY_BAND_LOW:
      return "low";
    case classification::v1::PRIORITY_BAND_NORMAL:
      return "normal";
    case classification::v1::PRIORITY_BAND_HIGH:
      return "high";
    case classification::v1::PRIORITY_BAND_CRITICAL:
      return "critical";
    default:
      return "unknown";
  }
}

std::string_view SourceName(classification::v1::IntentSource source) {
  switch (source) {
    case classification::v1::INTENT_SOURCE_RULES:
      return "rules";
    case classification::v1::INTENT_SOURCE_MODEL:
      return "model";
    case classification::v1::INTENT_SOURCE_RULES_AND_MODEL:
      return "rules and model";
    default:
      return "nobody";
  }
}

// What stands there; nothing if the place is none of the message's.
template <typename Place>
std::string_view Quote(const Place& place, const ClassifiedText& message) {
  const std::string_view whole = place.in_subject() ? message.subject : message.text;
  if (place.offset() > whole.size()) return {};
  return whole.substr(place.offset(), place.length());
}

template <typename Place>
json EvidenceJson(const Place& place, const ClassifiedText& message) {
  return {{"matched", std::string(Quote(place, message))},
          {"in", place.in_subject() ? "subject" : "text"},
          {"offset", place.offset()},
          {"length", place.length()}};
}

json AddendsJson(const Classification& said) {
  json addends = json::array();
  for (const auto* list : {&said.addends(), &said.facts().addends()}) {
    for (const auto& addend : *list) {
      addends.push_back({{"name", addend.name()}, {"points", addend.points()}});
      if (!addend.detail().empty()) addends.back()["detail"] = addend.detail();
    }
  }
  return addends;
}

json EvidenceOf(const Classification& said, const ClassifiedText& message) {
  json evidence = json::array();
  for (const auto& rule : said.rules()) {
    evidence.push_back(EvidenceJson(rule, message));
    evidence.back()["rule"] = rule.rule();
    evidence.back()["weight"] = rule.weight();
    evidence.back()["won"] = rule.won();
  }
  for (const auto& sign : said.evidence()) {
    evidence.push_back(EvidenceJson(sign, message));
    evidence.back()["tag"] = sign.tag();
  }
  return evidence;
}

std::string AddendsText(const Classification& said) {
  std::string text;
  for (const auto* list : {&said.addends(), &said.facts().addends()}) {
    for (const auto& addend : *list) {
      if (!text.empty()) text += addend.points() < 0 ? " - " : " + ";
      text += fmt::format("{} {}", addend.name(),
                          text.empty() ? addend.points() : std::abs(addend.points()));
    }
  }
  return text;
}

template <typename Strings>
std::string Joined(const Strings& strings) {
  return fmt::format("{}", fmt::join(strings.begin(), strings.end(), ", "));
}

}  // namespace

json ClassificationJson(const Classification& said, const ClassifiedText& message) {
  json likely = json::array();
  for (const auto& intent : said.intents()) {
    likely.push_back({{"intent", intent.intent()}, {"probability", Fraction(intent.permille())}});
  }
  json tags = json::array();
  for (const auto* list : {&said.tags(), &said.facts().tags()}) {
    for (const std::string& tag : *list) tags.push_back(tag);
  }
  json object = {{"intent", said.intent()},
                 {"confidence", Fraction(said.intent_confidence_permille())},
                 {"intents", likely},
                 {"language", said.language()},
                 {"language_confidence", Fraction(said.language_confidence_permille())},
                 {"sentiment", Fraction(said.sentiment_permille())},
                 {"urgency", Fraction(said.urgency_permille())},
                 {"tags", tags},
                 {"priority", said.priority()},
                 {"band", BandName(said.band())},
                 {"addends", AddendsJson(said)},
                 {"evidence", EvidenceOf(said, message)},
                 {"decided_by", SourceName(said.decided_by())}};
  if (!said.also_intent().empty()) object["also"] = said.also_intent();
  return object;
}

std::string ClassificationText(const Classification& said, const ClassifiedText& message) {
  std::string text = fmt::format(
      "{}\n", Shorten(message.text.empty() ? message.subject : message.text, kShownText));
  text += fmt::format("  intent     {} {:.2f}, by {}{}\n", said.intent(),
                      Fraction(said.intent_confidence_permille()), SourceName(said.decided_by()),
                      said.also_intent().empty() ? "" : "; also " + said.also_intent());
  std::string likely;
  for (const auto& intent : said.intents()) {
    likely += fmt::format("{}{} {:.2f}", likely.empty() ? "" : ", ", intent.intent(),
                          Fraction(intent.permille()));
  }
  text += fmt::format("  likely     {}\n", likely.empty() ? "(nothing)" : likely);
  text += fmt::format("  language   {} {:.2f}; sentiment {:+.2f}; urgency {:.2f}\n",
                      said.language(), Fraction(said.language_confidence_permille()),
                      Fraction(said.sentiment_permille()), Fraction(said.urgency_permille()));
  if (said.tags_size() > 0) text += fmt::format("  tags       {}\n", Joined(said.tags()));
  if (said.facts().tags_size() > 0) {
    text += fmt::format("  customer   {}\n", Joined(said.facts().tags()));
  }
  text += fmt::format("  priority   {} ({}) = {}\n", said.priority(), BandName(said.band()),
                      AddendsText(said));
  for (const auto& rule : said.rules()) {
    text += fmt::format("  rule       {} ({:+}){}: \"{}\"\n", rule.rule(), rule.weight(),
                        rule.won() ? ", won" : "", Shorten(Quote(rule, message), kShownText));
  }
  for (const auto& sign : said.evidence()) {
    const std::string_view found = Quote(sign, message);
    text += fmt::format("  sign       {}: {}\n", sign.tag(),
                        found.empty() ? "(no place in the text)"
                                      : fmt::format("\"{}\"", Shorten(found, kShownText)));
  }
  return text;
}

}  // namespace centralita::views
