#include "centralita/store/leases.h"

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
