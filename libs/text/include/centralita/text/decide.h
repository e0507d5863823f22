// What a message is about: the weights of rules and the probabilities of the model, joined.
//
// An intent's score is its probability in thousandths plus 100 for each point of weight that rules
// give it; the greatest score wins, the first in the policy's order among equals. So a lead of ten
// points (one rule of the usual weight) cannot be overturned by the model, a smaller one can, and
// where no rule speaks the model decides alone, if it is sure enough. If it is not, and yet its
// intent has the greatest score, the best of those for which rules speak wins. Integers only.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace centralita::text {

inline constexpr int64_t kScorePerPoint = 100;

struct IntentVotes {
  // By intent, in the policy's order: sums of rules' weights.
  std::vector<int64_t> weights;
  // By intent: the model's probabilities. Empty without a model.
  std::vector<int32_t> permille;
  // Below this the model is unsure.
  int32_t threshold_permille = 0;
};

enum class DecidedBy { kNobody, kRules, kModel, kBoth };

struct IntentDecision {
  // -1 if nobody is sure.
  int intent = -1;
  // What rules and model say of it, half and half if both speak; 0 if nobody is sure.
  int32_t confidence_permille = 0;
  DecidedBy by = DecidedBy::kNobody;
};

IntentDecision Decide(const IntentVotes& votes);

// As in IntentDecision, of every intent. Replaces `confidences`.
void ConfidencesOf(const IntentVotes& votes, std::vector<int32_t>& confidences);

}  // namespace centralita::text
