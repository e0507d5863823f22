#include "centralita/text/classify.h"

#include <algorithm>

namespace centralita::text {
namespace {

using classification::v1::Classification;

constexpr char kModelVersion[] = "rules-1";
// Below this a rule that is meant for another language counts too: "reembolso" alone says little of
// the language.
constexpr int32_t kSureOfLanguage = 600;

}  // namespace

Classifier::Classifier(const policy::v1::ClassifierSection& section,
                       std::vector<std::string> languages, uint64_t policy_version)
    : policy_version_(policy_version),
      tenant_languages_(std::move(languages)),
      rules_(section),
      facts_(section),
      priority_(section),
      intents_(section.intents().begin(), section.intents().end()) {
  for (const policy::v1::Rule& rule : section.rules()) {
    details_.push_back({rule.name(),
                        {rule.languages().begin(), rule.languages().end()},
                        rule.intent().empty() ? -1 : IntentIndex(rule.intent()),
                        {rule.tags().begin(), rule.tags().end()},
                        rule.weight()});
  }
}

// An intent that only a rule names comes after all others.
int Classifier::IntentIndex(const std::string& name) {
  auto at = std::find(intents_.begin(), intents_.end(), name);
  if (at == intents_.end()) at = intents_.insert(intents_.end(), name);
  return static_cast<int>(at - intents_.begin());
}

void Classifier::Classify(const Input& input, Workspace& workspace, Classification& result) const {
  result.Clear();
  FoldedText& folded = workspace.folded_;
  folded.Clear();
  folded.Append(input.subject);
  folded.Append(input.text);

  LanguagePriors priors{{}, input.locale, tenant_languages_};
  if (input.profile != nullptr) priors.customer = input.profile->preferred_language();
  const DetectedLanguage language = detector_.Detect(folded, priors);
  result.set_language(std::string(language.code));
  result.set_language_confidence_permille(language.confidence_permille);

  rules_.Find(folded, workspace.matches_);
  KeepRulesOf(language, workspace.matches_);
  const int intent = ChooseIntent(workspace, result);
  if (input.profile != nullptr) {
    *result.mutable_facts() = FactsOf(*input.profile, input.order_id, input.now);
  }
  AddTags(input, workspace, result);
  const Mood mood = MoodOf(folded, workspace.tags_);
  result.set_sentiment_permille(mood.sentiment_permille);
  result.set_urgency_permille(mood.urgency_permille);
  priority_.AddMessageTerms(input.channel, result);
  AddRuleMatches(intent, workspace.matches_, result);
  result.set_policy_version(policy_version_);
  result.set_model_version(kModelVersion);
}

classification::v1::Facts Classifier::FactsOf(const profile::v1::Profile& profile,
                                              std::string_view order_id,
                                              base::TimePoint now) const {
  classification::v1::Facts facts = text::FactsOf(profile, order_id, facts_, now);
  priority_.AddFactTerms(facts);
  return facts;
}

void Classifier::KeepRulesOf(const DetectedLanguage& language, RuleMatches& matches) const {
  if (language.code == kUndetermined || language.confidence_permille < kSureOfLanguage) return;
  std::erase_if(matches.rules, [&](uint32_t rule) {
    const std::vector<std::string>& languages = details_[rule].languages;
    return !languages.empty() &&
           std::find(languages.begin(), languages.end(), language.code) == languages.end();
  });
}

int Classifier::ChooseIntent(Workspace& workspace, Classification& result) const {
  std::vector<int64_t>& weights = workspace.intent_weights_;
  weights.assign(intents_.size(), 0);
  for (uint32_t rule : workspace.matches_.rules) {
    const Rule& matched = details_[rule];
    if (matched.intent >= 0) weights[static_cast<size_t>(matched.intent)] += matched.weight;
  }
  int best = -1;
  int64_t sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (weights[i] <= 0) continue;
    sum += weights[i];
    if (best < 0 || weights[i] > weights[static_cast<size_t>(best)]) best = static_cast<int>(i);
  }
  if (best < 0) {
    result.set_intent(std::string(kOtherIntent));
    return best;
  }
  result.set_intent(intents_[static_cast<size_t>(best)]);
  result.set_intent_confidence_permille(
      static_cast<int32_t>(weights[static_cast<size_t>(best)] * 1000 / sum));
  return best;
}

void Classifier::AddTags(const Input& input, Workspace& workspace, Classification& result) const {
  std::vector<std::string>& tags = workspace.tags_;
  tags.clear();
  for (uint32_t rule : workspace.matches_.rules) {
    tags.insert(tags.end(), details_[rule].tags.begin(), details_[rule].tags.end());
  }
  if (result.intent_confidence_permille() == 0) tags.emplace_back("unsure");
  if (input.visibility == common::v1::VISIBILITY_PUBLIC) tags.emplace_back("public");
  if (input.degraded) tags.emplace_back(kDegradedTag);
  if (input.profile != nullptr &&
      IsRepeatContact(*input.profile, result.intent(), facts_, input.now)) {
    tags.emplace_back("repeat_contact");
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (const std::string& tag : tags) result.add_tags(tag);
}

void Classifier::AddRuleMatches(int intent, RuleMatches& matches, Classification& result) const {
  const auto won = [&](uint32_t rule) { return intent >= 0 && details_[rule].intent == intent; };
  std::stable_sort(matches.rules.begin(), matches.rules.end(), [&](uint32_t a, uint32_t b) {
    if (won(a) != won(b)) return won(a);
    return details_[a].weight > details_[b].weight;
  });
  if (matches.rules.size() > kMaxRuleMatches) matches.rules.resize(kMaxRuleMatches);
  for (uint32_t rule : matches.rules) {
    classification::v1::RuleMatch& match = *result.add_rules();
    match.set_rule(details_[rule].name);
    match.set_won(won(rule));
    match.set_weight(details_[rule].weight);
  }
}

}  // namespace centralita::text
