#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "centralita/corpus/check.h"
#include "centralita/corpus/letters.h"

namespace centralita::corpus {
namespace {

struct List {
  std::string_view name;
  std::vector<std::string_view> labels;
};

const std::array<List, 3>& Lists() {
  static const std::array<List, 3> lists = {List{"sentiment", {"negative", "neutral", "positive"}},
                                            List{"urgency", {"low", "normal", "high"}},
                                            List{"spam", {"spam", "ham"}}};
  return lists;
}

void CheckList(const std::string& path, const List& list, const std::vector<Line>& lines,
               int minimum, std::vector<std::string>& faults) {
  std::set<std::string> labels;
  std::set<std::string> texts;
  for (const Line& line : lines) {
    const size_t tab = line.text.find('\t');
    const std::string label = line.text.substr(0, tab);
    const std::string text = tab == std::string::npos ? "" : line.text.substr(tab + 1);
    const auto place = [&] { return fmt::format("{}:{}", path, line.number); };
    if (std::find(list.labels.begin(), list.labels.end(), label) == list.labels.end()) {
      faults.push_back(fmt::format("{}: \"{}\" is no label of {}; they are {}", place(), label,
                                   list.name, fmt::join(list.labels, ", ")));
    }
    if (text.empty() || !Decode(text)) {
      faults.push_back(fmt::format("{}: write label, tab, text in UTF-8", place()));
    }
    if (!texts.insert(text).second) {
      faults.push_back(fmt::format("{}: \"{}\" stands here twice", place(), text));
    }
    labels.insert(label);
  }
  if (static_cast<int>(lines.size()) < minimum) {
    faults.push_back(fmt::format("{}: {} rows; write {} at least", path, lines.size(), minimum));
  }
  for (const std::string_view label : list.labels) {
    if (!labels.contains(std::string(label))) {
      faults.push_back(fmt::format("{}: nothing is labelled {}", path, label));
    }
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CheckLists(const std::string& heldout_folder,
                                                    const std::vector<std::string>& languages,
                                                    int minimum) {
  std::vector<std::string> faults;
  for (const std::string& language : languages) {
    for (const List& list : Lists()) {
      const std::string path = fmt::format("{}/{}/{}.tsv", heldout_folder, language, list.name);
      absl::StatusOr<std::vector<Line>> lines = ReadLines(path);
      if (!lines.ok()) return lines.status();
      CheckList(path, list, *lines, minimum, faults);
    }
  }
  return faults;
}

}  // namespace centralita::corpus
