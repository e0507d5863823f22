#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/status/status.h"
#include "centralita/corpus/corpus.h"

namespace centralita::corpus {
namespace {

namespace fs = std::filesystem;

absl::StatusOr<std::vector<fs::path>> EntriesOf(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    entries.push_back(entry->path());
  }
  if (error) {
    return absl::NotFoundError(
        fmt::format("cannot list the folder {}: {}", folder.string(), error.message()));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

absl::StatusOr<std::vector<std::string>> ReadValues(const fs::path& path) {
  absl::StatusOr<std::vector<Line>> lines = ReadLines(path.string());
  if (!lines.ok()) return lines.status();
  std::vector<std::string> values;
  for (Line& line : *lines) values.push_back(std::move(line.text));
  return values;
}

absl::Status ReadAbbreviations(const fs::path& path, Language& language) {
  absl::StatusOr<std::vector<Line>> lines = ReadLines(path.string());
  if (!lines.ok()) return lines.status();
  for (const Line& line : *lines) {
    const size_t equals = line.text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == line.text.size()) {
      return absl::InvalidArgumentError(fmt::format("{}:{}: \"{}\" is not of the form whole=short",
                                                    path.string(), line.number, line.text));
    }
    language.abbreviations.emplace_back(line.text.substr(0, equals), line.text.substr(equals + 1));
  }
  return absl::OkStatus();
}

absl::StatusOr<Language> ReadLanguage(const fs::path& folder) {
  Language language;
  absl::StatusOr<std::vector<fs::path>> slots = EntriesOf(folder / "slots");
  if (!slots.ok()) return slots.status();
  for (const fs::path& path : *slots) {
    absl::StatusOr<std::vector<std::string>> values = ReadValues(path);
    if (!values.ok()) return values.status();
    language.slots.emplace(path.stem().string(), *std::move(values));
  }
  absl::StatusOr<std::vector<std::string>> greetings = ReadValues(folder / "noise/greetings.txt");
  if (!greetings.ok()) return greetings.status();
  language.greetings = *std::move(greetings);
  absl::StatusOr<std::vector<std::string>> closings = ReadValues(folder / "noise/closings.txt");
  if (!closings.ok()) return closings.status();
  language.closings = *std::move(closings);
  const absl::Status status = ReadAbbreviations(folder / "noise/abbreviations.txt", language);
  if (!status.ok()) return status;
  return language;
}

absl::Status ReadSeeds(const fs::path& path, const std::string& language, Corpus& corpus) {
  const std::string intent = path.stem().string();
  if (std::find(Intents().begin(), Intents().end(), intent) == Intents().end()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: \"{}\" is no intent; see models/README.md for their names", path.string(), intent));
  }
  absl::StatusOr<std::vector<Line>> lines = ReadLines(path.string());
  if (!lines.ok()) return lines.status();
  for (Line& line : *lines) {
    corpus.seeds.push_back(
        {language, intent, std::move(line.text), fmt::format("{}:{}", path.string(), line.number)});
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& Intents() {
  static const std::vector<std::string> intents = {
      "order_status",    "delivery_problem",    "shipping_info",
      "return_refund",   "cancel_change_order", "product_question",
      "payment_billing", "discount_promo",      "account_access",
      "complaint",       "technical_problem",   "contact_agent",
      "praise_feedback", "spam_offtopic",       "other"};
  return intents;
}

absl::StatusOr<std::vector<Line>> ReadLines(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot open {}", path));
  std::vector<Line> lines;
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    if (!text.empty() && text.front() != '#') lines.push_back({number, text});
  }
  if (file.bad()) return absl::DataLossError(fmt::format("cannot read {} to its end", path));
  return lines;
}

absl::StatusOr<Corpus> ReadCorpus(const std::string& folder, const std::string& language_folder) {
  absl::StatusOr<std::vector<fs::path>> languages = EntriesOf(folder);
  if (!languages.ok()) return languages.status();
  Corpus corpus;
  for (const fs::path& path : *languages) {
    if (!fs::is_directory(path)) continue;
    const std::string code = path.filename().string();
    absl::StatusOr<Language> language = ReadLanguage(fs::path(language_folder) / code);
    if (!language.ok()) return language.status();
    corpus.languages.emplace(code, *std::move(language));
    absl::StatusOr<std::vector<fs::path>> files = EntriesOf(path);
    if (!files.ok()) return files.status();
    for (const fs::path& file : *files) {
      if (file.extension() != ".txt") continue;
      const absl::Status status = ReadSeeds(file, code, corpus);
      if (!status.ok()) return status;
    }
  }
  if (corpus.seeds.empty()) {
    return absl::NotFoundError(fmt::format("{} has no <language>/<intent>.txt", folder));
  }
  return corpus;
}

absl::StatusOr<std::vector<std::string>> SlotsOf(std::string_view seed) {
  std::vector<std::string> names;
  size_t at = 0;
  while ((at = seed.find_first_of("{}", at)) != std::string_view::npos) {
    const size_t end = seed.find_first_of("{}", at + 1);
    if (seed[at] == '}' || end == std::string_view::npos || seed[end] == '{') {
      return absl::InvalidArgumentError("a brace has no partner");
    }
    names.emplace_back(seed.substr(at + 1, end - at - 1));
    at = end + 1;
  }
  return names;
}

}  // namespace centralita::corpus
