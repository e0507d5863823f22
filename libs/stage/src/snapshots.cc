#include "snapshots.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include "centralita/base/crc32c.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/snapshot/v1/snapshot.pb.h"

namespace centralita::stage {
namespace {

// Far below the 512 KiB that a chunk must not reach, since an entry more may come.
constexpr size_t kChunkBytes = 256 << 10;
constexpr size_t kNewestKept = 2;
constexpr base::Duration kFlushLimit{60'000};

uint32_t Checksum(std::string_view bytes, uint32_t crc) {
  const auto size = static_cast<uint32_t>(bytes.size());
  const char length[4] = {static_cast<char>(size & 0xff), static_cast<char>((size >> 8) & 0xff),
                          static_cast<char>((size >> 16) & 0xff), static_cast<char>(size >> 24)};
  return base::Crc32c(bytes, base::Crc32c({length, 4}, crc));
}

// Appends to the shelf and keeps the first error.
class ShelfWriter final {
 public:
  ShelfWriter(std::unique_ptr<eventlog::Producer> producer, eventlog::TopicPartition place)
      : producer_(std::move(producer)), place_(std::move(place)) {}

  absl::Status Put(const std::string& key, const snapshot::v1::SnapshotRecord& record) {
    return Append(key, record.SerializeAsString(), false);
  }
  absl::Status Delete(const std::string& key) { return Append(key, "", true); }

  absl::Status Flush() {
    ABSL_RETURN_IF_ERROR(producer_->Flush(kFlushLimit));
    const std::scoped_lock lock(shared_->mutex);
    return shared_->error;
  }

 private:
  struct Shared {
    std::mutex mutex;
    absl::Status error;
  };

  absl::Status Append(const std::string& key, const std::string& value, bool tombstone) {
    while (true) {
      const absl::Status taken =
          producer_->Append({place_.topic, place_.partition, key, value, tombstone},
                            [shared = shared_](const absl::StatusOr<uint64_t>& offset) {
                              const std::scoped_lock lock(shared->mutex);
                              shared->error.Update(offset.status());
                            });
      if (!absl::IsResourceExhausted(taken)) return taken;
      ABSL_RETURN_IF_ERROR(producer_->WaitForRoom(kFlushLimit));
    }
  }

  const std::unique_ptr<eventlog::Producer> producer_;
  const eventlog::TopicPartition place_;
  const std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

// Cuts entries into chunks and counts them in a manifest.
class Chunker final {
 public:
  Chunker(const SnapshotShelf& shelf, ShelfWriter& writer, snapshot::v1::Manifest& manifest)
      : shelf_(shelf), writer_(writer), manifest_(manifest) {}

  absl::Status Add(std::string_view key, std::string_view value) {
    if (bytes_ > 0 && bytes_ + key.size() + value.size() > kChunkBytes) {
      ABSL_RETURN_IF_ERROR(Finish());
    }
    snapshot::v1::Entry& entry = *chunk_.mutable_chunk()->add_entries();
    entry.set_key(std::string(key));
    entry.set_value(std::string(value));
    bytes_ += key.size() + value.size();
    manifest_.set_entries(manifest_.entries() + 1);
    manifest_.set_crc32c(Checksum(value, Checksum(key, manifest_.crc32c())));
    return absl::OkStatus();
  }

  absl::Status Finish() {
    if (bytes_ == 0) return absl::OkStatus();
    const uint32_t index = manifest_.chunks();
    chunk_.mutable_chunk()->set_index(index);
    manifest_.set_chunks(index + 1);
    ABSL_RETURN_IF_ERROR(
        writer_.Put(shelf_.ChunkKey(manifest_.header().next_offset(), index), chunk_));
    chunk_.Clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  const SnapshotShelf& shelf_;
  ShelfWriter& writer_;
  snapshot::v1::Manifest& manifest_;
  snapshot::v1::SnapshotRecord chunk_;
  size_t bytes_ = 0;
};

int64_t DayOf(const ShelvedSnapshot& snapshot) {
  return std::chrono::floor<std::chrono::days>(snapshot.append_time).time_since_epoch().count();
}

// The next offsets of those that stay.
std::set<uint64_t> Kept(const ShelvedSnapshots& snapshots, int days) {
  std::set<uint64_t> kept;
  std::optional<int64_t> today;
  for (auto entry = snapshots.rbegin(); entry != snapshots.rend(); ++entry) {
    if (!entry->second.Complete() || kept.size() == kNewestKept) continue;
    kept.insert(entry->first);
    if (!today.has_value()) today = DayOf(entry->second);
  }
  std::set<int64_t> seen;
  for (const auto& [next_offset, snapshot] : snapshots) {
    if (!snapshot.Complete()) continue;
    const int64_t day = DayOf(snapshot);
    if (day > *today - days && seen.insert(day).second) kept.insert(next_offset);
  }
  return kept;
}

// What is incomplete and lies behind `newest` may be another owner's work in progress: it stays.
absl::Status DeleteOld(const SnapshotShelf& shelf, ShelfWriter& writer, uint64_t newest, int days) {
  const std::set<uint64_t> kept = Kept(shelf.snapshots(), days);
  for (const auto& [next_offset, parts] : shelf.snapshots()) {
    if (next_offset >= newest || kept.contains(next_offset)) continue;
    // The manifest first: half a deletion must not look like a snapshot.
    if (parts.manifest.has_value()) {
      ABSL_RETURN_IF_ERROR(writer.Delete(shelf.ManifestKey(next_offset)));
    }
    for (const auto& [index, offset] : parts.chunks) {
      ABSL_RETURN_IF_ERROR(writer.Delete(shelf.ChunkKey(next_offset, index)));
    }
  }
  return writer.Flush();
}

// How things stand if nothing is to be written now.
std::optional<SnapshotState> NothingToDo(const ShelvedSnapshots& snapshots,
                                         const base::Clock& clock, const SnapshotTask& task) {
  const auto newest = std::find_if(snapshots.rbegin(), snapshots.rend(),
                                   [](const auto& entry) { return entry.second.Complete(); });
  if (newest == snapshots.rend()) return std::nullopt;
  const snapshot::v1::Manifest& manifest = *newest->second.manifest;
  const bool copied = manifest.header().SerializeAsString() == task.header;
  const auto age = clock.Now() - base::FromUnixMillis(manifest.written_unix_ms());
  // One from the future was written before the clock went back: nobody knows how long ago.
  const bool fresh = age >= base::Duration(0) && age < task.interval;
  if (!copied && !fresh) return std::nullopt;
  return SnapshotState{
      .written = false, .copied = copied, .written_unix_ms = manifest.written_unix_ms()};
}

// Puts chunks into their order: they lie in the log as their last writers wrote them.
class Assembler final {
 public:
  Assembler(const snapshot::v1::Manifest& manifest, const LoadEntry& load)
      : manifest_(manifest), load_(load) {}

  bool Take(uint32_t index, std::string_view value) {
    snapshot::v1::SnapshotRecord record;
    if (!record.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
        !record.has_chunk()) {
      status_ = absl::DataLossError(base::ToAbsl(fmt::format("chunk {} cannot be read", index)));
      return false;
    }
    early_[index] = std::move(*record.mutable_chunk());
    while (status_.ok() && !early_.empty() && early_.begin()->first == next_) {
      Load(early_.begin()->second);
      early_.erase(early_.begin());
      ++next_;
    }
    return status_.ok() && next_ < manifest_.chunks();
  }

  absl::Status Finish() const {
    if (!status_.ok()) return status_;
    if (next_ != manifest_.chunks() || entries_ != manifest_.entries() ||
        crc_ != manifest_.crc32c()) {
      return absl::DataLossError(base::ToAbsl(fmt::format(
          "{} of {} chunks, {} of {} entries, checksum {:08x} instead of {:08x}", next_,
          manifest_.chunks(), entries_, manifest_.entries(), crc_, manifest_.crc32c())));
    }
    return absl::OkStatus();
  }

 private:
  void Load(const snapshot::v1::Chunk& chunk) {
    for (const auto& entry : chunk.entries()) {
      crc_ = Checksum(entry.value(), Checksum(entry.key(), crc_));
      ++entries_;
      status_.Update(load_(entry.key(), entry.value()));
      if (!status_.ok()) return;
    }
  }

  const snapshot::v1::Manifest& manifest_;
  const LoadEntry& load_;
  std::map<uint32_t, snapshot::v1::Chunk> early_;
  uint32_t next_ = 0;
  uint64_t entries_ = 0;
  uint32_t crc_ = 0;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<SnapshotState> WriteSnapshot(eventlog::EventLog& log, store::Store& store,
                                            const base::Clock& clock, const SnapshotTask& task,
                                            const std::atomic<bool>& cancel, KeptShelf& shelf) {
  snapshot::v1::SnapshotRecord record;
  snapshot::v1::Manifest& manifest = *record.mutable_manifest();
  if (!manifest.mutable_header()->ParseFromString(task.header)) {
    return absl::DataLossError("the checkpoint's header cannot be read");
  }
  if (!shelf.has_value()) {
    ABSL_ASSIGN_OR_RETURN(shelf, SnapshotShelf::Open(log, task.group, task.partition));
  }
  ABSL_RETURN_IF_ERROR(shelf->Refresh());
  if (const auto state = NothingToDo(shelf->snapshots(), clock, task)) return *state;
  const uint64_t next_offset = manifest.header().next_offset();
  ABSL_ASSIGN_OR_RETURN(auto producer, log.NewProducer({.name = task.group + "-snapshots"}));
  ShelfWriter writer(std::move(producer), shelf->place());
  Chunker chunker(*shelf, writer, manifest);
  ABSL_RETURN_IF_ERROR(ReadEntries(store, StorePartitionOf(task.group, task.partition), task.header,
                                   [&](std::string_view key, std::string_view value) {
                                     if (cancel) return absl::CancelledError("stopping");
                                     return chunker.Add(key, value);
                                   }));
  ABSL_RETURN_IF_ERROR(chunker.Finish());
  // A manifest says that all chunks are there, so they are durable before it.
  ABSL_RETURN_IF_ERROR(writer.Flush());
  manifest.set_written_unix_ms(base::ToUnixMillis(clock.Now()));
  ABSL_RETURN_IF_ERROR(writer.Put(shelf->ManifestKey(next_offset), record));
  ABSL_RETURN_IF_ERROR(writer.Flush());
  shelf->Add(manifest);
  ABSL_RETURN_IF_ERROR(DeleteOld(*shelf, writer, next_offset, task.days));
  return SnapshotState{
      .written = true, .copied = true, .written_unix_ms = manifest.written_unix_ms()};
}

absl::StatusOr<std::vector<ShelvedSnapshot>> ListSnapshots(eventlog::EventLog& log,
                                                           const std::string& group,
                                                           uint32_t partition) {
  ABSL_ASSIGN_OR_RETURN(SnapshotShelf shelf, SnapshotShelf::Open(log, group, partition));
  ABSL_RETURN_IF_ERROR(shelf.Refresh());
  std::vector<ShelvedSnapshot> snapshots;
  for (const auto& [next_offset, snapshot] : shelf.snapshots()) {
    if (snapshot.manifest.has_value()) snapshots.push_back(snapshot);
  }
  return snapshots;
}

absl::Status ReadSnapshot(eventlog::EventLog& log, const std::string& group, uint32_t partition,
                          const ShelvedSnapshot& snapshot, const LoadEntry& load) {
  ABSL_ASSIGN_OR_RETURN(const SnapshotShelf shelf, SnapshotShelf::Open(log, group, partition));
  Assembler assembler(*snapshot.manifest, load);
  if (snapshot.chunks.empty()) return assembler.Finish();
  std::map<uint64_t, uint32_t> index_at;
  for (const auto& [index, offset] : snapshot.chunks) index_at[offset] = index;
  ABSL_RETURN_IF_ERROR(shelf.Visit(index_at.begin()->first, [&](const eventlog::Record& record) {
    const auto index = index_at.find(record.offset);
    if (index == index_at.end()) return true;
    return assembler.Take(index->second, record.value);
  }));
  return assembler.Finish();
}

}  // namespace centralita::stage
