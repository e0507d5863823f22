#include "checkpoint.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::stage {
namespace {

constexpr size_t kPage = 1000;

// Left behind by a checkpoint of another life (an epoch that ended, a store that lost its header).
absl::Status EraseLeftovers(store::Store& store, const std::string& partition, store::Transaction& transaction) {
  std::optional<std::string> after;
  do {
    ABSL_ASSIGN_OR_RETURN(store::ScanPage page, store.Scan(partition, "", after, kPage));
    for (auto& [name, value] : page.entries) {
      if (name != kHeaderKey) transaction.erases.push_back(std::move(name));
    }
    after = std::move(page.next);
  } while (after.has_value());
  return absl::OkStatus();
}

}  // namespace

std::string StorePartitionOf(std::string_view group, uint32_t partition) {
  return fmt::format("stage/{}/{}", group, partition);
}

absl::StatusOr<std::optional<StoredCheckpoint>> ReadHeader(store::Store& store, const std::string& partition) {
  ABSL_ASSIGN_OR_RETURN(auto bytes, store.Get({partition, std::string(kHeaderKey)}));
  if (!bytes.has_value()) return std::optional<StoredCheckpoint>();
  StoredCheckpoint checkpoint;
  if (!checkpoint.header.ParseFromString(*bytes)) {
    return base::Error(absl::StatusCode::kDataLoss, "damaged_checkpoint",
                       fmt::format("The checkpoint header in the store's {} is damaged.", partition));
  }
  checkpoint.header_bytes = *std::move(bytes);
  return std::optional(std::move(checkpoint));
}

absl::Status ReadEntries(store::Store& store, const std::string& partition, const StoredCheckpoint& checkpoint,
                         const LoadEntry& load) {
  std::optional<std::string> after;
  do {
    ABSL_ASSIGN_OR_RETURN(store::ScanPage page, store.Scan(partition, "", after, kPage));
    for (const auto& [name, value] : page.entries) {
      if (name != kHeaderKey) ABSL_RETURN_IF_ERROR(load(name, value));
    }
    after = std::move(page.next);
  } while (after.has_value());
  ABSL_ASSIGN_OR_RETURN(const auto now, store.Get({partition, std::string(kHeaderKey)}));
  if (now != checkpoint.header_bytes) return absl::AbortedError("Another owner wrote a checkpoint meanwhile.");
  return absl::OkStatus();
}

absl::Status WriteCheckpoint(store::Store& store, const std::string& partition,
                             const std::optional<std::string>& previous, const std::string& header,
                             const ChangeSet& changes) {
  store::Transaction transaction;
  transaction.partition = partition;
  transaction.conditions.push_back({std::string(kHeaderKey), previous});
  if (!previous.has_value()) ABSL_RETURN_IF_ERROR(EraseLeftovers(store, partition, transaction));
  std::set<std::string_view> written;
  if (!transaction.erases.empty()) {
    for (const auto& [key, value] : changes.changes()) written.insert(key);
    std::erase_if(transaction.erases, [&](const std::string& key) { return written.contains(key); });
  }
  for (const auto& [key, value] : changes.changes()) {
    if (value.has_value()) {
      transaction.puts.push_back({key, *value, base::Duration(0)});
    } else {
      transaction.erases.push_back(key);
    }
  }
  transaction.puts.push_back({std::string(kHeaderKey), header, base::Duration(0)});
  absl::Status status = store.Commit(transaction);
  if (!absl::IsAborted(status)) return status;
  ABSL_ASSIGN_OR_RETURN(const auto now, store.Get({partition, std::string(kHeaderKey)}));
  return now == header ? absl::OkStatus() : status;
}

}  // namespace centralita::stage
