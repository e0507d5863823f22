#include "consumer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::eventlog {
namespace {

absl::Status OutOfRange(const TopicPartition& partition, uint64_t offset, uint64_t begin,
                        uint64_t end) {
  return absl::OutOfRangeError(
      base::ToAbsl(fmt::format("offset {} of {}/{} is not in the log, which holds {} to {}; seek "
                               "to an offset within, or restore "
                               "the state that belongs to this log",
                               offset, partition.topic, partition.partition, begin, end)));
}

}  // namespace

SqliteConsumer::SqliteConsumer(LogState& state, Writer& writer, Membership membership,
                               const ConsumerOptions& options)
    : state_(state), writer_(writer), membership_(std::move(membership)), options_(options) {}

absl::Status SqliteConsumer::Join(const std::vector<TopicPartition>& partitions) {
  const std::lock_guard lock(state_.mutex);
  GroupState& group = state_.groups[membership_.group];
  if (!group.group.Join(membership_.member, partitions)) {
    closed_ = true;
    return absl::AlreadyExistsError(base::ToAbsl(
        fmt::format("group '{}' has a member '{}' already; give each member a name of its own",
                    membership_.group, membership_.member)));
  }
  group.members.push_back(waker_);
  SignalGroup();
  return absl::OkStatus();
}

void SqliteConsumer::Attach(const std::vector<TopicPartition>& partitions) {
  const std::lock_guard lock(state_.mutex);
  for (const TopicPartition& name : partitions) Subscribe(*state_.Find(name));
}

absl::StatusOr<PollResult> SqliteConsumer::Poll(base::Duration max_wait) {
  if (closed_) return absl::FailedPreconditionError("the consumer is closed; make a new one");
  waker_->Clear();
  ABSL_ASSIGN_OR_RETURN(PollResult result, Look());
  if (!result.assigned.empty() || !result.revoked.empty() || !result.batches.empty()) return result;
  if (!waker_->Wait(max_wait)) return result;
  return Look();
}

absl::StatusOr<PollResult> SqliteConsumer::Look() {
  PollResult result;
  std::vector<Fetch> fetches;
  {
    const std::lock_guard lock(state_.mutex);
    TakeGroupChanges(result);
    if (!result.assigned.empty() || !result.revoked.empty()) return result;
    ABSL_ASSIGN_OR_RETURN(fetches, PlanFetches());
  }
  Budget budget{.bytes = std::max<size_t>(options_.max_bytes, 1),
                .records = std::max<size_t>(options_.max_records, 1)};
  for (const Fetch& fetch : fetches) {
    if (budget.bytes == 0 || budget.records == 0) break;
    auto batch = Read(fetch, budget);
    if (!batch.ok() && result.batches.empty()) return batch.status();
    if (!batch.ok()) break;
    if (!*batch) continue;
    turn_ = fetch.held + 1;
    result.batches.push_back(**std::move(batch));
  }
  return result;
}

void SqliteConsumer::TakeGroupChanges(PollResult& result) {
  if (membership_.group.empty()) return;
  GroupState& group = state_.groups[membership_.group];
  const Group::Changes changes = group.group.Poll(membership_.member);
  for (const TopicPartition& name : changes.revoked) {
    Unsubscribe(*state_.Find(name));
    result.revoked.push_back(name);
  }
  for (const TopicPartition& name : changes.assigned) {
    Subscribe(*state_.Find(name));
    result.assigned.push_back({.partition = name, .committed = group.group.Committed(name)});
  }
  if (changes.freed) SignalGroup();
  result.settled = changes.settled;
}

void SqliteConsumer::Subscribe(Partition& partition) {
  partition.readers.push_back(waker_);
  const auto place = std::ranges::lower_bound(
      held_, partition.name, {},
      [](const Held& held) -> const auto& { return held.partition->name; });
  held_.insert(place, {.partition = &partition, .next = std::nullopt, .paused = false});
}

void SqliteConsumer::Unsubscribe(Partition& partition) {
  std::erase(partition.readers, waker_);
  std::erase_if(held_, [&partition](const Held& held) { return held.partition == &partition; });
}

void SqliteConsumer::SignalGroup() {
  for (const auto& member : state_.groups[membership_.group].members) member->Signal();
}

absl::StatusOr<std::vector<SqliteConsumer::Fetch>> SqliteConsumer::PlanFetches() {
  std::vector<Fetch> fetches;
  for (size_t i = 0; i < held_.size(); ++i) {
    const size_t at = (turn_ + i) % held_.size();
    Held& held = held_[at];
    if (!held.next || held.paused) continue;
    const Partition& partition = *held.partition;
    const uint64_t from = *held.next;
    if (from < partition.stored.begin || from > partition.stored.end) {
      held.next.reset();
      return OutOfRange(partition.name, from, partition.stored.begin, partition.stored.end);
    }
    if (from == partition.stored.end) continue;
    Fetch& fetch = fetches.emplace_back(
        Fetch{.held = at, .from = from, .end = partition.stored.end, .cached = {}});
    if (partition.cache.empty() || partition.cache.front().base > from) continue;
    auto batch = std::ranges::upper_bound(partition.cache, from, {}, &CachedBatch::base) - 1;
    for (size_t bytes = 0; batch != partition.cache.end() && bytes < options_.max_bytes; ++batch) {
      // The first one may be all but used up.
      if (!fetch.cached.empty()) bytes += batch->bytes->size();
      fetch.cached.push_back(*batch);
    }
  }
  return fetches;
}

