// What a message is about and how much it presses: a pure function of (message, profile, policy).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/base/strings.h"
#include "centralita/base/time.h"
#include "centralita/classification/v1/classification.pb.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/profile/v1/profile.pb.h"
#include "centralita/text/clean.h"
#include "centralita/text/decide.h"
#include "centralita/text/facts.h"
#include "centralita/text/fold.h"
#include "centralita/text/intent_model.h"
#include "centralita/text/language.h"
#include "centralita/text/priority.h"
#include "centralita/text/rules.h"
#include "centralita/text/sentiment.h"
#include "centralita/text/signals.h"

namespace centralita::text {

inline constexpr std::string_view kOtherIntent = "other";
// Tag of a message that went on although its customer's profile could not be had.
inline constexpr std::string_view kDegradedTag = "degraded";
// Tag of a message that went on although nobody could say what its text is about.
inline constexpr std::string_view kEngineFailedTag = "engine_failed";
// Degraded reasons of the engine itself: nothing, or not all, of the text is known; it took more
// than a message may take.
inline constexpr std::string_view kEngineFailed = "engine_failed";
inline constexpr std::string_view kEngineSlow = "engine_slow";
// At most so many rules are named in a classification: winners first, then the heaviest.
inline constexpr size_t kMaxRuleMatches = 16;

// Views need to live during the call only.
struct Input {
  std::string_view text;
  std::string_view subject;
  // The message has more than that: an attachment, or a text that could not be read. What there is
  // to read is then neither `noise` nor `greeting_only`.
  bool text_incomplete = false;
  // The text was given up and is left out here.
  bool engine_failed = false;
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  common::v1::Visibility visibility = common::v1::VISIBILITY_UNSPECIFIED;
  // BCP 47, of the channel; empty if unknown.
  std::string_view locale;
  std::string_view order_id;
  // Of an e-mail.
  std::span<const HeaderView> headers;
  // Null if the customer is new, or if nobody knows (then `degraded`).
  const profile::v1::Profile* profile = nullptr;
  bool degraded = false;
  base::TimePoint now;
};

// Buffers that Classify() uses again and again; one per thread.
class Workspace final {
 private:
  friend class Classifier;
  CleanedText subject_;
  CleanedText text_;
  FoldedText folded_;
  RuleMatches matches_;
  Signals signals_;
  IntentVotes votes_;
  std::vector<int32_t> confidences_;
  std::vector<int32_t> clause_permille_;
  std::vector<Clause> clauses_;
  model::Scorer scorer_;
  // Views of the classifier's own.
  std::vector<std::string_view> tags_;
};

// Immutable and thread-safe once built; takes a copy of what it needs.
class Classifier final {
 public:
  // `languages`: those of the tenant's customers, the most frequent first. Without a `model` the
  // rules decide alone. `rules` are those of the same section, where somebody has compiled them.
  Classifier(const policy::v1::ClassifierSection& section, std::vector<std::string> languages,
             uint64_t policy_version, std::shared_ptr<const model::Model> model = nullptr,
             std::shared_ptr<const RuleSet> rules = nullptr);

  // Replaces `result`. Its degraded_reason is kEngineFailed if expressions could not be looked for,
  // kEngineSlow if they matched too often to be looked at to the end (rules.h).
  void Classify(const Input& input, Workspace& workspace,
                classification::v1::Classification& result) const;

  // The facts alone, with their addends, as in a classification and in an amendment.
  classification::v1::Facts FactsOf(const profile::v1::Profile& profile, std::string_view order_id,
                                    base::TimePoint now) const;

  uint64_t policy_version() const { return policy_version_; }
  const RuleSet& rules() const { return *rules_; }
  std::shared_ptr<const RuleSet> shared_rules() const { return rules_; }

 private:
  struct Rule {
    std::string name;
    std::vector<std::string> languages;
    // Place in intents_; -1 if it only tags.
    int intent = -1;
    std::vector<std::string> tags;
    int32_t weight = 0;
  };
  std::vector<Rule> DetailsOf(const policy::v1::ClassifierSection& section);
  int IntentIndex(const std::string& name);
  void KeepRulesOf(const DetectedLanguage& language, RuleMatches& matches) const;
  void CountVotes(Workspace& workspace) const;
  IntentDecision ChooseIntent(Workspace& workspace,
                              classification::v1::Classification& result) const;
  // The second matter, and the first one if the text as a whole does not say it.
  void LookAtClauses(Workspace& workspace, IntentDecision& decision,
                     classification::v1::Classification& result) const;
  void AddLikeliest(int first, Workspace& workspace,
                    classification::v1::Classification& result) const;
  bool CanBeSecond(size_t intent) const;
  void AddTags(const Input& input, bool unsure, Workspace& workspace,
               classification::v1::Classification& result) const;
  void AddEvidence(const Workspace& workspace, classification::v1::Classification& result) const;
  void AddRuleMatches(int intent, Workspace& workspace,
                      classification::v1::Classification& result) const;

  const uint64_t policy_version_;
  const std::vector<std::string> tenant_languages_;
  const std::shared_ptr<const RuleSet> rules_;
  const FactsConfig facts_;
  const PriorityTerms priority_;
  const LanguageDetector detector_;
  const SignalLexicon lexicon_;
  // In the policy's order, which decides ties.
  std::vector<std::string> intents_;
  const std::vector<Rule> details_;
  // After intents_, from which it is made.
  const IntentModel intent_model_;
  const std::string model_version_;
};

}  // namespace centralita::text
