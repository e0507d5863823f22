#include "training/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "centralita/base/crc32c.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/model/scorer.h"
#include "centralita/text/fold.h"

namespace centralita::training {
namespace {

// The same on every machine, and not by the order of the rows.
int FoldOf(const Row& row, int folds) {
  return static_cast<int>(base::Crc32c(row.group) % static_cast<uint32_t>(folds));
}

absl::StatusOr<std::shared_ptr<const model::Model>> Load(const model::Content& content) {
  const auto file = std::make_shared<std::string>(model::Write(content));
  return model::Model::Parse(std::as_bytes(std::span(*file)), file);
}

// Judges with the very code that will be used, so rounding is in the figures.
class Judge {
 public:
  explicit Judge(std::shared_ptr<const model::Model> model) : model_(std::move(model)) {}

  Judged Of(const Row& row, const std::vector<std::string>& labels) {
    folded_.Clear();
    folded_.Append(row.subject);
    folded_.Append(row.text);
    scorer_.Begin(model_);
    for (const text::Token& token : folded_.tokens()) scorer_.Add(folded_.TextOf(token));
    scorer_.End();
    const auto label = std::lower_bound(labels.begin(), labels.end(), row.intent);
    return {static_cast<size_t>(label - labels.begin()),
            row.language,
            {scorer_.margins().begin(), scorer_.margins().end()}};
  }

 private:
  const std::shared_ptr<const model::Model> model_;
  model::Scorer scorer_;
  text::FoldedText folded_;
};

std::vector<size_t> RowsOf(std::span<const Row> rows, int folds, int fold, bool held_out) {
  std::vector<size_t> chosen;
  for (size_t i = 0; i < rows.size(); ++i) {
    if ((FoldOf(rows[i], folds) == fold) == held_out) chosen.push_back(i);
  }
  return chosen;
}

absl::StatusOr<std::vector<Judged>> CrossValidate(std::span<const Row> rows,
                                                  const Features& features,
                                                  const std::vector<std::string>& labels,
                                                  const TrainingOptions& options,
                                                  const Progress& progress) {
  std::vector<Judged> judged;
  for (int fold = 0; fold < std::min(options.tried, options.folds); ++fold) {
    const std::vector<size_t> used = RowsOf(rows, options.folds, fold, false);
    const std::vector<size_t> held_out = RowsOf(rows, options.folds, fold, true);
    progress(fmt::format("fold {} of {}: {} rows, {} held out", fold + 1, options.folds,
                         used.size(), held_out.size()));
    if (used.empty() || held_out.empty()) {
      return base::Error(absl::StatusCode::kInvalidArgument, "too_few_rows",
                         "There are too few groups of rows for so many folds; give more rows or "
                         "--folds 0");
    }
    ABSL_ASSIGN_OR_RETURN(model::Content content,
                          Train(rows, used, features, labels, options.train));
    content.concepts = options.concepts;
    ABSL_ASSIGN_OR_RETURN(auto model, Load(content));
    Judge judge(std::move(model));
    for (const size_t row : held_out) judged.push_back(judge.Of(rows[row], labels));
  }
  return judged;
}

}  // namespace

absl::StatusOr<Trained> TrainModel(std::span<const Row> rows, const TrainingOptions& options,
                                   const Progress& progress) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> labels, LabelsOf(rows));
  const Features features(rows, model::MaxBucketBits(labels.size()), options.concepts);
  std::vector<Judged> judged;
  if (options.folds > 0) {
    ABSL_ASSIGN_OR_RETURN(judged, CrossValidate(rows, features, labels, options, progress));
  }
  progress(fmt::format("the model itself: {} rows", rows.size()));
  std::vector<size_t> all(rows.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  ABSL_ASSIGN_OR_RETURN(model::Content content, Train(rows, all, features, labels, options.train));
  content.concepts = options.concepts;
  if (!judged.empty()) {
    content.temperature = FitTemperature(judged);
    content.threshold_permille = ThresholdOf(judged, content.temperature, options.wrong_cost);
  }
  return Trained{model::Write(content), ReportOf(rows, judged, content, options.wrong_cost)};
}

std::string TestModel(std::span<const Row> rows, const std::shared_ptr<const model::Model>& model) {
  model::Content content;
  content.labels = model->labels();
  content.temperature = model->header().temperature;
  content.threshold_permille = model->threshold_permille();
  Judge judge(model);
  std::vector<Judged> judged;
  size_t strangers = 0;
  size_t unsure = 0;
  for (const Row& row : rows) {
    Judged text = judge.Of(row, content.labels);
    const auto label = std::find(content.labels.begin(), content.labels.end(), row.intent);
    text.truth = static_cast<size_t>(label - content.labels.begin());
    if (label != content.labels.end()) {
      judged.push_back(std::move(text));
      continue;
    }
    ++strangers;
    if (ConfidenceOf(text, content.temperature) * 1000 < content.threshold_permille) ++unsure;
  }
  std::string report = ReportOf(rows, judged, content, 0);
  if (strangers > 0) {
    report += fmt::format("Of {} texts of other intents the model is unsure of {:.3f}\n", strangers,
                          static_cast<double>(unsure) / static_cast<double>(strangers));
  }
  return report;
}

}  // namespace centralita::training
