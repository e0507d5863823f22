#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "centralita/ledger/ledger_check.h"

namespace centralita::ledger {
namespace {

nlohmann::ordered_json Number(const std::optional<int64_t>& value) {
  return value.has_value() ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

std::string Milliseconds(const std::optional<int64_t>& value) {
  return value.has_value() ? fmt::format("{} ms", *value) : "none seen";
}

}  // namespace

std::string ToJson(const Report& report) {
  nlohmann::ordered_json json;
  json["verdict"] = report.Clean() ? "clean" : "faults";
  json["accepted"] = report.accepted;
  json["duplicates"] = report.duplicates;
  json["resolved"] = report.resolved;
  json["dead_lettered"] = report.dead_lettered;
  json["in_flight"] = report.in_flight;
  json["refused"] = report.refused;
  for (const auto& [code, finding] : report.faults) json[code] = finding.count;
  json["warnings"] = report.warnings;
  json["breaches"] = report.breaches;
  json["p50_ms"] = Number(report.p50_ms);
  json["p99_ms"] = Number(report.p99_ms);
  json["latencies"] = report.latencies;
  json["examples"] = nlohmann::ordered_json::object();
  for (const auto& [code, finding] : report.faults) {
    if (!finding.examples.empty()) json["examples"][code] = finding.examples;
  }
  json["notes"] = report.notes;
  json["truncated"] = report.truncated;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string ToTable(const Report& report) {
  std::string table;
  const auto out = std::back_inserter(table);
  const auto row = [&](std::string_view name, uint64_t value) {
    fmt::format_to(out, "  {:<24}{:>14}\n", name, value);
  };
  fmt::format_to(out, "Messages, in deliveries as senders were told\n");
  row("accepted", report.accepted);
  row("duplicates", report.duplicates);
  row("resolved", report.resolved);
  row("dead-lettered", report.dead_lettered);
  row("in flight", report.in_flight);
  row("lost", report.Count("lost"));
  fmt::format_to(out, "\nAccepted to offered, real time: p50 {}, p99 {} ({} messages)\n",
                 Milliseconds(report.p50_ms), Milliseconds(report.p99_ms), report.latencies);
  fmt::format_to(out, "Clocks: {} warnings, {} breaches\n\nFaults\n", report.warnings,
                 report.breaches);
  for (const auto& [code, finding] : report.faults) {
    row(code, finding.count);
    for (const std::string& example : finding.examples) {
      fmt::format_to(out, "    - {}\n", example);
    }
  }
  if (!report.notes.empty()) fmt::format_to(out, "\nNotes (no faults)\n");
  for (const auto& [note, count] : report.notes) {
    fmt::format_to(out, "  {:<40}{:>14}\n", note, count);
  }
  for (const std::string& cut : report.truncated) fmt::format_to(out, "  {}\n", cut);
  fmt::format_to(out, "\nVerdict: {}\n", report.Clean() ? "clean" : "FAULTS");
  return table;
}

}  // namespace centralita::ledger
