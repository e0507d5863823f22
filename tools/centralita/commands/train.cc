// centralita train: labelled texts -> a model.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "centralita/classifier/model_source.h"
#include "client/endpoint.h"
#include "commands/commands.h"
#include "training/training.h"

namespace centralita::commands {
namespace {

namespace fs = std::filesystem;
using training::Row;

struct Options {
  std::vector<std::string> inputs;
  std::vector<std::string> corrections;
  double correction_weight = 1;
  std::string output;
  std::string report;
  std::vector<std::string> tests;
  std::string model;
  training::TrainingOptions training;
};

int Refuse(std::string_view what) {
  fmt::print(stderr, "centralita: {}\n", what);
  return 2;
}

// The rows that the model which was built with the program was trained on lie beside it.
std::string DefaultRows() {
  const std::string model = classifier::DefaultModelPath();
  return model.empty() ? "" : (fs::path(model).parent_path() / "rows.jsonl").string();
}

absl::Status Append(const std::vector<std::string>& paths, double weight, std::vector<Row>& rows) {
  for (const std::string& path : paths) {
    auto more = training::ReadRows(path);
    if (!more.ok()) return more.status();
    for (Row& row : *more) {
      row.weight *= weight;
      rows.push_back(std::move(row));
    }
  }
  return absl::OkStatus();
}

// Under the old name only once it is whole: a classifier may be watching.
bool Replace(const std::string& path, const std::string& bytes) {
  const std::string draft = path + ".draft";
  {
    std::ofstream file(draft, std::ios::binary);
    file << bytes;
    if (!file.flush()) return false;
  }
  std::error_code error;
  fs::rename(draft, path, error);
  return !error;
}

class Watch {
 public:
  void Tell(std::string_view line) const {
    const auto spent = std::chrono::steady_clock::now() - start_;
    fmt::print(stderr, "[{:6.1f} s] {}\n", std::chrono::duration<double>(spent).count(), line);
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

int Test(const Options& options, const std::string& model_path) {
  if (options.tests.empty()) return 0;
  std::vector<Row> rows;
  if (const absl::Status read = Append(options.tests, 1, rows); !read.ok()) {
    return client::Fail(read);
  }
  const auto model = classifier::LoadModel(model_path);
  if (!model.ok()) return client::Fail(model.status());
  fmt::print("\n{} on {}:\n{}", model_path, fmt::join(options.tests, ", "),
             training::TestModel(rows, *model));
  return 0;
}

int Train(Options& options) {
  if (options.inputs.empty()) options.inputs = {DefaultRows()};
  if (options.inputs[0].empty()) {
    return Refuse("the default model's rows are not beside this program; name rows with --input");
  }
  std::vector<Row> rows;
  if (const absl::Status read = Append(options.inputs, 1, rows); !read.ok()) {
    return client::Fail(read);
  }
  const size_t others = rows.size();
  if (const absl::Status read = Append(options.corrections, options.correction_weight, rows);
      !read.ok()) {
    return client::Fail(read);
  }
  if (const std::string path = classifier::DefaultModelPath(); !path.empty()) {
    const auto model = classifier::LoadModel(path);
    if (!model.ok()) return client::Fail(model.status());
    options.training.concepts = (*model)->concepts();
  }
  const Watch watch;
  if (rows.size() > others) {
    watch.Tell(fmt::format("{} rows of corrections, {:g} times their weight", rows.size() - others,
                           options.correction_weight));
  }
  options.training.tried = options.training.folds;
  const auto trained = training::TrainModel(rows, options.training,
                                            [&](std::string_view line) { watch.Tell(line); });
  if (!trained.ok()) return client::Fail(trained.status());
  if (!Replace(options.output, trained->file)) {
    return Refuse(fmt::format("{} cannot be written", options.output));
  }
  watch.Tell(fmt::format("{}: {:.1f} MiB", options.output,
                         static_cast<double>(trained->file.size()) / (1 << 20)));
  fmt::print("{}", trained->report);
  if (!options.report.empty() && !Replace(options.report, trained->report)) {
    return Refuse(fmt::format("{} cannot be written", options.report));
  }
  return Test(options, options.output);
}

int RunVerb(Options options) {
  if (!options.output.empty()) return Train(options);
  if (options.tests.empty()) return Refuse("say where the model shall go: --output model.bin");
  if (options.model.empty()) options.model = classifier::DefaultModelPath();
  if (options.model.empty()) return Refuse("say which model to test: --model model.bin");
  return Test(options, options.model);
}

}  // namespace

void AddTrain(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("train", "Labelled texts become a model for the classifier");
  verb->footer(
      "A row is a line of JSON: {\"text\": \"...\", \"intent\": \"order_status\", \"lang\": "
      "\"es\"}, "
      "with \"group\" for\n"
      "variants of one idea (never held out and trained on at once) and \"weight\" (default 1).\n"
      "Examples: centralita train --input rows.jsonl --output model.bin\n"
      "          centralita train --from corrections.jsonl --output model.bin   on top of the "
      "default\n"
      "          centralita train --test held-out.jsonl --model model.bin       only measure");
  verb->add_option("--input", options->inputs,
                   "Rows; may be repeated (default: those of the default model)");
  verb->add_option(
      "--from", options->corrections,
      "A shop's own rows, on top, as `export corrections` writes them; may be repeated");
  verb->add_option("--from-weight", options->correction_weight,
                   "How much each of them counts beside a row of weight 1")
      ->check(CLI::Range(0.001, 1000.0))
      ->capture_default_str();
  verb->add_option("--output", options->output, "The model file");
  verb->add_option("--report", options->report, "Writes the report here too");
  verb->add_option("--folds", options->training.folds,
                   "Parts held out in turn, for measures, calibration and threshold; 0: none")
      ->check(CLI::IsMember({0, 2, 3, 4, 5, 6, 7, 8, 9, 10}))
      ->capture_default_str();
  verb->add_option("--wrong-cost", options->training.wrong_cost,
                   "A wrong answer is as bad as so many right ones are good: the threshold")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  verb->add_option("--test", options->tests, "Rows to measure the model on; may be repeated");
  verb->add_option("--model", options->model, "With --test alone: the model to measure");
  verb->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
