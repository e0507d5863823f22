// Appends ticks to the owner's own input, at most one outstanding per partition.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "owned_partition.h"

namespace centralita::stage {

// All methods belong to the runner's thread; acks come on the log's.
class Ticker final {
 public:
  // INVALID_ARGUMENT if a topic of that name has no ticks.
  static absl::StatusOr<std::unique_ptr<Ticker>> Create(eventlog::EventLog& log,
                                                        const std::string& group,
                                                        const std::string& input_topic);

  // False if the log does not take it now.
  bool Append(uint32_t partition);
  bool IsTick(std::string_view value) const { return value == tick_; }
  // Partitions whose tick did not come into the log, since the last call.
  std::vector<uint32_t> TakeLost();

 private:
  // Shared with acks that may come after this has gone.
  struct Lost {
    std::mutex mutex;
    std::vector<uint32_t> partitions;
  };

  Ticker(std::unique_ptr<eventlog::Producer> producer, std::string topic, std::string tick)
      : producer_(std::move(producer)), topic_(std::move(topic)), tick_(std::move(tick)) {}

  const std::unique_ptr<eventlog::Producer> producer_;
  const std::string topic_;
  const std::string tick_;
  const std::shared_ptr<Lost> lost_ = std::make_shared<Lost>();
};

}  // namespace centralita::stage
