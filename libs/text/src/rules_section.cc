#include "centralita/text/rules_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/policy/names.h"
#include "centralita/text/rules.h"

namespace centralita::text {
namespace {

using config::MapReader;
using config::Value;
using policy::v1::ClassifierSection;
using std::chrono_literals::operator""h;

constexpr int32_t kMaxPoints = 1000;
constexpr int32_t kDefaultWeight = 10;
constexpr base::Duration kDefaultRepeatWindow = 7 * 24h;
constexpr size_t kMaxPhraseTokens = 16;

void ReadIntents(const Value& list, ClassifierSection& section) {
  if (!list.present()) {
    for (const std::string_view intent : policy::DefaultIntents()) {
      section.add_intents(std::string(intent));
    }
    return;
  }
  for (const policy::Reference& intent : policy::ReadReferences(list)) {
    section.add_intents(intent.name);
  }
  if (list.is_list() && section.intents_size() == 0) {
    list.Error("is empty; remove the key to have the usual fifteen");
  }
}

void ReadPhrases(const Value& list, policy::v1::Rule& rule) {
  for (const Value& item : list.Items()) {
    const std::string phrase = item.AsString();
    const size_t tokens = PhraseTokens(phrase);
    if (tokens == 0) {
      item.Error(fmt::format("'{}' has no letter or digit, so it would never be found", phrase));
    } else if (tokens > kMaxPhraseTokens) {
      item.Error(fmt::format("'{}' has {} words; at most {}", phrase, tokens, kMaxPhraseTokens));
    } else if (std::find(rule.any().begin(), rule.any().end(), phrase) != rule.any().end()) {
      // The same words may mean the same in two languages.
      continue;
    } else {
      rule.add_any(phrase);
    }
  }
}

// A list of phrases, or a map from language to phrases, in which the languages are for the reader
// of the file only.
void ReadAny(const Value& any, policy::v1::Rule& rule) {
  if (!any.is_map()) {
    ReadPhrases(any, rule);
  } else {
    MapReader languages(any);
    for (const auto& [language, phrases] : languages.Entries()) {
      const bool is_language = language.size() == 2 && language[0] >= 'a' && language[0] <= 'z' &&
                               language[1] >= 'a' && language[1] <= 'z';
      if (!is_language) {
        phrases.Error(
            fmt::format("'{}' is not a language; write its two letters, for example es", language));
      }
      ReadPhrases(phrases, rule);
    }
  }
  if (any.present() && rule.any_size() == 0 && any.problems().ok()) {
    any.Error("holds no phrase");
  }
}

void ReadRegexes(const Value& list, policy::v1::Rule& rule) {
  for (const Value& item : list.Items()) {
    const std::string expression = item.AsString();
    if (const absl::Status status = CheckRegex(expression); !status.ok()) {
      item.Error(fmt::format("'{}' is no regular expression that can be used: {}", expression,
                             std::string_view(status.message().data(), status.message().size())));
    } else {
      rule.add_regex(expression);
    }
  }
}

void ReadRule(const Value& value, policy::UniqueNames& names, RulesDraft& draft) {
  policy::v1::Rule& rule = *draft.section.add_rules();
  MapReader map(value);
  rule.set_name(names.Read(map.Require("name")));
  const Value any = map.Get("any");
  const Value regex = map.Get("regex");
  ReadAny(any, rule);
  ReadRegexes(regex, rule);
  if (value.is_map() && !any.present() && !regex.present()) {
    value.Error("recognises nothing; give it 'any' with words and phrases, 'regex', or both");
  }
  for (std::string& language : policy::ReadLanguages(map.Get("languages"))) {
    rule.add_languages(std::move(language));
  }
  const Value intent = map.Get("intent");
  rule.set_intent(intent.AsName());
  if (!rule.intent().empty()) draft.intents.push_back({intent.place(), rule.intent()});
  const Value tags = map.Get("tags");
  for (std::string& tag : tags.Names()) rule.add_tags(std::move(tag));
  if (value.is_map() && !intent.present() && rule.tags_size() == 0) {
    value.Error("does nothing; give it an 'intent', 'tags' or both");
  }
  const Value weight = map.Get("weight");
  rule.set_weight(static_cast<int32_t>(weight.AsInt(kDefaultWeight, 1, 1000)));
  if (weight.present() && !intent.present()) weight.Warn("counts only for a rule with an intent");
}

// Each may be fine and all of them too much.
void CheckRegexesTogether(const Value& rules, const ClassifierSection& section) {
  if (!rules.problems().ok()) return;
  const RuleSet compiled(section);
  if (compiled.ignored_regexes() > 0) {
    rules.Error(
        fmt::format("the {} regular expressions are too much together; write some of them "
                    "as phrases",
                    compiled.ignored_regexes()));
  }
}

void ReadAddend(const Value& value, policy::UniqueNames& names, RulesDraft& draft) {
  policy::v1::PriorityAddend& addend = *draft.section.add_addends();
  MapReader map(value);
  addend.set_name(names.Read(map.Require("name")));
  int conditions = 0;
  if (const Value tag = map.Get("tag"); tag.present()) {
    addend.set_tag(tag.AsName());
    if (!addend.tag().empty()) draft.tags.push_back({tag.place(), addend.tag()});
    ++conditions;
  }
  if (const Value intent = map.Get("intent"); intent.present()) {
    addend.set_intent(intent.AsName());
    if (!addend.intent().empty()) draft.intents.push_back({intent.place(), addend.intent()});
    ++conditions;
  }
  if (const Value channel = map.Get("channel"); channel.present()) {
    addend.set_channel(channel.AsEnum(policy::Channels(), common::v1::CHANNEL_UNSPECIFIED));
    ++conditions;
  }
  if (const Value cart = map.Get("per_ten_cart_at_risk"); cart.present()) {
    if (!cart.AsBool(true)) cart.Error("can only be true; remove the key otherwise");
    addend.set_per_ten_cart_at_risk(true);
    ++conditions;
  }
  if (value.is_map() && conditions != 1) {
    value.Error("needs exactly one of 'tag', 'intent', 'channel', 'per_ten_cart_at_risk: true'");
  }
  addend.set_points(static_cast<int32_t>(map.Require("points").AsInt(0, -kMaxPoints, kMaxPoints)));
  addend.set_cap(static_cast<int32_t>(map.Get("cap").AsInt(0, 1, kMaxPoints)));
}

void ReadBands(const Value& value, ClassifierSection& section) {
  MapReader map(value);
  // Where a message begins to be of the band; LOW begins at 0.
  constexpr int64_t kDefaults[] = {0, 250, 500, 750};
  int64_t below = 0;
  for (size_t i = 0; i < policy::Bands().size(); ++i) {
    const auto& [name, band] = policy::Bands()[i];
    int64_t floor = 0;
    if (i > 0) {
      const Value item = map.Get(name);
      floor = item.AsInt(std::max(kDefaults[i], below), 0, kMaxPoints);
      if (floor < below) {
        item.Error(fmt::format("{} is below where the band before begins, {}", floor, below));
      }
    }
    policy::v1::BandFloor& out = *section.add_bands();
    out.set_band(band);
    out.set_from_priority(static_cast<int32_t>(floor));
    below = floor;
  }
}

void ReadPriority(const Value& value, RulesDraft& draft) {
  MapReader map(value);
  draft.section.set_base_priority(static_cast<int32_t>(map.Get("base").AsInt(100, 0, kMaxPoints)));
  policy::UniqueNames names("addend");
  for (const Value& item : map.Get("addends").Items()) ReadAddend(item, names, draft);
  ReadBands(map.Get("bands"), draft.section);
}

void ReadLifetimeTiers(const Value& value, ClassifierSection& section) {
  MapReader map(value);
  for (const auto& [name, item] : map.Entries()) {
    const int64_t cents = item.AsMoney({}).cents;
    const auto& known = section.lifetime_tiers();
    const bool twice = std::any_of(
        known.begin(), known.end(),
        [&](const policy::v1::LifetimeTier& tier) { return tier.min_cents() == cents; });
    if (twice) item.Error("another tier begins at the same value; which one would it be?");
    policy::v1::LifetimeTier& tier = *section.add_lifetime_tiers();
    tier.set_tier(name);
    tier.set_min_cents(cents);
  }
}

}  // namespace

RulesDraft ReadRulesSection(MapReader& policy) {
  RulesDraft draft;
  ReadIntents(policy.Get("intents"), draft.section);
  policy::UniqueNames names("rule");
  const Value rules = policy.Get("rules");
  for (const Value& item : rules.Items()) ReadRule(item, names, draft);
  CheckRegexesTogether(rules, draft.section);
  ReadPriority(policy.Get("priority"), draft);
  ClassifierSection& section = draft.section;
  section.set_cart_at_risk_min_cents(policy.Get("cart_at_risk_min").AsMoney({}).cents);
  section.set_vip_lifetime_min_cents(policy.Get("vip_lifetime_min").AsMoney({}).cents);
  ReadLifetimeTiers(policy.Get("lifetime_tiers"), section);
  section.set_repeat_window_ms(
      policy.Get("repeat_window").AsDuration(kDefaultRepeatWindow).count());
  return draft;
}

}  // namespace centralita::text
