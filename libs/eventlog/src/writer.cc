#include "writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/thread.h"

namespace centralita::eventlog {
namespace {

absl::Status WriteKeyed(LogFile& file, const Chunk& chunk, int64_t partition,
                        std::string_view bytes) {
  ABSL_ASSIGN_OR_RETURN(BatchReader batch, BatchReader::Open(bytes, BatchReader::Checks::kShape));
  uint64_t offset = chunk.base;
  while (const auto record = batch.Next()) {
    BatchWriter one;
    one.Add(record->key, record->value, record->tombstone);
    ABSL_RETURN_IF_ERROR(file.InsertKeyed(partition, offset, chunk.append_time, record->key,
                                          record->tombstone, one.Seal(offset, chunk.append_time)));
    ++offset;
  }
  return absl::OkStatus();
}

absl::Status Explain(const absl::Status& status) {
  return {status.code(), base::ToAbsl(fmt::format(
                             "not stored, append again later: {}",
                             std::string_view(status.message().data(), status.message().size())))};
}

}  // namespace

Writer::Writer(std::unique_ptr<LogFile> file, std::unique_ptr<sqlite::WalKeeper> wal,
               LogState& state)
    : file_(std::move(file)), wal_(std::move(wal)), state_(state), thread_([this] { Loop(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(state_.mutex);
    state_.stopping = true;
  }
  state_.work.notify_one();
  thread_.join();
}

absl::Status Writer::Run(std::function<absl::Status(LogFile&)> run,
                         std::function<void()> on_durable) {
  auto task = std::make_unique<Task>();
  task->run = std::move(run);
  task->on_durable = std::move(on_durable);
  std::future<absl::Status> done = task->done.get_future();
  {
    const std::lock_guard lock(state_.mutex);
    state_.tasks.push_back(std::move(task));
  }
  state_.work.notify_one();
  return done.get();
}

void Writer::Loop() {
  base::NameThread("log-writer");
  Round round;
  while (Take(round)) {
    const absl::Status status = Write(round);
    if (status.ok()) {
      Publish(round);
    } else {
      Fail(round);
    }
    Acknowledge(round, status);
    round = {};
  }
}

bool Writer::Take(Round& round) {
  std::unique_lock lock(state_.mutex);
  state_.work.wait(
      lock, [this] { return state_.stopping || !state_.queue.empty() || !state_.tasks.empty(); });
  round.tasks = std::exchange(state_.tasks, {});
  size_t bytes = 0;
  size_t records = 0;
  while (!state_.queue.empty() && bytes < state_.options.max_commit_bytes &&
         records < state_.options.max_commit_records) {
    std::unique_ptr<Chunk>& chunk = state_.queue.front();
    bytes += chunk->writer.size();
    records += chunk->writer.count();
    if (chunk->partition->open == chunk.get()) chunk->partition->open = nullptr;
    round.chunks.push_back(std::move(chunk));
    state_.queue.pop_front();
  }
  return !round.chunks.empty() || !round.tasks.empty();
}

absl::Status Writer::Write(Round& round) {
  wal_->TransactionBegins();
  absl::Status status = WriteAll(round);
  if (!status.ok()) file_->Rollback();
  wal_->TransactionEnded();
  return status;
}

absl::Status Writer::WriteAll(Round& round) {
  ABSL_RETURN_IF_ERROR(file_->Begin());
  // Tasks first: they see the partitions as they were published.
  for (const auto& task : round.tasks) ABSL_RETURN_IF_ERROR(task->run(*file_));
  const base::TimePoint now = state_.clock.Now();
  absl::flat_hash_map<Partition*, StoredPartition> ends;
  for (const auto& chunk : round.chunks) {
    StoredPartition& end =
        ends.try_emplace(chunk->partition, chunk->partition->stored).first->second;
    chunk->base = end.end;
    chunk->append_time = std::max(now, end.last_time);
    end.end += chunk->writer.count();
    end.last_time = chunk->append_time;
    const std::string_view bytes = chunk->writer.Seal(chunk->base, chunk->append_time);
    ABSL_RETURN_IF_ERROR(chunk->partition->compacted
                             ? WriteKeyed(*file_, *chunk, end.id, bytes)
                             : file_->InsertBatch(end.id, chunk->base, chunk->append_time, bytes));
  }
  return file_->Commit();
}

void Writer::Publish(Round& round) {
  std::vector<std::shared_ptr<Waker>> readers;
  {
    const std::lock_guard lock(state_.mutex);
    for (const auto& task : round.tasks) task->on_durable();
    for (const auto& chunk : round.chunks) {
      Partition& partition = *chunk->partition;
      const uint32_t count = chunk->writer.count();
      partition.stored.end = chunk->base + count;
      partition.stored.last_time = chunk->append_time;
      auto bytes = std::make_shared<const std::string>(std::move(chunk->writer).TakeBytes());
      state_.AddToCache(partition,
                        {.base = chunk->base, .count = count, .bytes = std::move(bytes)});
      readers.insert(readers.end(), partition.readers.begin(), partition.readers.end());
    }
  }
  for (const auto& reader : readers) reader->Signal();
}

// Whatever waits behind fails too: a producer's later record must not be stored without the earlier
// one.
void Writer::Fail(Round& round) {
  const std::lock_guard lock(state_.mutex);
  for (auto& chunk : state_.queue) {
    chunk->partition->open = nullptr;
    round.chunks.push_back(std::move(chunk));
  }
  state_.queue.clear();
  for (const auto& chunk : round.chunks) {
    for (const PendingAck& pending : chunk->acks)
      pending.producer->failed = pending.producer->options.gapless;
  }
}

void Writer::Acknowledge(Round& round, const absl::Status& status) {
  const absl::Status failure = status.ok() ? status : Explain(status);
  for (const auto& task : round.tasks) task->done.set_value(failure);
  for (const auto& chunk : round.chunks) {
    uint64_t offset = chunk->base;
    for (PendingAck& pending : chunk->acks) {
      if (status.ok()) {
        pending.ack(offset++);
      } else {
        pending.ack(failure);
      }
    }
  }
  const std::lock_guard lock(state_.mutex);
  for (const auto& chunk : round.chunks) {
    const ProducerState* last = nullptr;
    for (const PendingAck& pending : chunk->acks) {
      pending.producer->bytes_in_flight -= pending.bytes;
      --pending.producer->records_in_flight;
      if (pending.producer.get() != last) pending.producer->changed.notify_all();
      last = pending.producer.get();
    }
  }
}

}  // namespace centralita::eventlog
