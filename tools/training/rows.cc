#include "training/rows.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "centralita/base/error.h"

namespace centralita::training {
namespace {

using nlohmann::json;

constexpr double kMaxWeight = 1000;

std::string TextOf(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

absl::StatusOr<Row> RowOf(const std::string& line) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  const auto bad = [](std::string_view what) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_row", what);
  };
  if (!object.is_object()) return bad("is no JSON object");
  Row row{.text = TextOf(object, "text"),
          .subject = TextOf(object, "subject"),
          .intent = TextOf(object, "intent"),
          .language = TextOf(object, "lang"),
          .group = TextOf(object, "group")};
  if (row.text.empty() && row.subject.empty()) return bad("has no `text`");
  if (row.intent.empty()) return bad("has no `intent`");
  if (row.intent.find('\0') != std::string::npos) return bad("has an `intent` with a zero byte");
  if (row.group.empty()) row.group = TextOf(object, "seed");
  if (row.group.empty()) row.group = row.text;
  if (const auto weight = object.find("weight"); weight != object.end()) {
    if (!weight->is_number()) return bad("has a `weight` that is no number");
    row.weight = weight->get<double>();
    if (!(row.weight > 0 && row.weight <= kMaxWeight)) {
      return bad(fmt::format("has a `weight` that is not between 0 and {}", kMaxWeight));
    }
  }
  return row;
}

}  // namespace

absl::StatusOr<std::vector<Row>> ReadRows(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return base::Error(absl::StatusCode::kNotFound, "no_rows",
                       fmt::format("{} cannot be read; is it there?", path));
  }
  std::vector<Row> rows;
  std::string line;
  for (size_t number = 1; std::getline(file, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    absl::StatusOr<Row> row = RowOf(line);
    if (!row.ok()) {
      const auto what = row.status().message();
      return base::Error(absl::StatusCode::kInvalidArgument, "bad_row",
                         fmt::format("{}:{}: the line {}", path, number,
                                     std::string_view(what.data(), what.size())));
    }
    rows.push_back(*std::move(row));
  }
  return rows;
}

}  // namespace centralita::training
