#include "tests/support/memory_log.h"

#include <algorithm>
#include <utility>

#include "centralita/base/status_macros.h"
#include "tests/support/memory_log_clients.h"

namespace centralita::testing {

using eventlog::TopicPartition;

void LogDisk::Create(const eventlog::TopicSpec& spec, uint32_t epoch) {
  const std::scoped_lock lock(mutex_);
  Topic topic{.info = {.spec = spec, .epoch = epoch}, .partitions = {}};
  topic.partitions.resize(spec.partitions);
  topics_[spec.name] = std::move(topic);
}

void LogDisk::Drop(const std::string& topic) {
  const std::scoped_lock lock(mutex_);
  topics_.erase(topic);
}

std::vector<StoredRecord> LogDisk::Records(const TopicPartition& partition) const {
  const std::scoped_lock lock(mutex_);
  std::vector<StoredRecord> records;
  for (const auto& record :
       topics_.at(partition.topic).partitions.at(partition.partition).records) {
    records.push_back(*record);
  }
  return records;
}

std::vector<StoredRecord> LogDisk::AllRecords(const std::string& topic) const {
  const std::scoped_lock lock(mutex_);
  std::vector<StoredRecord> records;
  for (const Partition& partition : topics_.at(topic).partitions) {
    for (const auto& record : partition.records) records.push_back(*record);
  }
  return records;
}

std::vector<StoredRecord> LogDisk::RecordsFrom(const TopicPartition& partition,
                                               uint64_t offset) const {
  const std::scoped_lock lock(mutex_);
  const auto& kept = topics_.at(partition.topic).partitions.at(partition.partition).records;
  auto next =
      std::lower_bound(kept.begin(), kept.end(), offset,
                       [](const auto& record, uint64_t wanted) { return record->offset < wanted; });
  std::vector<StoredRecord> records;
  for (; next != kept.end(); ++next) records.push_back(**next);
  return records;
}

uint32_t LogDisk::Partitions(const std::string& topic) const {
  const std::scoped_lock lock(mutex_);
  return static_cast<uint32_t>(topics_.at(topic).partitions.size());
}

uint64_t LogDisk::Append(const std::string& topic, uint32_t partition, std::string key,
                         std::string value) {
  const std::scoped_lock lock(mutex_);
  return Store(topics_.at(topic).partitions.at(partition), {.topic = topic,
                                                            .partition = partition,
                                                            .key = std::move(key),
                                                            .value = std::move(value),
                                                            .tombstone = false});
}

void LogDisk::Trim(const TopicPartition& partition, uint64_t begin) {
  const std::scoped_lock lock(mutex_);
  Partition& trimmed = *Find(partition.topic, partition.partition);
  trimmed.begin = begin;
  std::erase_if(trimmed.records, [&](const auto& record) { return record->offset < begin; });
}

void LogDisk::Compact(const TopicPartition& partition) {
  const std::scoped_lock lock(mutex_);
  Partition& compacted = *Find(partition.topic, partition.partition);
  std::map<std::string, uint64_t> latest;
  for (const auto& record : compacted.records) latest[record->key] = record->offset;
  // As the contract has it, the last record stays.
  const uint64_t last = compacted.records.empty() ? 0 : compacted.records.back()->offset;
  std::erase_if(compacted.records, [&](const auto& record) {
    return record->offset != last && (record->tombstone || latest[record->key] != record->offset);
  });
}

void LogDisk::Damage(const TopicPartition& partition,
                     const std::function<void(StoredRecord&)>& damage) {
  const std::scoped_lock lock(mutex_);
  for (auto& record : Find(partition.topic, partition.partition)->records) {
    auto copy = std::make_shared<StoredRecord>(*record);
    damage(*copy);
    record = std::move(copy);
  }
}

void LogDisk::LetAllOwnAll() {
  const std::scoped_lock lock(mutex_);
  all_own_all_ = true;
}

void LogDisk::SetZombie(const Process& process, bool zombie) {
  const std::scoped_lock lock(mutex_);
  if (zombie) {
    zombies_.insert(&process);
  } else {
    zombies_.erase(&process);
  }
  changed_.notify_all();
}

void LogDisk::LetNobodyWait() {
  const std::scoped_lock lock(mutex_);
  nobody_waits_ = true;
}

uint64_t LogDisk::Committed(const std::string& group, const TopicPartition& partition) const {
  const std::scoped_lock lock(mutex_);
  const auto found = groups_.find(group);
  if (found == groups_.end()) return 0;
  const auto committed = found->second.committed.find(partition);
  return committed == found->second.committed.end() ? 0 : committed->second;
}

LogDisk::Partition* LogDisk::Find(const std::string& topic, uint32_t partition) {
  const auto found = topics_.find(topic);
  if (found == topics_.end() || partition >= found->second.partitions.size()) return nullptr;
  return &found->second.partitions[partition];
}

uint64_t LogDisk::Store(Partition& partition, eventlog::Outgoing&& record) {
  partition.last_time = std::max(partition.last_time, clock_.Now());
  partition.records.push_back(std::make_shared<StoredRecord>(
      StoredRecord{.offset = partition.end,
                   .append_time = partition.last_time,
                   .key = std::move(record.key),
                   .value = record.tombstone ? std::string() : std::move(record.value),
                   .tombstone = record.tombstone}));
  changed_.notify_all();
  return partition.end++;
}

std::set<TopicPartition> LogDisk::Target(Group& group, const std::string& member,
                                         const std::vector<std::string>& topics) {
  for (auto other = group.members.begin(); other != group.members.end();) {
    if (!other->second->crashed() && !zombies_.contains(other->second)) {
      ++other;
      continue;
    }
    std::erase_if(group.owners, [&](const auto& owner) { return owner.second == other->first; });
    other = group.members.erase(other);
  }
  std::set<TopicPartition> target;
  const auto own = group.members.find(member);
  if (own == group.members.end()) return target;
  const auto rank = static_cast<size_t>(std::distance(group.members.begin(), own));
  for (const std::string& topic : topics) {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) continue;
    for (uint32_t number = 0; number < found->second.partitions.size(); ++number) {
      if (all_own_all_ || number % group.members.size() == rank) target.insert({topic, number});
    }
  }
  return target;
}

