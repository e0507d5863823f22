#include "centralita/store/leases.h"

#include <utility>
#include <vector>

#include "centralita/base/status_macros.h"

namespace centralita::store {

absl::Status RenewLeases(Store& store, std::string_view kind,
                         const std::map<std::string, std::string>& leases) {
  if (leases.empty()) return absl::OkStatus();
  Transaction transaction{
      .partition = std::string(kind), .conditions = {}, .puts = {}, .erases = {}};
  for (const auto& [name, value] : leases) transaction.puts.push_back({name, value, kLeaseTime});
  return store.Commit(transaction);
}

absl::StatusOr<std::map<std::string, std::string>> HoldLeases(
    Store& store, std::string_view kind, const std::map<std::string, std::string>& leases) {
  if (leases.empty()) return std::map<std::string, std::string>();
  std::vector<Transaction> renewals;
  for (const auto& [name, value] : leases) {
    renewals.push_back({.partition = std::string(kind),
                        .conditions = {{name, value}},
                        .puts = {{name, value, kLeaseTime}},
                        .erases = {}});
  }
  const std::vector<absl::Status> renewed = store.CommitMany(renewals);
  std::map<std::string, std::string> others;
  auto result = renewed.begin();
  for (const auto& [name, value] : leases) {
    const absl::Status status = *result++;
    if (status.ok()) continue;
    if (!absl::IsAborted(status)) return status;
    ABSL_ASSIGN_OR_RETURN(std::string holder,
                          store.SetIfAbsent({std::string(kind), name}, value, kLeaseTime));
    if (holder != value) others.emplace(name, std::move(holder));
  }
  return others;
}

absl::Status LeaveLeases(Store& store, std::string_view kind,
                         const std::map<std::string, std::string>& leases) {
  if (leases.empty()) return absl::OkStatus();
  std::vector<Transaction> erasures;
  for (const auto& [name, value] : leases) {
    erasures.push_back({.partition = std::string(kind),
                        .conditions = {{name, value}},
                        .puts = {},
                        .erases = {name}});
  }
  absl::Status result;
  for (const absl::Status& status : store.CommitMany(erasures)) {
    if (!absl::IsAborted(status)) result.Update(status);
  }
  return result;
}

absl::Status EndLeases(Store& store, std::string_view kind, const std::vector<std::string>& names) {
  if (names.empty()) return absl::OkStatus();
  return store.Commit(
      {.partition = std::string(kind), .conditions = {}, .puts = {}, .erases = names});
}

absl::StatusOr<std::map<std::string, std::string>> LiveLeases(Store& store, std::string_view kind) {
  std::map<std::string, std::string> live;
  std::optional<std::string> after;
  do {
    ABSL_ASSIGN_OR_RETURN(ScanPage page, store.Scan(std::string(kind), "", after, 1000));
    for (auto& [name, value] : page.entries) live.emplace(std::move(name), std::move(value));
    after = std::move(page.next);
  } while (after.has_value());
  return live;
}

}  // namespace centralita::store
