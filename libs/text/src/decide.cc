#include "centralita/text/decide.h"

#include <algorithm>

namespace centralita::text {
namespace {

int64_t SumOfWeights(const IntentVotes& votes) {
  int64_t sum = 0;
  for (const int64_t weight : votes.weights) sum += std::max<int64_t>(weight, 0);
  return sum;
}

int32_t PermilleOf(const IntentVotes& votes, size_t intent) {
  return votes.permille.empty() ? 0 : votes.permille[intent];
}

int32_t ConfidenceOf(const IntentVotes& votes, int64_t sum, size_t intent) {
  if (sum == 0) return PermilleOf(votes, intent);
  const auto share = static_cast<int32_t>(std::max<int64_t>(votes.weights[intent], 0) * 1000 / sum);
  return votes.permille.empty() ? share : (share + PermilleOf(votes, intent)) / 2;
}

int64_t ScoreOf(const IntentVotes& votes, size_t intent) {
  return PermilleOf(votes, intent) + kScorePerPoint * votes.weights[intent];
}

// Of all, or of those alone for which rules speak; -1 if there is none.
int BestOf(const IntentVotes& votes, bool by_rules) {
  int best = -1;
  for (size_t i = 0; i < votes.weights.size(); ++i) {
    if (by_rules && votes.weights[i] <= 0) continue;
    if (best < 0 || ScoreOf(votes, i) > ScoreOf(votes, static_cast<size_t>(best))) {
      best = static_cast<int>(i);
    }
  }
  return best;
}

bool IsModelSure(const IntentVotes& votes, size_t intent) {
  return PermilleOf(votes, intent) > 0 && PermilleOf(votes, intent) >= votes.threshold_permille;
}

// Whether no model could have decided otherwise.
bool RulesDecideAlone(const IntentVotes& votes, size_t best) {
  for (size_t i = 0; i < votes.weights.size(); ++i) {
    if (i != best && (votes.weights[best] - votes.weights[i]) * kScorePerPoint < 1000) return false;
  }
  return true;
}

}  // namespace

void ConfidencesOf(const IntentVotes& votes, std::vector<int32_t>& confidences) {
  const int64_t sum = SumOfWeights(votes);
  confidences.resize(votes.weights.size());
  for (size_t i = 0; i < confidences.size(); ++i) {
    confidences[i] = ConfidenceOf(votes, sum, i);
  }
}

IntentDecision Decide(const IntentVotes& votes) {
  int chosen = BestOf(votes, false);
  if (chosen < 0) return {};
  if (votes.weights[static_cast<size_t>(chosen)] <= 0 &&
      !IsModelSure(votes, static_cast<size_t>(chosen))) {
    // A model that is unsure says nothing, so it silences no rule either.
    chosen = BestOf(votes, true);
    if (chosen < 0) return {};
  }
  const auto best = static_cast<size_t>(chosen);
  const bool by_rules = votes.weights[best] > 0;
  IntentDecision decision;
  decision.intent = chosen;
  decision.confidence_permille = ConfidenceOf(votes, SumOfWeights(votes), best);
  if (!by_rules) {
    decision.by = DecidedBy::kModel;
  } else if (votes.permille.empty() || RulesDecideAlone(votes, best)) {
    decision.by = DecidedBy::kRules;
  } else {
    decision.by = DecidedBy::kBoth;
  }
  return decision;
}

}  // namespace centralita::text
