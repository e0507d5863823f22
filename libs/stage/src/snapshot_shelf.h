// Where the snapshots of one stage partition lie: a partition of the topic `snapshots`, by keys
// "<group>/<partition>/<next offset>/<chunk or manifest>".
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/snapshot/v1/snapshot.pb.h"

namespace centralita::stage {

// The parts of one snapshot that are there.
struct ShelvedSnapshot {
  std::optional<snapshot::v1::Manifest> manifest;
  // Of the manifest.
  base::TimePoint append_time;
  // By index of the chunk: where in the log its latest version lies.
  std::map<uint32_t, uint64_t> chunks;

  bool Complete() const { return manifest.has_value() && chunks.size() == manifest->chunks(); }
};

// By next offset.
using ShelvedSnapshots = std::map<uint64_t, ShelvedSnapshot>;

// Not thread-safe.
class SnapshotShelf final {
 public:
  static absl::StatusOr<SnapshotShelf> Open(eventlog::EventLog& log, const std::string& group,
                                            uint32_t partition);

  std::string ChunkKey(uint64_t next_offset, uint32_t index) const;
  std::string ManifestKey(uint64_t next_offset) const;
  const eventlog::TopicPartition& place() const { return place_; }

  // Takes in what came to the place since the last call: all that is there at the first one.
  absl::Status Refresh();
  // As of the last Refresh(), whole or not.
  const ShelvedSnapshots& snapshots() const { return snapshots_; }
  // Takes in a snapshot that was just put there, until the next Refresh() reads it.
  void Add(const snapshot::v1::Manifest& manifest);
  // Visits the records of the place from `begin` on, until `visit` returns false or the end.
  absl::Status Visit(uint64_t begin,
                     const std::function<bool(const eventlog::Record&)>& visit) const;

 private:
  SnapshotShelf(eventlog::EventLog& log, std::string prefix, eventlog::TopicPartition place)
      : log_(&log), prefix_(std::move(prefix)), place_(std::move(place)) {}

  void Note(const eventlog::Record& record);

  eventlog::EventLog* log_;
  std::string prefix_;
  eventlog::TopicPartition place_;
  ShelvedSnapshots snapshots_;
  // Where Refresh() goes on.
  uint64_t next_ = 0;
};

}  // namespace centralita::stage
