// The model's view of a folded text, in a tenant's own intents.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "centralita/model/model.h"
#include "centralita/model/scorer.h"
#include "centralita/text/fold.h"

namespace centralita::text {

// Immutable and thread-safe once built.
class IntentModel final {
 public:
  // Without a model nothing is ever predicted. Labels that are none of `intents` count for nobody.
  IntentModel(std::shared_ptr<const model::Model> model, const std::vector<std::string>& intents);

  explicit operator bool() const { return model_ != nullptr; }
  // Only if there is a model.
  const model::Model& model() const { return *model_; }

  // Probabilities of the tokens from `begin` to before `end`, by intent, in thousandths.
  void Predict(const FoldedText& text, size_t begin, size_t end, model::Scorer& scorer,
               std::vector<int32_t>& permille) const;

 private:
  const std::shared_ptr<const model::Model> model_;
  const size_t intents_;
  // The intent of each label; -1 for none.
  std::vector<int> intent_of_;
};

// A stretch of text that may be a matter of its own.
struct Clause {
  size_t begin = 0;
  size_t end = 0;
};

inline constexpr size_t kMinClauseTokens = 2;
inline constexpr size_t kMaxClauses = 12;

// Cuts where punctuation stands; what is shorter than kMinClauseTokens belongs to its neighbour.
// What follows the first kMaxClauses is left out. Replaces `clauses`.
void CutClauses(const FoldedText& text, std::vector<Clause>& clauses);

}  // namespace centralita::text
