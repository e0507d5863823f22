// The whole of `centralita train`: cross-validation, calibration, the model of all rows, a report.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "training/measures.h"
#include "training/rows.h"
#include "training/trainer.h"

namespace centralita::training {

struct TrainingOptions {
  TrainOptions train;
  model::Concepts concepts;
  // Each fifth (with 5) of the groups is held out in turn; 0: nothing is measured, and the model is
  // neither calibrated nor does it abstain.
  int folds = 5;
  // How many of the folds are tried. One is enough for temperature and threshold, and five times as
  // fast.
  int tried = 5;
  // A wrong answer sends a customer round, no answer has somebody look: so many right answers make
  // up for a wrong one.
  double wrong_cost = 2;
};

struct Trained {
  // A file for model::Model::Parse().
  std::string file;
  // For people; the same for the same rows.
  std::string report;
};

// INVALID_ARGUMENT for rows that cannot be trained on.
absl::StatusOr<Trained> TrainModel(std::span<const Row> rows, const TrainingOptions& options,
                                   const Progress& progress);

// The report of a model on texts that it does not know. Texts of intents that the model does not
// know (such as "none") are counted apart: it should be unsure of them.
std::string TestModel(std::span<const Row> rows, const std::shared_ptr<const model::Model>& model);

// Of what was held out; `rows` are all that there were. `wrong_cost` 0: it is not known.
std::string ReportOf(std::span<const Row> rows, std::span<const Judged> judged,
                     const model::Content& content, double wrong_cost);

}  // namespace centralita::training
