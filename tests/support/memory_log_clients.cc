#include "tests/support/memory_log_clients.h"

#include <utility>

#include "centralita/base/status_macros.h"

namespace centralita::testing {

using eventlog::TopicPartition;

absl::Status MemoryProducer::Append(eventlog::Outgoing record, eventlog::AckCallback ack) {
  absl::StatusOr<uint64_t> answer = 0;
  {
    const std::scoped_lock lock(log_.disk_.mutex_);
    if (log_.process_.crashed()) return absl::UnavailableError("the process has crashed");
    if (failed_) return absl::FailedPreconditionError("an append failed; make a new producer");
    LogDisk::Partition* const partition = log_.disk_.Find(record.topic, record.partition);
    if (partition == nullptr) return absl::NotFoundError("no such partition");
    if (*unacknowledged_ >= log_.limit_) return absl::ResourceExhaustedError("the buffer is full");
    const std::string topic = record.topic;
    if (!log_.process_.Reach(Point::kBeforeAppend, topic)) return absl::OkStatus();
    const bool fails =
        log_.fail_next_ > 0 && (log_.fail_topic_.empty() || log_.fail_topic_ == topic);
    if (fails) {
      --log_.fail_next_;
      failed_ = gapless_;
      answer = absl::UnavailableError("the append failed");
    }
    if (!fails || log_.fail_stored_) {
      const uint64_t offset = log_.disk_.Store(*partition, std::move(record));
      if (!fails) answer = offset;
    }
    if (!log_.process_.Reach(Point::kAfterAppend, topic)) return absl::OkStatus();
    if (log_.holding_) {
      ++*unacknowledged_;
      log_.held_.push_back({std::move(ack), std::move(answer), unacknowledged_});
      return absl::OkStatus();
    }
  }
  const std::string topic = record.topic;
  ack(std::move(answer));
  log_.process_.Reach(Point::kAfterAck, topic);
  return absl::OkStatus();
}

absl::Status MemoryProducer::WaitForRoom(base::Duration limit) {
  std::unique_lock lock(log_.disk_.mutex_);
  if (log_.disk_.nobody_waits_) limit = base::Duration(0);
  const bool room = log_.disk_.changed_.wait_for(
      lock, limit, [this] { return *unacknowledged_ < log_.limit_ || log_.process_.crashed(); });
  if (log_.process_.crashed()) return absl::UnavailableError("the process has crashed");
  return room ? absl::OkStatus() : absl::DeadlineExceededError("no room");
}

absl::Status MemoryProducer::Flush(base::Duration limit) {
  std::unique_lock lock(log_.disk_.mutex_);
  if (log_.disk_.nobody_waits_) limit = base::Duration(0);
  const bool flushed = log_.disk_.changed_.wait_for(
      lock, limit, [this] { return *unacknowledged_ == 0 || log_.process_.crashed(); });
  if (log_.process_.crashed()) return absl::UnavailableError("the process has crashed");
  return flushed ? absl::OkStatus() : absl::DeadlineExceededError("not all is acknowledged");
}

MemoryConsumer::MemoryConsumer(MemoryLog& log, std::string group, std::string member,
                               std::vector<std::string> topics,
                               const eventlog::ConsumerOptions& options)
    : log_(log),
      group_(std::move(group)),
      member_(std::move(member)),
      topics_(std::move(topics)),
      options_(options) {}

MemoryConsumer::MemoryConsumer(MemoryLog& log, const std::vector<TopicPartition>& partitions,
                               const eventlog::ConsumerOptions& options)
    : log_(log), options_(options) {
  for (const TopicPartition& partition : partitions) positions_[partition] = {};
}

void MemoryConsumer::Rebalance(eventlog::PollResult& result) {
  if (log_.disk_.zombies_.contains(&log_.process_)) {
    result.settled = true;
    return;
  }
  LogDisk::Group& group = log_.disk_.groups_[group_];
  if (group.members.try_emplace(member_, &log_.process_).second) {
    // It was thrown out meanwhile: what it had is not its any more.
    for (const auto& [had, position] : positions_) result.revoked.push_back(had);
    leaving_.clear();
    positions_.clear();
  }
  for (const TopicPartition& left : leaving_) group.owners.erase(left);
  if (!leaving_.empty()) log_.disk_.changed_.notify_all();
  leaving_.clear();
  const auto target = log_.disk_.Target(group, member_, topics_);
  for (auto position = positions_.begin(); position != positions_.end();) {
    if (target.contains(position->first)) {
      ++position;
      continue;
    }
    result.revoked.push_back(position->first);
    leaving_.insert(position->first);
    position = positions_.erase(position);
  }
  for (const TopicPartition& wanted : target) {
    if (positions_.contains(wanted)) continue;
    if (!log_.disk_.all_own_all_ && group.owners.contains(wanted)) continue;
    group.owners[wanted] = member_;
    positions_[wanted] = {};
    result.assigned.push_back({.partition = wanted, .committed = group.committed[wanted]});
  }
  result.settled = group.members.contains(member_) && positions_.size() == target.size();
}

absl::Status MemoryConsumer::Collect(eventlog::PollResult& result) {
  size_t bytes = 0;
  size_t count = 0;
  for (auto& [name, position] : positions_) {
    if (!position.sought || position.paused) continue;
    const LogDisk::Partition* const partition = log_.disk_.Find(name.topic, name.partition);
    if (partition == nullptr) continue;
    if (position.next < partition->begin || position.next > partition->end) {
      return absl::OutOfRangeError("that offset is not kept");
    }
    auto kept = std::make_shared<std::vector<std::shared_ptr<const StoredRecord>>>();
    std::vector<eventlog::Record> records;
    auto next = std::lower_bound(
        partition->records.begin(), partition->records.end(), position.next,
        [](const auto& record, uint64_t offset) { return record->offset < offset; });
    for (; next != partition->records.end() && count < options_.max_records &&
           bytes < options_.max_bytes;
         ++next) {
      const StoredRecord& record = **next;
      kept->push_back(*next);
      records.push_back({.offset = record.offset,
                         .append_time = record.append_time,
                         .key = record.key,
                         .value = record.value,
                         .tombstone = record.tombstone});
      bytes += record.key.size() + record.value.size();
      ++count;
      position.next = record.offset + 1;
    }
    if (!records.empty()) result.batches.emplace_back(name, std::move(records), std::move(kept));
  }
  return absl::OkStatus();
}

absl::StatusOr<eventlog::PollResult> MemoryConsumer::Poll(base::Duration max_wait) {
  std::unique_lock lock(log_.disk_.mutex_);
  eventlog::PollResult result;
  absl::Status status;
  const auto ready = [&] {
    if (log_.process_.crashed()) status = absl::UnavailableError("the process has crashed");
    if (log_.away_) status = absl::UnavailableError("the log is away");
    if (closed_) status = absl::FailedPreconditionError("the consumer is closed");
    if (!status.ok()) return true;
    if (!topics_.empty()) Rebalance(result);
    status = Collect(result);
    return std::exchange(woken_, false) || !status.ok() || !result.assigned.empty() ||
           !result.revoked.empty() || !result.batches.empty();
  };
  log_.disk_.changed_.wait_for(lock, max_wait, ready);
  if (!status.ok()) return status;
  return result;
}

absl::StatusOr<MemoryConsumer::Position*> MemoryConsumer::Find(const TopicPartition& partition) {
  const auto found = positions_.find(partition);
  if (found == positions_.end()) return absl::NotFoundError("not assigned");
  return &found->second;
}

absl::Status MemoryConsumer::Seek(const TopicPartition& partition, uint64_t offset) {
  const std::scoped_lock lock(log_.disk_.mutex_);
  ABSL_ASSIGN_OR_RETURN(Position * position, Find(partition));
  position->sought = true;
  position->next = offset;
  return absl::OkStatus();
}

absl::Status MemoryConsumer::Pause(const TopicPartition& partition) {
  const std::scoped_lock lock(log_.disk_.mutex_);
  ABSL_ASSIGN_OR_RETURN(Position * position, Find(partition));
  position->paused = true;
  return absl::OkStatus();
}

absl::Status MemoryConsumer::Resume(const TopicPartition& partition) {
  const std::scoped_lock lock(log_.disk_.mutex_);
  ABSL_ASSIGN_OR_RETURN(Position * position, Find(partition));
  position->paused = false;
  return absl::OkStatus();
}

absl::Status MemoryConsumer::Commit(const TopicPartition& partition, uint64_t next_offset) {
  const std::scoped_lock lock(log_.disk_.mutex_);
  if (topics_.empty()) return absl::FailedPreconditionError("not in a group");
  if (log_.process_.crashed() || !log_.process_.Reach(Point::kBeforeCommit, partition.topic)) {
    return absl::UnavailableError("the process has crashed");
  }
  log_.disk_.groups_[group_].committed[partition] = next_offset;
  if (!log_.process_.Reach(Point::kAfterCommit, partition.topic)) {
    return absl::UnavailableError("the process has crashed");
  }
  return absl::OkStatus();
}

void MemoryConsumer::Wake() {
  {
    const std::scoped_lock lock(log_.disk_.mutex_);
    woken_ = true;
  }
  log_.disk_.changed_.notify_all();
}

void MemoryConsumer::Close() {
  {
    const std::scoped_lock lock(log_.disk_.mutex_);
    if (closed_ || topics_.empty()) return;
    closed_ = true;
    LogDisk::Group& group = log_.disk_.groups_[group_];
    std::erase_if(group.owners, [&](const auto& owner) { return owner.second == member_; });
    const auto own = group.members.find(member_);
    if (own != group.members.end() && own->second == &log_.process_) group.members.erase(own);
    positions_.clear();
  }
  log_.disk_.changed_.notify_all();
}

}  // namespace centralita::testing
