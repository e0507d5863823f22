#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/ledger/ledger_check.h"

namespace {

constexpr std::string_view kHelp =
    R"(Usage: centralita-ledger-check [options] FOLDER

Judges a ledger: what senders were told and what agents' clients saw, against the events.
Prints a table. Exit code: 0 clean, 1 faults, 2 the ledger or the options cannot be used.

  --json                   print JSON instead of the table
  --report FILE            write the JSON to FILE as well
  --require-settled        deliveries still in flight are a fault
  --in-flight-grace-ms N   what was accepted in the ledger's last N ms may lack any trace (default 0)
  --view-slack-ms N        by how much two clients' views may overlap (default 1000)
  --help

The format and the meaning of each fault are in tools/ledger_check/README.md.
)";

constexpr int kUnusable = 2;

struct Arguments {
  std::string folder;
  std::string report;
  bool json = false;
  bool help = false;
  centralita::ledger::CheckOptions options;
};

std::optional<int64_t> Milliseconds(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

absl::StatusOr<Arguments> Parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    const bool has_value = i + 1 < argc;
    if (flag == "--help") {
      arguments.help = true;
    } else if (flag == "--json") {
      arguments.json = true;
    } else if (flag == "--require-settled") {
      arguments.options.require_settled = true;
    } else if (flag == "--report" && has_value) {
      arguments.report = argv[++i];
    } else if ((flag == "--in-flight-grace-ms" || flag == "--view-slack-ms") && has_value) {
      const auto value = Milliseconds(argv[++i]);
      if (!value.has_value())
        return absl::InvalidArgumentError(
            fmt::format("{} needs milliseconds, not \"{}\".", flag, argv[i]));
      (flag == "--view-slack-ms" ? arguments.options.view_slack_ms
                                 : arguments.options.in_flight_grace_ms) = *value;
    } else if (flag.starts_with("-")) {
      return absl::InvalidArgumentError(
          fmt::format("Unknown option {}, or its value is missing; see --help.", flag));
    } else if (!arguments.folder.empty()) {
      return absl::InvalidArgumentError(
          fmt::format("One ledger at a time: {} and {}.", arguments.folder, flag));
    } else {
      arguments.folder = flag;
    }
  }
  if (arguments.folder.empty() && !arguments.help)
    return absl::InvalidArgumentError("Which folder? See --help.");
  return arguments;
}

bool WriteFile(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  return (std::fclose(file) == 0) && written;
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = Parse(argc, argv);
  if (!arguments.ok()) {
    fmt::print(stderr, "{}\n", std::string(arguments.status().message()));
    return kUnusable;
  }
  if (arguments->help) {
    fmt::print("{}", kHelp);
    return 0;
  }
  const auto report = centralita::ledger::CheckLedger(arguments->folder, arguments->options);
  if (!report.ok()) {
    fmt::print(stderr, "{}\n", std::string(report.status().message()));
    return kUnusable;
  }
  const std::string json = centralita::ledger::ToJson(*report) + "\n";
  fmt::print("{}", arguments->json ? json : centralita::ledger::ToTable(*report));
  if (!arguments->report.empty() && !WriteFile(arguments->report, json)) {
    fmt::print(stderr, "Cannot write the report to {}.\n", arguments->report);
    return kUnusable;
  }
  return report->Clean() ? 0 : 1;
}
