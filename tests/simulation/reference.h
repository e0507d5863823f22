// What a stage must make of its log: one machine per partition that never crashes, fed with the
// log as it is, and what stages really wrote, compared with it byte by byte.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/base/topics.h"
#include "centralita/common/v1/common.pb.h"
#include "tests/simulation/disks.h"

namespace centralita::simulation {

struct Output {
  base::OutputTopic topic = base::OutputTopic::kEvents;
  std::string key;
  // Without its origin.
  std::string value;
};

// Told of each record that a machine has applied, in order.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual absl::Status OnApplied(common::v1::Stage stage, const base::InputRecord& record,
                                 const base::StateMachine& machine,
                                 const std::vector<Output>& outputs) = 0;
};

class Reference final {
 public:
  using Factory = std::function<std::unique_ptr<base::StateMachine>(uint32_t partition)>;

  Reference(const Disks& disks, common::v1::Stage stage, std::string_view topic,
            const Factory& factory, Listener& listener);

  // Applies what the log has got since the last call.
  absl::Status Follow();
  // Compares what has been written to `topic` since the last call with what had to be.
  absl::Status Compare(std::string_view topic);
  // Everything that had to be written is in its topic. Says what is not.
  absl::Status Complete() const;

  base::StateMachine& machine(uint32_t partition) { return *partitions_[partition].machine; }
  uint64_t next_offset(uint32_t partition) const { return partitions_[partition].next_offset; }
  uint64_t applied() const { return applied_; }
  uint64_t repeats() const { return repeats_; }

 private:
  using Id = std::tuple<uint32_t, uint64_t, uint32_t>;  // partition, offset, index
  struct Expected {
    Output output;
    bool written = false;
  };
  struct Partition {
    std::unique_ptr<base::StateMachine> machine;
    uint64_t next_offset = 0;
    base::TimePoint now;
    // The highest of each source: by stage and its partition, or by sender.
    std::map<std::string, std::pair<uint64_t, uint32_t>> seen;
    // What checkpoints would have.
    std::map<std::string, std::string> stored;
  };

  // All that a record changed is among the changes that it gives.
  static absl::Status CheckChanges(Partition& partition);
  bool IsRepeat(Partition& partition, const common::v1::Origin& origin);

  const Disks& disks_;
  const common::v1::Stage stage_;
  const std::string topic_;
  Listener& listener_;
  std::vector<Partition> partitions_;
  std::map<Id, Expected> expected_;
  // Next to look at, by topic and partition.
  std::map<std::pair<std::string, uint32_t>, uint64_t> compared_;
  uint64_t applied_ = 0;
  uint64_t repeats_ = 0;
};

}  // namespace centralita::simulation
