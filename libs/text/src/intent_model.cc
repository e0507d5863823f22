#include "centralita/text/intent_model.h"

#include <algorithm>

namespace centralita::text {

IntentModel::IntentModel(std::shared_ptr<const model::Model> model,
                         const std::vector<std::string>& intents)
    : model_(std::move(model)), intents_(intents.size()) {
  if (model_ == nullptr) return;
  for (const std::string& label : model_->labels()) {
    const auto at = std::find(intents.begin(), intents.end(), label);
    intent_of_.push_back(at == intents.end() ? -1 : static_cast<int>(at - intents.begin()));
  }
}

void IntentModel::Predict(const FoldedText& text, size_t begin, size_t end, model::Scorer& scorer,
                          std::vector<int32_t>& permille) const {
  scorer.Begin(model_);
  for (size_t i = begin; i < end; ++i) scorer.Add(text.TextOf(text.tokens()[i]));
  const std::span<const int32_t> by_label = scorer.End();
  permille.assign(intents_, 0);
  for (size_t label = 0; label < by_label.size(); ++label) {
    if (intent_of_[label] >= 0) permille[static_cast<size_t>(intent_of_[label])] = by_label[label];
  }
}

void CutClauses(const FoldedText& text, std::vector<Clause>& clauses) {
  clauses.clear();
  const size_t count = text.tokens().size();
  size_t begin = 0;
  for (size_t i = 1; i <= count && clauses.size() < kMaxClauses; ++i) {
    if (i < count && (i - begin < kMinClauseTokens || !text.BreaksBefore(i))) continue;
    if (i - begin < kMinClauseTokens && !clauses.empty()) {
      clauses.back().end = i;
    } else {
      clauses.push_back({begin, i});
    }
    begin = i;
  }
}

}  // namespace centralita::text