MemoryLog::~MemoryLog() {
  {
    const std::scoped_lock lock(disk_.mutex_);
    for (auto& [name, group] : disk_.groups_) {
      for (auto member = group.members.begin(); member != group.members.end();) {
        if (member->second != &process_) {
          ++member;
          continue;
        }
        std::erase_if(group.owners,
                      [&](const auto& owner) { return owner.second == member->first; });
        member = group.members.erase(member);
      }
    }
  }
  disk_.changed_.notify_all();
}

void MemoryLog::FailNext(size_t count, bool stored, std::string topic) {
  const std::scoped_lock lock(disk_.mutex_);
  fail_topic_ = std::move(topic);
  fail_next_ = count;
  fail_stored_ = stored;
}

void MemoryLog::HoldAcks() {
  const std::scoped_lock lock(disk_.mutex_);
  holding_ = true;
}

size_t MemoryLog::ReleaseAcks(size_t count) {
  std::deque<HeldAck> released;
  {
    const std::scoped_lock lock(disk_.mutex_);
    if (count == SIZE_MAX) holding_ = false;
    while (!held_.empty() && released.size() < count) {
      --*held_.front().unacknowledged;
      released.push_back(std::move(held_.front()));
      held_.pop_front();
    }
  }
  for (HeldAck& held : released) held.ack(std::move(held.answer));
  disk_.changed_.notify_all();
  return released.size();
}

void MemoryLog::LimitUnacknowledged(size_t limit) {
  const std::scoped_lock lock(disk_.mutex_);
  limit_ = limit;
}

void MemoryLog::SetAway(bool away) {
  const std::scoped_lock lock(disk_.mutex_);
  away_ = away;
}

void MemoryLog::FailNextOffsets(size_t count) {
  const std::scoped_lock lock(disk_.mutex_);
  fail_next_offsets_ = count;
}

absl::StatusOr<eventlog::TopicInfo> MemoryLog::EnsureTopic(const eventlog::TopicSpec& spec) {
  auto there = Describe(spec.name);
  if (absl::IsNotFound(there.status())) {
    disk_.Create(spec);
    return Describe(spec.name);
  }
  if (there.ok() &&
      (there->spec.partitions != spec.partitions || there->spec.compacted != spec.compacted)) {
    return absl::FailedPreconditionError("the topic differs");
  }
  return there;
}

absl::StatusOr<eventlog::TopicInfo> MemoryLog::Describe(const std::string& topic) const {
  const std::scoped_lock lock(disk_.mutex_);
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  const auto found = disk_.topics_.find(topic);
  if (found == disk_.topics_.end()) return absl::NotFoundError("no such topic");
  return found->second.info;
}

absl::StatusOr<eventlog::OffsetRange> MemoryLog::Offsets(const TopicPartition& partition) const {
  const std::scoped_lock lock(disk_.mutex_);
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  if (fail_next_offsets_ > 0) {
    --fail_next_offsets_;
    return absl::UnavailableError("the log is away");
  }
  const LogDisk::Partition* const found = disk_.Find(partition.topic, partition.partition);
  if (found == nullptr) return absl::NotFoundError("no such partition");
  return eventlog::OffsetRange{.begin = found->begin, .end = found->end};
}

absl::StatusOr<std::unique_ptr<eventlog::Producer>> MemoryLog::NewProducer(
    const eventlog::ProducerOptions& options) {
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  return std::make_unique<MemoryProducer>(*this, options);
}

absl::StatusOr<std::unique_ptr<eventlog::Consumer>> MemoryLog::Join(
    const std::string& group, const std::string& member, const std::vector<std::string>& topics,
    const eventlog::ConsumerOptions& options) {
  const std::scoped_lock lock(disk_.mutex_);
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  LogDisk::Group& joined = disk_.groups_[group];
  // A member that comes back is a new one.
  std::erase_if(joined.owners, [&](const auto& owner) { return owner.second == member; });
  joined.members[member] = &process_;
  disk_.changed_.notify_all();
  return std::make_unique<MemoryConsumer>(*this, group, member, topics, options);
}

absl::StatusOr<std::unique_ptr<eventlog::Consumer>> MemoryLog::Read(
    const std::vector<TopicPartition>& partitions, const eventlog::ConsumerOptions& options) {
  if (process_.crashed()) return absl::UnavailableError("the process has crashed");
  return std::make_unique<MemoryConsumer>(*this, partitions, options);
}

}  // namespace centralita::testing
