#include "tests/support/memory_store.h"

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::testing {

StoreDisk::Contents StoreDisk::Copy() const {
  const std::scoped_lock lock(mutex_);
  return contents_;
}

void StoreDisk::Restore(Contents contents) {
  const std::scoped_lock lock(mutex_);
  contents_ = std::move(contents);
}

void StoreDisk::SetDown(bool down) {
  const std::scoped_lock lock(mutex_);
  down_ = down;
}

void StoreDisk::LoseNextAnswer() {
  const std::scoped_lock lock(mutex_);
  lose_next_answer_ = true;
}

uint64_t StoreDisk::commits() const {
  const std::scoped_lock lock(mutex_);
  return commits_;
}

absl::Status MemoryStore::CheckUp() const {
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  if (disk_.down_) return absl::UnavailableError("the store is down");
  return absl::OkStatus();
}

std::optional<std::string> MemoryStore::Find(const std::string& partition,
                                             const std::string& name) const {
  const auto names = disk_.contents_.find(partition);
  if (names == disk_.contents_.end()) return std::nullopt;
  const auto value = names->second.find(name);
  if (value == names->second.end() || value->second.expires <= disk_.clock_.Now()) {
    return std::nullopt;
  }
  return value->second.bytes;
}

base::TimePoint MemoryStore::ExpiryOf(base::Duration time_to_live) const {
  return time_to_live.count() == 0 ? base::kNever : disk_.clock_.Now() + time_to_live;
}

absl::StatusOr<std::optional<std::string>> MemoryStore::Get(const store::Key& key) {
  const std::scoped_lock lock(disk_.mutex_);
  ABSL_RETURN_IF_ERROR(CheckUp());
  return Find(key.partition, key.name);
}

absl::StatusOr<std::vector<std::optional<std::string>>> MemoryStore::GetMany(
    const std::vector<store::Key>& keys) {
  const std::scoped_lock lock(disk_.mutex_);
  ABSL_RETURN_IF_ERROR(CheckUp());
  std::vector<std::optional<std::string>> values;
  for (const store::Key& key : keys) values.push_back(Find(key.partition, key.name));
  return values;
}

absl::StatusOr<std::string> MemoryStore::SetIfAbsent(const store::Key& key,
                                                     const std::string& value,
                                                     base::Duration time_to_live) {
  const std::scoped_lock lock(disk_.mutex_);
  ABSL_RETURN_IF_ERROR(CheckUp());
  if (auto there = Find(key.partition, key.name)) return *std::move(there);
  disk_.contents_[key.partition][key.name] = {value, ExpiryOf(time_to_live)};
  return value;
}

absl::Status MemoryStore::Commit(const store::Transaction& transaction) {
  const std::scoped_lock lock(disk_.mutex_);
  ABSL_RETURN_IF_ERROR(CheckUp());
  if (!process_.Reach(Point::kBeforeCommit, transaction.partition)) return CheckUp();
  for (const store::Condition& condition : transaction.conditions) {
    if (Find(transaction.partition, condition.name) != condition.value) {
      return absl::AbortedError("a condition does not hold");
    }
  }
  StoreDisk::Partition& partition = disk_.contents_[transaction.partition];
  for (const std::string& name : transaction.erases) partition.erase(name);
  for (const store::Put& put : transaction.puts) {
    partition[put.name] = {put.value, ExpiryOf(put.time_to_live)};
  }
  ++disk_.commits_;
  if (!process_.Reach(Point::kAfterCommit, transaction.partition)) return CheckUp();
  if (std::exchange(disk_.lose_next_answer_, false)) {
    return absl::UnavailableError("the answer was lost");
  }
  return absl::OkStatus();
}

std::vector<absl::Status> MemoryStore::CommitMany(
    const std::vector<store::Transaction>& transactions) {
  std::vector<absl::Status> answers;
  for (const store::Transaction& transaction : transactions) {
    answers.push_back(Commit(transaction));
  }
  return answers;
}

absl::StatusOr<store::ScanPage> MemoryStore::Scan(const std::string& partition,
                                                  const std::string& prefix,
                                                  const std::optional<std::string>& after,
                                                  size_t limit) {
  const std::scoped_lock lock(disk_.mutex_);
  ABSL_RETURN_IF_ERROR(CheckUp());
  store::ScanPage page;
  const auto names = disk_.contents_.find(partition);
  if (names == disk_.contents_.end()) return page;
  auto entry =
      after.has_value() ? names->second.upper_bound(*after) : names->second.lower_bound(prefix);
  for (; entry != names->second.end() && entry->first.starts_with(prefix); ++entry) {
    if (entry->second.expires <= disk_.clock_.Now()) continue;
    if (page.entries.size() == limit) {
      page.next = page.entries.back().first;
      break;
    }
    page.entries.emplace_back(entry->first, entry->second.bytes);
  }
  return page;
}

}  // namespace centralita::testing
