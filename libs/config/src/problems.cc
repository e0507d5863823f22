#include "centralita/config/problems.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/base/error.h"

namespace centralita::config {

void Problems::Error(const Place& place, std::string_view text) {
  all_.push_back({place, std::string(text), false});
  ++errors_;
}

void Problems::Warn(const Place& place, std::string_view text) {
  all_.push_back({place, std::string(text), true});
}

std::vector<std::string> Problems::Errors() const { return Lines(false); }

std::vector<std::string> Problems::Warnings() const { return Lines(true); }

std::vector<std::string> Problems::Lines(bool warnings) const {
  std::vector<const Problem*> chosen;
  for (const Problem& problem : all_) {
    if (problem.warning == warnings) chosen.push_back(&problem);
  }
  std::stable_sort(chosen.begin(), chosen.end(), [](const Problem* a, const Problem* b) {
    return a->place.line < b->place.line;
  });
  std::vector<std::string> lines;
  for (const Problem* problem : chosen) {
    std::string line = source_;
    if (problem->place.line > 0) line += fmt::format(":{}", problem->place.line);
    line += ": ";
    if (!problem->place.path.empty()) line += problem->place.path + ": ";
    lines.push_back(line + problem->text);
  }
  return lines;
}

absl::Status Problems::ToStatus() const {
  if (ok()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kInvalidArgument, "invalid_config",
                     fmt::format("{}", fmt::join(Errors(), "\n")));
}

}  // namespace centralita::config
