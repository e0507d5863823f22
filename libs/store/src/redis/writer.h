// Commits transactions: small ones of a partition together in one script, large ones in slices.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "centralita/store/store.h"
#include "client.h"
#include "scripts.h"

namespace centralita::store::redis {

// Redis does nothing else during a script, so no script has more to do than this.
inline constexpr size_t kSliceChanges = 500;
inline constexpr size_t kSliceBytes = 256 << 10;
inline constexpr size_t kLargestValue = 64 << 20;

// In ms, as Redis takes it; 0 for ever.
int64_t LifeOf(base::Duration time_to_live);

// Thread-safe.
class Writer final {
 public:
  // All outlive it.
  Writer(Client& client, const Scripts& scripts, const std::string& key_prefix)
      : client_(client), scripts_(scripts), key_prefix_(key_prefix) {}

  std::vector<absl::Status> Commit(std::span<const Transaction> transactions);

 private:
  // Transactions of one partition that are still to be done, in order.
  struct Line {
    PartitionKeys keys;
    std::vector<size_t> waiting;
    size_t begin = 0;
    size_t in_script = 0;
    int helps = 0;
  };
  using Transactions = std::span<const Transaction>;
  using Outcomes = std::vector<absl::Status>;

  void Round(Transactions transactions, std::vector<Line>& lines, Outcomes& outcomes);
  // Fills `in_script`; a command for these.
  Command SmallOnes(Transactions transactions, Line& line) const;
  void Conclude(Transactions transactions, Line& line, absl::StatusOr<Reply> answer,
                Outcomes& outcomes);
  absl::Status CommitLarge(const Transaction& transaction, const PartitionKeys& keys);
  absl::StatusOr<size_t> Stage(const Transaction& transaction, const PartitionKeys& keys,
                               const std::string& id);
  absl::Status Decide(const Transaction& transaction, const PartitionKeys& keys,
                      const std::string& id, size_t staged);

  Client& client_;
  const Scripts& scripts_;
  const std::string& key_prefix_;
};

}  // namespace centralita::store::redis
