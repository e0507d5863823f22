// The one way by which this gateway appends to `commands`: numbers its records, so that shards drop
// repeats.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::gateway {

// Thread-safe.
class CommandWriter final {
 public:
  CommandWriter(std::unique_ptr<eventlog::Producer> producer, uint32_t partitions,
                std::string incarnation);

  // `command` with tenant and pool set. `failed` is called once, on a thread of the log, if it may
  // not have been written. Returns RESOURCE_EXHAUSTED or UNAVAILABLE if it was not taken at all;
  // `failed` is not called then.
  absl::Status Append(commands::v1::Command command,
                      absl::AnyInvocable<void(const absl::Status&)> failed);
  // One in each partition; waits until they are durable.
  absl::Status DeclareLost(const std::string& incarnation);

  const std::string& incarnation() const { return incarnation_; }
  uint32_t PartitionOf(const std::string& tenant, const std::string& pool) const;
  uint32_t partitions() const { return partitions_; }
  absl::Status Flush(base::Duration limit) { return producer_->Flush(limit); }

 private:
  const std::unique_ptr<eventlog::Producer> producer_;
  const uint32_t partitions_;
  const std::string incarnation_;
  std::mutex mutex_;
  uint64_t sequence_ = 0;
};

}  // namespace centralita::gateway
