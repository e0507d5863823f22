#include "centralita/ledger/ledger_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "books.h"
#include "checks.h"

namespace centralita::ledger {
namespace {

using Paths = std::vector<std::filesystem::path>;

absl::Status ReadAllLines(const Paths& paths, const LineReader& read, Report& report) {
  for (const auto& path : paths) {
    auto cut = ReadLines(path, read);
    if (!cut.ok()) return cut.status();
    if (!cut->empty()) report.truncated.push_back(*cut);
  }
  return absl::OkStatus();
}

absl::Status ReadAllBlocks(const Paths& paths, const BlockReader& read, Report& report) {
  for (const auto& path : paths) {
    auto cut = ReadBlocks(path, read);
    if (!cut.ok()) return cut.status();
    if (!cut->empty()) report.truncated.push_back(*cut);
  }
  return absl::OkStatus();
}

absl::Status Missing(const std::filesystem::path& folder, std::string_view files,
                     std::string_view writer) {
  return absl::NotFoundError(fmt::format("{} has no {}: {}.", folder.string(), files, writer));
}

absl::Status ReadAll(const std::filesystem::path& folder, Facts& facts, Report& report) {
  const auto senders = FilesOf(folder, "senders", "jsonl");
  const auto agents = FilesOf(folder, "agents", "jsonl");
  const auto events = FilesOf(folder, "events", "bin");
  const auto letters = FilesOf(folder, "dead_letters", "bin");
  for (const auto* files : {&senders, &agents, &events, &letters}) {
    if (!files->ok()) return files->status();
  }
  if (senders->empty()) {
    return Missing(folder, "senders.*.jsonl",
                   "without what senders were told nothing can be judged");
  }
  if (events->empty()) {
    return Missing(folder, "events.*.bin", "dump the topic events into it after the run");
  }

  SenderBook sender_book(facts);
  auto status = ReadAllLines(
      *senders, [&](const auto& line, uint64_t) { return sender_book.Read(line); }, report);
  if (!status.ok()) return status;

  EventBook event_book(facts);
  status = ReadAllBlocks(
      *events, [&](std::string_view block, uint64_t) { return event_book.Read(block); }, report);
  if (!status.ok()) return status;

  LetterBook letter_book(facts);
  status = ReadAllBlocks(
      *letters, [&](std::string_view block, uint64_t) { return letter_book.Read(block); }, report);
  if (!status.ok()) return status;
  letter_book.Finish();

  AgentBook agent_book(facts);
  status = ReadAllLines(
      *agents, [&](const auto& line, uint64_t) { return agent_book.Read(line); }, report);
  if (!status.ok()) return status;
  agent_book.Finish();
  if (!facts.has_agents) facts.findings.Note("no_agents_ledger");
  return absl::OkStatus();
}

}  // namespace

bool Report::Clean() const {
  return std::all_of(faults.begin(), faults.end(),
                     [](const auto& fault) { return fault.second.count == 0; });
}

uint64_t Report::Count(const std::string& code) const {
  const auto found = faults.find(code);
  return found == faults.end() ? 0 : found->second.count;
}

absl::StatusOr<Report> CheckLedger(const std::filesystem::path& folder,
                                   const CheckOptions& options) {
  Facts facts;
  Report report;
  if (auto status = ReadAll(folder, facts, report); !status.ok()) return status;
  CheckMessages(facts, options, report);
  CheckAgents(facts, options);
  report.accepted = facts.accepted;
  report.refused = facts.refused;
  report.warnings = facts.warnings;
  report.breaches = facts.breaches;
  report.faults = facts.findings.faults();
  report.notes = facts.findings.notes();
  return report;
}

}  // namespace centralita::ledger
