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
  if (votes.weights.empty()) return {};
  size_t best = 0;
  for (size_t i = 1; i < votes.weights.size(); ++i) {
    if (ScoreOf(votes, i) > ScoreOf(votes, best)) best = i;
  }
  const bool by_rules = votes.weights[best] > 0;
  const bool by_model =
      PermilleOf(votes, best) > 0 && PermilleOf(votes, best) >= votes.threshold_permille;
  if (!by_rules && !by_model) return {};
  IntentDecision decision;
  decision.intent = static_cast<int>(best);
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
