#include "centralita/text/classify.h"

#include <algorithm>

namespace centralita::text {
namespace {

using classification::v1::Classification;

constexpr char kRulesOnly[] = "rules-1";
// A second matter must be plain: as sure as this in a clause of its own, or said by a rule.
constexpr int32_t kSureOfClause = 700;
constexpr int64_t kWholeRule = 10;
// Rules alone find words of another matter in the middle of the first; the model must not rule it
// out.
constexpr int32_t kNotRuledOut = 100;
constexpr int kLikeliest = 3;
// Courtesy and noise around a matter are no second one.
constexpr std::string_view kNeverSecond[] = {"other", "praise_feedback", "spam_offtopic"};
// Below this a rule that is meant for another language counts too: "reembolso" alone says little of
// the language.
constexpr int32_t kSureOfLanguage = 600;

classification::v1::IntentSource SourceOf(DecidedBy by) {
  switch (by) {
    case DecidedBy::kRules:
      return classification::v1::INTENT_SOURCE_RULES;
    case DecidedBy::kModel:
      return classification::v1::INTENT_SOURCE_MODEL;
    case DecidedBy::kBoth:
      return classification::v1::INTENT_SOURCE_RULES_AND_MODEL;
    case DecidedBy::kNobody:
      break;
  }
  return classification::v1::INTENT_SOURCE_UNSPECIFIED;
}

// Where in the message, as it was sent, a place of what was folded is: subject first, then text. A
// match may run on from the one into the other; its place ends with the subject.
template <typename Placed>
void SetPlace(const CleanedText& subject, const CleanedText& text, uint32_t source, uint32_t length,
              Placed& placed) {
  const uint32_t border = static_cast<uint32_t>(subject.text().size());
  const CleanedText& in = source < border ? subject : text;
  const uint32_t from = source < border ? source : source - border;
  const uint32_t begin = in.OriginOf(from);
  placed.set_in_subject(source < border);
  placed.set_offset(begin);
  if (source < border) length = std::min(length, border - source);
  if (length > 0) placed.set_length(in.OriginEndOf(from + length) - begin);
}

}  // namespace

Classifier::Classifier(const policy::v1::ClassifierSection& section,
                       std::vector<std::string> languages, uint64_t policy_version,
                       std::shared_ptr<const model::Model> model,
                       std::shared_ptr<const RuleSet> rules)
    : policy_version_(policy_version),
      tenant_languages_(std::move(languages)),
      rules_(rules != nullptr ? std::move(rules) : std::make_shared<const RuleSet>(section)),
      facts_(section),
      priority_(section),
      intents_(section.intents().begin(), section.intents().end()),
      details_(DetailsOf(section)),
      intent_model_(std::move(model), intents_),
      model_version_(intent_model_ ? intent_model_.model().version() : kRulesOnly) {}

std::vector<Classifier::Rule> Classifier::DetailsOf(const policy::v1::ClassifierSection& section) {
  std::vector<Rule> details;
  for (const policy::v1::Rule& rule : section.rules()) {
    details.push_back({rule.name(),
                       {rule.languages().begin(), rule.languages().end()},
                       rule.intent().empty() ? -1 : IntentIndex(rule.intent()),
                       {rule.tags().begin(), rule.tags().end()},
                       rule.weight()});
  }
  return details;
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
  const bool email = input.channel == common::v1::CHANNEL_EMAIL;
  workspace.subject_.Set(input.subject, {});
  workspace.text_.Set(input.text, {.email = email});
  folded.Clear();
  folded.Append(workspace.subject_.text());
  folded.Append(workspace.text_.text());

  LanguagePriors priors{{}, input.locale, tenant_languages_};
  if (input.profile != nullptr) priors.customer = input.profile->preferred_language();
  const DetectedLanguage language = detector_.Detect(folded, workspace.text_.text(), priors);
  result.set_language(std::string(language.code));
  result.set_language_confidence_permille(language.confidence_permille);

  rules_->Find(folded, workspace.matches_);
  if (workspace.matches_.end == SearchEnd::kFailed) {
    result.set_degraded_reason(std::string(kEngineFailed));
  } else if (workspace.matches_.end == SearchEnd::kTooManyMatches) {
    result.set_degraded_reason(std::string(kEngineSlow));
  }
  KeepRulesOf(language, workspace.matches_);
  const bool sure_of_language = language.confidence_permille >= kSureOfLanguage;
  lexicon_.Find(folded,
                {.is_public = input.visibility == common::v1::VISIBILITY_PUBLIC,
                 .headers = input.headers,
                 .text_incomplete = input.text_incomplete,
                 .language = sure_of_language ? language.code : std::string_view()},
                workspace.signals_);
  const IntentDecision decision = ChooseIntent(workspace, result);
  if (input.profile != nullptr) {
    *result.mutable_facts() = FactsOf(*input.profile, input.order_id, input.now);
  }
  AddTags(input, decision.intent < 0, workspace, result);
  const Mood mood = MoodOf(folded, workspace.tags_, workspace.signals_);
  result.set_sentiment_permille(mood.sentiment_permille);
  result.set_urgency_permille(mood.urgency_permille);
  priority_.AddMessageTerms(input.channel, result);
  AddRuleMatches(decision.intent, workspace, result);
  AddEvidence(workspace, result);
  result.set_policy_version(policy_version_);
  result.set_model_version(model_version_);
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

void Classifier::CountVotes(Workspace& workspace) const {
  IntentVotes& votes = workspace.votes_;
  votes.weights.assign(intents_.size(), 0);
  for (uint32_t rule : workspace.matches_.rules) {
    const Rule& matched = details_[rule];
    if (matched.intent >= 0) votes.weights[static_cast<size_t>(matched.intent)] += matched.weight;
  }
  votes.permille.clear();
  if (!intent_model_) return;
  votes.threshold_permille = intent_model_.model().threshold_permille();
  intent_model_.Predict(workspace.folded_, 0, workspace.folded_.tokens().size(), workspace.scorer_,
                        votes.permille);
}

IntentDecision Classifier::ChooseIntent(Workspace& workspace, Classification& result) const {
  CountVotes(workspace);
  IntentDecision decision = Decide(workspace.votes_);
  LookAtClauses(workspace, decision, result);
  const bool sure = decision.intent >= 0;
  result.set_intent(sure ? intents_[static_cast<size_t>(decision.intent)]
                         : std::string(kOtherIntent));
  result.set_intent_confidence_permille(decision.confidence_permille);
  result.set_decided_by(SourceOf(decision.by));
  AddLikeliest(decision.intent, workspace, result);
  return decision;
}

bool Classifier::CanBeSecond(size_t intent) const {
  return std::find(std::begin(kNeverSecond), std::end(kNeverSecond), intents_[intent]) ==
         std::end(kNeverSecond);
}

void Classifier::LookAtClauses(Workspace& workspace, IntentDecision& decision,
                               Classification& result) const {
  const IntentVotes& votes = workspace.votes_;
  int second = -1;
  int64_t second_score = 0;
  for (size_t i = 0; i < intents_.size(); ++i) {
    const bool ruled_out = intent_model_ && votes.permille[i] < kNotRuledOut;
    if (static_cast<int>(i) == decision.intent || votes.weights[i] < kWholeRule || ruled_out ||
        !CanBeSecond(i) || votes.weights[i] <= second_score) {
      continue;
    }
    second = static_cast<int>(i);
    second_score = votes.weights[i];
  }
  std::vector<Clause>& clauses = workspace.clauses_;
  if (intent_model_) CutClauses(workspace.folded_, clauses);
  if (intent_model_ && clauses.size() > 1) {
    const int32_t enough = std::max(votes.threshold_permille, kSureOfClause);
    int32_t surest = 0;
    for (const Clause& clause : clauses) {
      std::vector<int32_t>& permille = workspace.clause_permille_;
      intent_model_.Predict(workspace.folded_, clause.begin, clause.end, workspace.scorer_,
                            permille);
      const auto best = static_cast<size_t>(std::max_element(permille.begin(), permille.end()) -
                                            permille.begin());
      if (permille[best] < enough || !CanBeSecond(best)) continue;
      if (decision.intent < 0) {
        decision = {static_cast<int>(best), permille[best], DecidedBy::kModel};
      } else if (static_cast<int>(best) != decision.intent && permille[best] > surest) {
        surest = permille[best];
        second = static_cast<int>(best);
      }
    }
  }
  if (second >= 0 && decision.intent >= 0 && CanBeSecond(static_cast<size_t>(decision.intent))) {
    result.set_also_intent(intents_[static_cast<size_t>(second)]);
  }
}

void Classifier::AddLikeliest(int first, Workspace& workspace, Classification& result) const {
  std::vector<int32_t>& confidences = workspace.confidences_;
  ConfidencesOf(workspace.votes_, confidences);
  for (int count = 0; count < kLikeliest; ++count) {
    const auto best = std::max_element(confidences.begin(), confidences.end());
    const bool given = count == 0 && first >= 0;
    if (!given && (best == confidences.end() || *best <= 0)) break;
    const auto at = static_cast<size_t>(given ? first : best - confidences.begin());
    classification::v1::IntentProbability& likely = *result.add_intents();
    likely.set_intent(intents_[at]);
    likely.set_permille(given ? result.intent_confidence_permille() : confidences[at]);
    confidences[at] = -1;
  }
}

void Classifier::AddTags(const Input& input, bool unsure, Workspace& workspace,
                         Classification& result) const {
  std::vector<std::string_view>& tags = workspace.tags_;
  tags.clear();
  for (uint32_t rule : workspace.matches_.rules) {
    tags.insert(tags.end(), details_[rule].tags.begin(), details_[rule].tags.end());
  }
  tags.insert(tags.end(), workspace.signals_.tags.begin(), workspace.signals_.tags.end());
  if (unsure) tags.emplace_back("unsure");
  if (input.visibility == common::v1::VISIBILITY_PUBLIC) tags.emplace_back("public");
  if (input.degraded) tags.emplace_back(kDegradedTag);
  if (input.engine_failed) tags.emplace_back(kEngineFailedTag);
  if (input.profile != nullptr &&
      IsRepeatContact(*input.profile, result.intent(), facts_, input.now)) {
    tags.emplace_back("repeat_contact");
  }
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (const std::string_view tag : tags) result.add_tags(tag.data(), tag.size());
}

void Classifier::AddRuleMatches(int intent, Workspace& workspace, Classification& result) const {
  RuleMatches& matches = workspace.matches_;
  const auto won = [&](uint32_t rule) { return intent >= 0 && details_[rule].intent == intent; };
  // In the policy's order among equals; a stable sort would ask for memory each time.
  std::sort(matches.rules.begin(), matches.rules.end(), [&](uint32_t a, uint32_t b) {
    if (won(a) != won(b)) return won(a);
    if (details_[a].weight != details_[b].weight) return details_[a].weight > details_[b].weight;
    return a < b;
  });
  if (matches.rules.size() > kMaxRuleMatches) matches.rules.resize(kMaxRuleMatches);
  for (uint32_t rule : matches.rules) {
    classification::v1::RuleMatch& match = *result.add_rules();
    match.set_rule(details_[rule].name);
    match.set_won(won(rule));
    match.set_weight(details_[rule].weight);
    const RulePlace& place = matches.PlaceOf(rule);
    SetPlace(workspace.subject_, workspace.text_, place.source, place.source_length, match);
  }
}

void Classifier::AddEvidence(const Workspace& workspace, Classification& result) const {
  for (const SignalEvidence& found : workspace.signals_.evidence) {
    classification::v1::Evidence& evidence = *result.add_evidence();
    evidence.set_tag(std::string(found.tag));
    SetPlace(workspace.subject_, workspace.text_, found.source, found.source_length, evidence);
  }
}

}  // namespace centralita::text
