// How right the engine is about what no model decides: language, sentiment, urgency, spam. The
// tables of docs/classify.md are this program's.
//
//   centralita-measure --lists models/heldout         LANGUAGE/{sentiment,urgency,spam}.tsv
//   centralita-measure --languages rows.jsonl         {"text": …, "lang": …} a line
//
// With --model FILE before it the model's word for spam counts too (the intent spam_offtopic).
// Nobody is known: no locale, no customer, no tenant's languages.
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "centralita/base/file_bytes.h"
#include "centralita/model/model.h"
#include "centralita/text/classify.h"

namespace {

namespace fs = std::filesystem;
using centralita::classification::v1::Classification;
using centralita::model::Model;

// Below and from which a message is so: thousandths.
constexpr int32_t kNegativeBelow = -100;
constexpr int32_t kPositiveFrom = 100;
constexpr int32_t kHighFrom = 400;

struct Score {
  int meant = 0;
  int said = 0;
  int right = 0;
  double precision() const { return said == 0 ? 0 : double(right) / said; }
  double recall() const { return meant == 0 ? 0 : double(right) / meant; }
  double f1() const {
    const double sum = precision() + recall();
    return sum == 0 ? 0 : 2 * precision() * recall() / sum;
  }
};

// By label.
using Scores = std::map<std::string, Score>;

void Count(const std::string& meant, const std::string& said, Scores& scores) {
  ++scores[meant].meant;
  ++scores[said].said;
  scores[meant].right += meant == said;
}

std::shared_ptr<const Model> ModelOf(const std::string& path) {
  const auto file = centralita::base::FileBytes::Read(path, centralita::model::kMaxFileBytes);
  if (!file.ok()) return nullptr;
  auto model = Model::Parse((*file)->bytes(), *file);
  return model.ok() ? *std::move(model) : nullptr;
}

class Engine {
 public:
  // Intents are the model's.
  explicit Engine(const std::shared_ptr<const Model>& model)
      : classifier_(SectionOf(model), {}, 1, model) {}
  const Classification& Classify(std::string_view text) {
    centralita::text::Input input;
    input.text = text;
    classifier_.Classify(input, workspace_, said_);
    return said_;
  }

 private:
  static centralita::policy::v1::ClassifierSection SectionOf(
      const std::shared_ptr<const Model>& model) {
    centralita::policy::v1::ClassifierSection section;
    if (model == nullptr) return section;
    for (const std::string& label : model->labels()) section.add_intents(label);
    return section;
  }

  const centralita::text::Classifier classifier_;
  centralita::text::Workspace workspace_;
  Classification said_;
};

std::string SentimentOf(const Classification& said) {
  if (said.sentiment_permille() < kNegativeBelow) return "negative";
  return said.sentiment_permille() >= kPositiveFrom ? "positive" : "neutral";
}

std::string UrgencyOf(const Classification& said) {
  return said.urgency_permille() >= kHighFrom ? "high" : "not high";
}

std::string SpamOf(const Classification& said) {
  if (said.intent() == "spam_offtopic") return "spam";
  for (const std::string& tag : said.tags()) {
    if (tag == "spam" || tag == "phishing") return "spam";
  }
  return "ham";
}

void Print(const std::string& what, const std::string& language, const Scores& scores) {
  for (const auto& [label, score] : scores) {
    fmt::print("| {} | {} | {} | {} | {:.2f} | {:.2f} | {:.2f} |\n", what, language, label,
               score.meant, score.precision(), score.recall(), score.f1());
  }
}

int MeasureLists(const fs::path& folder, Engine& engine) {
  struct List {
    std::string name;
    std::string (*label_of)(const Classification&);
  };
  const std::array<List, 3> lists = {List{"sentiment", &SentimentOf}, List{"urgency", &UrgencyOf},
                                     List{"spam", &SpamOf}};
  fmt::print(
      "| what | language | label | rows | precision | recall | F1 |\n"
      "|---|---|---|---|---|---|---|\n");
  int rows = 0;
  for (const List& list : lists) {
    for (const std::string language : {"es", "en", "bg"}) {
      std::ifstream file(folder / language / (list.name + ".tsv"));
      Scores scores;
      for (std::string line; std::getline(file, line);) {
        const size_t tab = line.find('\t');
        if (tab == std::string::npos || line[0] == '#') continue;
        std::string meant = line.substr(0, tab);
        // Calm and ordinary are both 0: words tell who is in a hurry, not who is not.
        if (list.name == "urgency" && meant != "high") meant = "not high";
        Count(meant, list.label_of(engine.Classify(line.substr(tab + 1))), scores);
        ++rows;
      }
      Print(list.name, language, scores);
    }
  }
  if (rows == 0) std::cerr << folder << " holds no LANGUAGE/{sentiment,urgency,spam}.tsv\n";
  return rows == 0;
}

int MeasureLanguages(const fs::path& path, Engine& engine) {
  Scores scores;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto row = nlohmann::json::parse(line, nullptr, false);
    if (!row.is_object() || !row.contains("text") || !row.contains("lang")) {
      std::cerr << path << ": a line is no object with text and lang\n";
      return 1;
    }
    Count(row["lang"], engine.Classify(row["text"].get<std::string>()).language(), scores);
  }
  if (scores.empty()) {
    std::cerr << path << " cannot be read, or is empty\n";
    return 1;
  }
  fmt::print("| language | rows | precision | recall | F1 |\n|---|---|---|---|---|\n");
  double sum = 0;
  int meant = 0;
  for (const auto& [language, score] : scores) {
    if (score.meant == 0) continue;
    ++meant;
    sum += score.f1();
    fmt::print("| {} | {} | {:.3f} | {:.3f} | {:.3f} |\n", language, score.meant, score.precision(),
               score.recall(), score.f1());
  }
  fmt::print("\nmacro-F1 {:.4f}\n", sum / meant);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  std::shared_ptr<const Model> model;
  if (arguments.size() == 4 && arguments[0] == "--model") {
    model = ModelOf(arguments[1]);
    if (model == nullptr) {
      std::cerr << arguments[1] << " is no model that can be used\n";
      return 1;
    }
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  Engine engine(model);
  if (arguments.size() == 2 && arguments[0] == "--lists") return MeasureLists(arguments[1], engine);
  if (arguments.size() == 2 && arguments[0] == "--languages") {
    return MeasureLanguages(arguments[1], engine);
  }
  std::cerr << "usage: centralita-measure [--model FILE] --lists FOLDER | --languages ROWS.jsonl\n";
  return 2;
}
