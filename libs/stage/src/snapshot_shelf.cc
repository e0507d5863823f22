#include "snapshot_shelf.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"

namespace centralita::stage {
namespace {

constexpr std::string_view kManifest = "manifest";
constexpr size_t kOffsetDigits = 20;
constexpr base::Duration kPollWait{200};
// A compacted topic has holes, but its last record stays. A server that gives nothing for so long
// is away; what it has not given must not be taken for not being there.
constexpr int kMaxEmptyPolls = 150;

template <typename Number>
std::optional<Number> ParseNumber(std::string_view digits) {
  Number number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<SnapshotShelf> SnapshotShelf::Open(eventlog::EventLog& log, const std::string& group,
                                                  uint32_t partition) {
  const std::string topic(base::topics::kSnapshots);
  ABSL_ASSIGN_OR_RETURN(const auto info, log.Describe(topic));
  const std::string stage_partition = fmt::format("{}/{}", group, partition);
  return SnapshotShelf(log, stage_partition + "/",
                       {topic, base::PartitionOf(stage_partition, info.spec.partitions)});
}

std::string SnapshotShelf::ChunkKey(uint64_t next_offset, uint32_t index) const {
  return fmt::format("{}{:020}/{:08}", prefix_, next_offset, index);
}

std::string SnapshotShelf::ManifestKey(uint64_t next_offset) const {
  return fmt::format("{}{:020}/{}", prefix_, next_offset, kManifest);
}

absl::Status SnapshotShelf::Visit(uint64_t begin,
                                  const std::function<bool(const eventlog::Record&)>& visit) const {
  ABSL_ASSIGN_OR_RETURN(const auto range, log_->Offsets(place_));
  ABSL_ASSIGN_OR_RETURN(const auto reader, log_->Read({place_}, {}));
  begin = std::max(begin, range.begin);
  ABSL_RETURN_IF_ERROR(reader->Seek(place_, begin));
  int empty_polls = 0;
  for (uint64_t next = begin; next < range.end;) {
    ABSL_ASSIGN_OR_RETURN(const auto result, reader->Poll(kPollWait));
    empty_polls = result.batches.empty() ? empty_polls + 1 : 0;
    if (empty_polls == kMaxEmptyPolls) {
      return base::Error(
          absl::StatusCode::kUnavailable, "snapshots_unreadable",
          fmt::format("The topic snapshots gave no records for {} although it has more.",
                      base::FormatDuration(kPollWait * kMaxEmptyPolls)));
    }
    for (const auto& batch : result.batches) {
      for (const eventlog::Record& record : batch.records()) {
        next = record.offset + 1;
        if (!visit(record)) return absl::OkStatus();
      }
    }
  }
  return absl::OkStatus();
}

absl::Status SnapshotShelf::Refresh() {
  ABSL_RETURN_IF_ERROR(Visit(next_, [&](const eventlog::Record& record) {
    if (record.key.starts_with(prefix_)) Note(record);
    next_ = record.offset + 1;
    return true;
  }));
  std::erase_if(snapshots_, [](const auto& entry) {
    return !entry.second.manifest.has_value() && entry.second.chunks.empty();
  });
  return absl::OkStatus();
}

void SnapshotShelf::Add(const snapshot::v1::Manifest& manifest) {
  ShelvedSnapshot& snapshot = snapshots_[manifest.header().next_offset()];
  snapshot.manifest = manifest;
  snapshot.append_time = base::FromUnixMillis(manifest.written_unix_ms());
  snapshot.chunks.clear();
  for (uint32_t index = 0; index < manifest.chunks(); ++index) snapshot.chunks[index] = 0;
}

void SnapshotShelf::Note(const eventlog::Record& record) {
  const std::string_view name = record.key.substr(prefix_.size());
  const auto next_offset = ParseNumber<uint64_t>(name.substr(0, kOffsetDigits));
  if (!next_offset.has_value() || name.size() <= kOffsetDigits + 1) return;
  ShelvedSnapshot& snapshot = snapshots_[*next_offset];
  const std::string_view part = name.substr(kOffsetDigits + 1);
  if (part == kManifest) {
    snapshot.manifest.reset();
    snapshot::v1::SnapshotRecord parsed;
    if (!record.tombstone &&
        parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) &&
        parsed.has_manifest()) {
      snapshot.manifest = std::move(*parsed.mutable_manifest());
      snapshot.append_time = record.append_time;
    }
    return;
  }
  const auto index = ParseNumber<uint32_t>(part);
  if (!index.has_value()) return;
  if (record.tombstone) {
    snapshot.chunks.erase(*index);
  } else {
    snapshot.chunks[*index] = record.offset;
  }
}

}  // namespace centralita::stage
