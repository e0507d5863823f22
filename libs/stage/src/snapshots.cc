#include "snapshots.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "centralita/base/crc32c.h"
#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"

namespace centralita::stage {
namespace {

constexpr size_t kChunkBytes = 256 << 10;
constexpr size_t kKeptSnapshots = 2;
constexpr base::Duration kFlushLimit{60'000};
constexpr base::Duration kPollWait{200};

std::string KeyPrefix(const std::string& group, uint32_t partition) { return fmt::format("{}/{}/", group, partition); }

std::string KeyOf(const std::string& prefix, uint64_t offset, std::string_view part) {
  return fmt::format("{}{:020}/{}", prefix, offset, part);
}

std::string ChunkName(uint32_t index) { return fmt::format("{:08}", index); }

uint32_t Checksum(std::string_view bytes, uint32_t crc) {
  const auto size = static_cast<uint32_t>(bytes.size());
  const char length[4] = {static_cast<char>(size & 0xff), static_cast<char>((size >> 8) & 0xff),
                          static_cast<char>((size >> 16) & 0xff), static_cast<char>(size >> 24)};
  return base::Crc32c(bytes, base::Crc32c({length, 4}, crc));
}

// What lies in the topic of one stage partition: by offset, the parts that are there.
struct Found {
  std::vector<std::string> keys;
  std::optional<snapshot::v1::Manifest> manifest;
};

class Shelf final {
 public:
  Shelf(eventlog::EventLog& log, const std::string& group, uint32_t partition)
      : log_(log), prefix_(KeyPrefix(group, partition)), stage_key_(fmt::format("{}/{}", group, partition)) {}

  absl::StatusOr<eventlog::TopicPartition> Place() const {
    const std::string topic(base::topics::kSnapshots);
    ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(topic));
    return eventlog::TopicPartition{topic, base::PartitionOf(stage_key_, info.spec.partitions)};
  }

  // Visits the present records of this stage partition: key behind the prefix, record.
  absl::Status Visit(const std::function<absl::Status(std::string_view, const eventlog::Record&)>& visit) const {
    ABSL_ASSIGN_OR_RETURN(const auto place, Place());
    ABSL_ASSIGN_OR_RETURN(const auto range, log_.Offsets(place));
    ABSL_ASSIGN_OR_RETURN(const auto reader, log_.Read({place}, {}));
    ABSL_RETURN_IF_ERROR(reader->Seek(place, range.begin));
    // A compacted topic has holes, also at its end: it is read until nothing comes any more.
    for (uint64_t next = range.begin; next < range.end;) {
      ABSL_ASSIGN_OR_RETURN(const auto result, reader->Poll(kPollWait));
      if (result.batches.empty()) break;
      for (const auto& batch : result.batches) {
        for (const auto& record : batch.records()) {
          next = record.offset + 1;
          if (record.key.starts_with(prefix_)) ABSL_RETURN_IF_ERROR(visit(record.key.substr(prefix_.size()), record));
        }
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::map<uint64_t, Found>> List() const {
    std::map<uint64_t, Found> found;
    ABSL_RETURN_IF_ERROR(Visit([&](std::string_view name, const eventlog::Record& record) {
      const uint64_t offset = std::strtoull(std::string(name.substr(0, 20)).c_str(), nullptr, 10);
      if (record.tombstone) {
        std::erase(found[offset].keys, std::string(record.key));
        return absl::OkStatus();
      }
      found[offset].keys.emplace_back(record.key);
      snapshot::v1::SnapshotRecord parsed;
      if (name.ends_with("/manifest") &&
          parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) && parsed.has_manifest()) {
        found[offset].manifest = std::move(*parsed.mutable_manifest());
      }
      return absl::OkStatus();
    }));
    return found;
  }

  const std::string& prefix() const { return prefix_; }

 private:
  eventlog::EventLog& log_;
  const std::string prefix_;
  const std::string stage_key_;
};

// Appends and keeps the first error.
class Writer final {
 public:
  Writer(std::unique_ptr<eventlog::Producer> producer, eventlog::TopicPartition place)
      : producer_(std::move(producer)), place_(std::move(place)) {}

  absl::Status Append(std::string key, std::string value, bool tombstone = false) {
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
  std::unique_ptr<eventlog::Producer> producer_;
  const eventlog::TopicPartition place_;
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

absl::Status WriteChunks(store::Store& store, const std::string& store_partition, const StoredCheckpoint& checkpoint,
                         const std::string& prefix, Writer& writer, snapshot::v1::Manifest& manifest) {
  snapshot::v1::SnapshotRecord record;
  size_t bytes = 0;
  uint32_t crc = 0;
  const auto flush = [&]() -> absl::Status {
    if (record.chunk().entries().empty()) return absl::OkStatus();
    record.mutable_chunk()->set_index(manifest.chunks());
    ABSL_RETURN_IF_ERROR(writer.Append(KeyOf(prefix, checkpoint.header.next_offset(), ChunkName(manifest.chunks())),
                                       record.SerializeAsString()));
    manifest.set_chunks(manifest.chunks() + 1);
    record.Clear();
    bytes = 0;
    return absl::OkStatus();
  };
  ABSL_RETURN_IF_ERROR(ReadEntries(store, store_partition, checkpoint,
                                   [&](std::string_view key, std::string_view value) -> absl::Status {
                                     auto& entry = *record.mutable_chunk()->add_entries();
                                     entry.set_key(std::string(key));
                                     entry.set_value(std::string(value));
                                     crc = Checksum(value, Checksum(key, crc));
                                     manifest.set_entries(manifest.entries() + 1);
                                     bytes += key.size() + value.size();
                                     return bytes >= kChunkBytes ? flush() : absl::OkStatus();
                                   }));
  ABSL_RETURN_IF_ERROR(flush());
  manifest.set_crc32c(crc);
  return absl::OkStatus();
}

absl::Status DeleteOld(const Shelf& shelf, Writer& writer) {
  ABSL_ASSIGN_OR_RETURN(const auto found, shelf.List());
  size_t kept = 0;
  for (auto snapshot = found.rbegin(); snapshot != found.rend(); ++snapshot) {
    if (snapshot->second.manifest.has_value() && kept < kKeptSnapshots) {
      ++kept;
      continue;
    }
    for (const std::string& key : snapshot->second.keys) ABSL_RETURN_IF_ERROR(writer.Append(key, "", true));
  }
  return writer.Flush();
}

}  // namespace

absl::Status WriteSnapshot(eventlog::EventLog& log, store::Store& store, const base::Clock& clock,
                           const std::string& group, uint32_t partition, const StoredCheckpoint& checkpoint) {
  const Shelf shelf(log, group, partition);
  ABSL_ASSIGN_OR_RETURN(auto place, shelf.Place());
  ABSL_ASSIGN_OR_RETURN(auto producer, log.NewProducer({.name = group + "-snapshots"}));
  Writer writer(std::move(producer), std::move(place));
  snapshot::v1::SnapshotRecord record;
  snapshot::v1::Manifest& manifest = *record.mutable_manifest();
  *manifest.mutable_header() = checkpoint.header;
  ABSL_RETURN_IF_ERROR(WriteChunks(store, StorePartitionOf(group, partition), checkpoint, shelf.prefix(), writer, manifest));
  ABSL_RETURN_IF_ERROR(writer.Flush());
  manifest.set_written_unix_ms(base::ToUnixMillis(clock.Now()));
  ABSL_RETURN_IF_ERROR(writer.Append(KeyOf(shelf.prefix(), checkpoint.header.next_offset(), "manifest"),
                                     record.SerializeAsString()));
  ABSL_RETURN_IF_ERROR(writer.Flush());
  return DeleteOld(shelf, writer);
}

absl::StatusOr<std::optional<snapshot::v1::CheckpointHeader>> LoadSnapshot(eventlog::EventLog& log,
                                                                            const std::string& group,
                                                                            uint32_t partition, uint32_t log_epoch,
                                                                            const std::function<void()>& begin,
                                                                            const LoadEntry& load) {
  const Shelf shelf(log, group, partition);
  ABSL_ASSIGN_OR_RETURN(const auto found, shelf.List());
  for (auto snapshot = found.rbegin(); snapshot != found.rend(); ++snapshot) {
    const auto& manifest = snapshot->second.manifest;
    if (!manifest.has_value() || manifest->header().log_epoch() != log_epoch) continue;
    std::map<uint32_t, snapshot::v1::Chunk> chunks;
    ABSL_RETURN_IF_ERROR(shelf.Visit([&](std::string_view name, const eventlog::Record& record) {
      snapshot::v1::SnapshotRecord parsed;
      if (record.tombstone || !name.starts_with(fmt::format("{:020}/", snapshot->first))) return absl::OkStatus();
      if (parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) && parsed.has_chunk()) {
        chunks[parsed.chunk().index()] = std::move(*parsed.mutable_chunk());
      }
      return absl::OkStatus();
    }));
    uint32_t crc = 0;
    uint64_t entries = 0;
    for (const auto& [index, chunk] : chunks) {
      for (const auto& entry : chunk.entries()) {
        crc = Checksum(entry.value(), Checksum(entry.key(), crc));
        ++entries;
      }
    }
    // A damaged one is passed over: an older state and a longer replay give the same result.
    if (chunks.size() != manifest->chunks() || entries != manifest->entries() || crc != manifest->crc32c()) continue;
    begin();
    for (const auto& [index, chunk] : chunks) {
      for (const auto& entry : chunk.entries()) ABSL_RETURN_IF_ERROR(load(entry.key(), entry.value()));
    }
    return std::optional(manifest->header());
  }
  return std::optional<snapshot::v1::CheckpointHeader>();
}

}  // namespace centralita::stage
