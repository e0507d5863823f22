// Labelled texts, as JSON lines.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace centralita::training {

struct Row {
  std::string text;
  std::string subject;
  std::string intent;
  // ISO 639-1; empty if unknown.
  std::string language;
  // Rows of a group are variants of one idea: none is held out while another is trained on. The
  // text itself if the line has neither `group` nor `seed`.
  std::string group;
  // How much it counts beside others.
  double weight = 1;
};

// Fields: text, intent; optional subject, lang, group (or seed), weight; others are for whoever
// wrote them. INVALID_ARGUMENT with the line's number; NOT_FOUND if the file cannot be read.
absl::StatusOr<std::vector<Row>> ReadRows(const std::string& path);

}  // namespace centralita::training
