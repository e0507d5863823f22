#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "centralita/corpus/check.h"
#include "centralita/corpus/corpus.h"
#include "centralita/corpus/generate.h"

namespace {

namespace corpus = centralita::corpus;

constexpr int kFaults = 1;
constexpr int kUnusable = 2;
constexpr int kRowsPerList = 100;

int Fail(const absl::Status& status) {
  fmt::print(stderr, "centralita-corpus: {}\n", std::string(status.message()));
  return kUnusable;
}

int Check(const std::string& models) {
  const absl::StatusOr<corpus::Corpus> text =
      corpus::ReadCorpus(models + "/corpus", models + "/corpus");
  if (!text.ok()) return Fail(text.status());
  absl::StatusOr<corpus::Corpus> heldout =
      corpus::ReadCorpus(models + "/heldout", models + "/corpus");
  if (!heldout.ok()) return Fail(heldout.status());
  const absl::StatusOr<corpus::Corpus> oblique =
      corpus::ReadCorpus(models + "/heldout_oblique", models + "/corpus");
  if (!oblique.ok()) return Fail(oblique.status());
  heldout->seeds.insert(heldout->seeds.end(), oblique->seeds.begin(), oblique->seeds.end());
  const corpus::CheckLimits limits;
  std::vector<std::string> faults = corpus::CheckSeeds(*text, *heldout, limits);
  const absl::StatusOr<std::vector<std::string>> lists =
      corpus::CheckLists(models + "/heldout", limits.full_languages, kRowsPerList);
  if (!lists.ok()) return Fail(lists.status());
  faults.insert(faults.end(), lists->begin(), lists->end());
  for (const std::string& fault : faults) fmt::print("{}\n", fault);
  fmt::print("{} phrases, {} held out, {} languages: {} faults\n", text->seeds.size(),
             heldout->seeds.size(), text->languages.size(), faults.size());
  return faults.empty() ? 0 : kFaults;
}

struct GenerateArguments {
  std::string folder;
  std::string slots;
  std::string output;
  corpus::GenerateOptions options;
};

int Generate(const GenerateArguments& arguments) {
  const absl::StatusOr<corpus::Corpus> text = corpus::ReadCorpus(
      arguments.folder, arguments.slots.empty() ? arguments.folder : arguments.slots);
  if (!text.ok()) return Fail(text.status());
  const absl::StatusOr<std::vector<corpus::Row>> rows = corpus::Generate(*text, arguments.options);
  if (!rows.ok()) return Fail(rows.status());
  std::ofstream file(arguments.output, std::ios::binary | std::ios::trunc);
  for (const corpus::Row& row : *rows) file << corpus::ToJsonLine(row) << '\n';
  file.close();
  if (!file) {
    return Fail(absl::UnavailableError(
        fmt::format("cannot write {}; does its folder exist, is there room?", arguments.output)));
  }
  fmt::print("{} rows from {} phrases in {}\n", rows->size(), text->seeds.size(), arguments.output);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The text from which the default model is trained: see models/README.md");
  app.require_subcommand(1);

  std::string models = "models";
  CLI::App* check = app.add_subcommand(
      "check", "look for what must not be in it; exit code 0 clean, 1 faults, 2 cannot be read");
  check->add_option("--models", models, "folder with corpus/, heldout/ and heldout_oblique/")
      ->capture_default_str();

  GenerateArguments arguments;
  CLI::App* generate =
      app.add_subcommand("generate", "write labelled rows, one JSON object a line");
  generate->add_option("--corpus", arguments.folder, "folder with <language>/<intent>.txt")
      ->required();
  generate->add_option("--slots", arguments.slots,
                       "folder with <language>/slots and noise (default: the corpus)");
  generate->add_option("--output", arguments.output, "file to write")->required();
  generate->add_option("--seed", arguments.options.seed, "of the random choices")
      ->capture_default_str();
  generate->add_option("--variants", arguments.options.variants, "rows per phrase")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  generate->add_flag("--plain", arguments.options.plain,
                     "fill slots, one row per phrase, no noise");

  CLI11_PARSE(app, argc, argv);
  return *check ? Check(models) : Generate(arguments);
}