bool SqliteConsumer::TakeRecords(BatchReader batch, const Fetch& fetch, std::vector<Record>& out,
                                 Budget& budget) {
  uint64_t offset = batch.header().base;
  for (auto record = batch.Next(); record && offset < fetch.end; record = batch.Next(), ++offset) {
    if (offset < fetch.from) continue;
    const size_t size = record->key.size() + record->value.size();
    if (budget.records == 0 || (size > budget.bytes && !budget.untouched)) return false;
    out.push_back({.offset = offset,
                   .append_time = batch.header().append_time,
                   .key = record->key,
                   .value = record->value,
                   .tombstone = record->tombstone});
    budget.bytes -= std::min(budget.bytes, size);
    --budget.records;
    budget.untouched = false;
  }
  return true;
}

absl::StatusOr<std::optional<RecordBatch>> SqliteConsumer::Read(const Fetch& fetch,
                                                                Budget& budget) {
  Held& held = held_[fetch.held];
  const Partition& partition = *held.partition;
  auto storage = std::make_shared<std::vector<std::shared_ptr<const std::string>>>();
  bool exhausted = false;
  if (!fetch.cached.empty()) {
    for (const CachedBatch& batch : fetch.cached) storage->push_back(batch.bytes);
  } else {
    if (cold_ == nullptr) {
      ABSL_ASSIGN_OR_RETURN(cold_, ColdReader::Open(state_.options.path));
    }
    ABSL_ASSIGN_OR_RETURN(auto cold, cold_->Read(partition.stored.id, fetch.from, budget.bytes));
    *storage = std::move(cold.batches);
    exhausted = cold.exhausted;
  }
  std::vector<Record> records;
  for (const auto& bytes : *storage) {
    ABSL_ASSIGN_OR_RETURN(BatchReader batch,
                          BatchReader::Open(*bytes, BatchReader::Checks::kShape));
    if (TakeRecords(batch, fetch, records, budget)) continue;
    if (records.empty()) return std::nullopt;
    exhausted = false;
    break;
  }
  // What was there when we looked may have gone since.
  if (!partition.compacted && (records.empty() || records.front().offset != fetch.from)) {
    held.next.reset();
    return OutOfRange(partition.name, fetch.from,
                      records.empty() ? fetch.end : records.front().offset, fetch.end);
  }
  if (exhausted) {
    held.next = fetch.end;
  } else if (!records.empty()) {
    held.next = records.back().offset + 1;
  }
  if (records.empty()) return std::nullopt;
  return RecordBatch(partition.name, std::move(records), std::move(storage));
}

absl::StatusOr<SqliteConsumer::Held*> SqliteConsumer::FindHeld(const TopicPartition& partition) {
  for (Held& held : held_) {
    if (held.partition->name == partition) return &held;
  }
  return absl::FailedPreconditionError(base::ToAbsl(
      fmt::format("{}/{} is not assigned to this consumer", partition.topic, partition.partition)));
}

absl::Status SqliteConsumer::Seek(const TopicPartition& partition, uint64_t offset) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindHeld(partition));
  held->next = offset;
  return absl::OkStatus();
}

absl::Status SqliteConsumer::Pause(const TopicPartition& partition) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindHeld(partition));
  held->paused = true;
  return absl::OkStatus();
}

absl::Status SqliteConsumer::Resume(const TopicPartition& partition) {
  ABSL_ASSIGN_OR_RETURN(Held* const held, FindHeld(partition));
  held->paused = false;
  return absl::OkStatus();
}

absl::Status SqliteConsumer::Commit(const TopicPartition& partition, uint64_t next_offset) {
  if (membership_.group.empty()) {
    return absl::FailedPreconditionError(
        "a consumer outside any group has nothing to commit; join a group");
  }
  {
    const std::lock_guard lock(state_.mutex);
    if (!state_.groups[membership_.group].group.Holds(membership_.member, partition)) {
      return absl::FailedPreconditionError(
          base::ToAbsl(fmt::format("{}/{} belongs to another member of group '{}' now",
                                   partition.topic, partition.partition, membership_.group)));
    }
  }
  const StoredGroupOffset offset{
      .group = membership_.group, .partition = partition, .next_offset = next_offset};
  return writer_.Run([&offset](LogFile& file) { return file.SetGroupOffset(offset); },
                     [this, &offset] {
                       state_.groups[offset.group].group.SetCommitted(offset.partition,
                                                                      offset.next_offset);
                     });
}

void SqliteConsumer::Close() {
  if (std::exchange(closed_, true)) return;
  const std::lock_guard lock(state_.mutex);
  for (const Held& held : held_) std::erase(held.partition->readers, waker_);
  held_.clear();
  if (membership_.group.empty()) return;
  GroupState& group = state_.groups[membership_.group];
  std::erase(group.members, waker_);
  group.group.Leave(membership_.member);
  SignalGroup();
}

}  // namespace centralita::eventlog
