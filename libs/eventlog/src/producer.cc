#include "producer.h"

#include <fmt/format.h>

#include <utility>

namespace centralita::eventlog {
namespace {

// A batch is read whole, so it stays small against what a consumer may ask for.
constexpr size_t kMaxBatchBytes = 256 << 10;
constexpr uint32_t kMaxBatchRecords = 4'096;
constexpr size_t kMaxRecordBytes = 64 << 20;
// What a record costs in memory beside its bytes.
constexpr size_t kRecordOverhead = 64;

absl::Status NotFound(const Outgoing& record) {
  return absl::NotFoundError(
      base::ToAbsl(fmt::format("there is no partition {} of topic '{}'; create it with "
                               "EnsureTopic() first",
                               record.partition, record.topic)));
}

}  // namespace

SqliteProducer::SqliteProducer(LogState& state, const ProducerOptions& options)
    : state_(state), shared_(std::make_shared<ProducerState>()) {
  shared_->options = options;
}

absl::Status SqliteProducer::CheckOpen() const {
  if (!shared_->failed) return absl::OkStatus();
  return absl::FailedPreconditionError(
      base::ToAbsl(fmt::format("producer '{}' is closed since an append failed; make a new one and "
                               "append again from the first "
                               "failure on",
                               shared_->options.name)));
}

absl::Status SqliteProducer::Append(Outgoing record, AckCallback ack) {
  const size_t bytes = record.key.size() + record.value.size() + kRecordOverhead;
  if (bytes > kMaxRecordBytes) {
    return absl::InvalidArgumentError(
        base::ToAbsl(fmt::format("a record of {} bytes for topic '{}' is above the limit of {}",
                                 bytes, record.topic, kMaxRecordBytes)));
  }
  {
    const std::lock_guard lock(state_.mutex);
    if (absl::Status status = CheckOpen(); !status.ok()) return status;
    Partition* const partition = state_.Find(record.topic, record.partition);
    if (partition == nullptr) return NotFound(record);
    if (shared_->bytes_in_flight >= shared_->options.max_bytes) {
      return absl::ResourceExhaustedError(
          base::ToAbsl(fmt::format("producer '{}' has {} bytes in flight; wait for room",
                                   shared_->options.name, shared_->bytes_in_flight)));
    }
    Chunk& chunk = OpenChunk(state_, *partition);
    chunk.writer.Add(record.key, record.tombstone ? std::string_view() : record.value,
                     record.tombstone);
    chunk.acks.push_back({.ack = std::move(ack), .producer = shared_, .bytes = bytes});
    shared_->bytes_in_flight += bytes;
    ++shared_->records_in_flight;
  }
  state_.work.notify_one();
  return absl::OkStatus();
}

Chunk& SqliteProducer::OpenChunk(LogState& state, Partition& partition) {
  if (partition.open != nullptr && partition.open->writer.size() < kMaxBatchBytes &&
      partition.open->writer.count() < kMaxBatchRecords) {
    return *partition.open;
  }
  auto chunk = std::make_unique<Chunk>();
  chunk->partition = &partition;
  partition.open = chunk.get();
  state.queue.push_back(std::move(chunk));
  return *partition.open;
}

absl::Status SqliteProducer::WaitForRoom(base::Duration limit) {
  std::unique_lock lock(state_.mutex);
  const auto has_room = [this] { return shared_->bytes_in_flight < shared_->options.max_bytes; };
  if (!shared_->changed.wait_for(lock, limit, [&] { return shared_->failed || has_room(); })) {
    return absl::DeadlineExceededError(base::ToAbsl(fmt::format(
        "producer '{}' found no room in {}", shared_->options.name, base::FormatDuration(limit))));
  }
  return CheckOpen();
}

absl::Status SqliteProducer::Flush(base::Duration limit) {
  std::unique_lock lock(state_.mutex);
  if (!shared_->changed.wait_for(lock, limit, [this] { return shared_->records_in_flight == 0; })) {
    return absl::DeadlineExceededError(base::ToAbsl(
        fmt::format("producer '{}' still has {} records in flight after {}", shared_->options.name,
                    shared_->records_in_flight, base::FormatDuration(limit))));
  }
  return absl::OkStatus();
}

}  // namespace centralita::eventlog
