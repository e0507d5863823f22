#include "checkpoint.h"

#include <fmt/format.h>

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::stage {
namespace {

constexpr size_t kPage = 1000;

// Left behind by another life: a store that lost its header, entries that could not be read.
absl::Status EraseLeftovers(store::Store& store, const std::string& partition,
                            const Changes& changes, store::Transaction& transaction) {
  std::optional<std::string> after;
  do {
    ABSL_ASSIGN_OR_RETURN(store::ScanPage page, store.Scan(partition, "", after, kPage));
    for (auto& [name, value] : page.entries) {
      if (name != kHeaderKey && !changes.contains(name)) {
        transaction.erases.push_back(std::move(name));
      }
    }
    after = std::move(page.next);
  } while (after.has_value());
  return absl::OkStatus();
}

}  // namespace

std::string StorePartitionOf(std::string_view group, uint32_t partition) {
  return fmt::format("stage/{}/{}", group, partition);
}

absl::StatusOr<std::optional<std::string>> ReadHeader(store::Store& store,
                                                      const std::string& partition) {
  return store.Get({partition, std::string(kHeaderKey)});
}

absl::Status ReadEntries(store::Store& store, const std::string& partition,
                         const std::string& header, const LoadEntry& load) {
  std::optional<std::string> after;
  do {
    ABSL_ASSIGN_OR_RETURN(store::ScanPage page, store.Scan(partition, "", after, kPage));
    for (const auto& [name, value] : page.entries) {
      if (name != kHeaderKey) ABSL_RETURN_IF_ERROR(load(name, value));
    }
    after = std::move(page.next);
  } while (after.has_value());
  ABSL_ASSIGN_OR_RETURN(const auto now, ReadHeader(store, partition));
  if (now != header) return absl::AbortedError("Another owner wrote a checkpoint meanwhile.");
  return absl::OkStatus();
}

absl::Status WriteCheckpoint(store::Store& store, const std::string& partition,
                             const CheckpointWrite& write) {
  store::Transaction transaction;
  transaction.partition = partition;
  transaction.conditions.push_back({std::string(kHeaderKey), write.previous});
  if (write.whole) {
    ABSL_RETURN_IF_ERROR(EraseLeftovers(store, partition, write.changes, transaction));
  }
  transaction.puts.reserve(write.changes.size() + 1);
  for (const auto& [key, value] : write.changes) {
    if (value.has_value()) {
      transaction.puts.push_back({key, *value, base::Duration(0)});
    } else {
      transaction.erases.push_back(key);
    }
  }
  transaction.puts.push_back({std::string(kHeaderKey), write.header, base::Duration(0)});
  absl::Status status = store.Commit(transaction);
  if (!absl::IsAborted(status)) return status;
  ABSL_ASSIGN_OR_RETURN(const auto now, ReadHeader(store, partition));
  return now == write.header ? absl::OkStatus() : status;
}

}  // namespace centralita::stage
