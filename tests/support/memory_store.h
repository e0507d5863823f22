// A store in memory with faults. StoreDisk is what survives a crash; MemoryStore is one process's
// access to it.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/store/store.h"
#include "tests/support/process.h"

namespace centralita::testing {

// Thread-safe.
class StoreDisk final {
 public:
  struct Value {
    std::string bytes;
    base::TimePoint expires = base::kNever;
  };
  using Partition = std::map<std::string, Value>;
  using Contents = std::map<std::string, Partition>;

  explicit StoreDisk(const base::Clock& clock) : clock_(clock) {}

  Contents Copy() const;
  // The store as it was: rolled back, or empty if everything is lost.
  void Restore(Contents contents);
  // While it is down everything is UNAVAILABLE.
  void SetDown(bool down);
  // The next commit is stored, and its answer is lost (UNAVAILABLE).
  void LoseNextAnswer();
  uint64_t commits() const;

 private:
  friend class MemoryStore;

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  Contents contents_;
  bool down_ = false;
  bool lose_next_answer_ = false;
  uint64_t commits_ = 0;
};

// `disk` and `process` outlive it.
class MemoryStore final : public store::Store {
 public:
  MemoryStore(StoreDisk& disk, Process& process) : disk_(disk), process_(process) {}

  absl::StatusOr<std::optional<std::string>> Get(const store::Key& key) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<store::Key>& keys) override;
  absl::StatusOr<std::string> SetIfAbsent(const store::Key& key, const std::string& value,
                                          base::Duration time_to_live) override;
  absl::Status Commit(const store::Transaction& transaction) override;
  std::vector<absl::Status> CommitMany(
      const std::vector<store::Transaction>& transactions) override;
  absl::StatusOr<store::ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                       const std::optional<std::string>& after,
                                       size_t limit) override;

 private:
  // All with the disk's mutex held.
  absl::Status CheckUp() const;
  std::optional<std::string> Find(const std::string& partition, const std::string& name) const;
  base::TimePoint ExpiryOf(base::Duration time_to_live) const;

  StoreDisk& disk_;
  Process& process_;
};

}  // namespace centralita::testing
