#include "log_state.h"

namespace centralita::eventlog {
namespace {

// With what a small batch costs beside its bytes.
size_t CostOf(const CachedBatch& batch) {
  constexpr size_t kOverhead = 128;
  return batch.bytes->capacity() + kOverhead;
}

}  // namespace

Partition* LogState::Find(const std::string& topic, uint32_t partition) {
  const auto found = topics.find(topic);
  if (found == topics.end() || partition >= found->second.partitions.size()) return nullptr;
  return found->second.partitions[partition].get();
}

Partition* LogState::Find(const TopicPartition& name) { return Find(name.topic, name.partition); }

std::vector<Partition*> LogState::AllPartitions() {
  std::vector<Partition*> all;
  for (const auto& [name, topic] : topics) {
    for (const auto& partition : topic.partitions) all.push_back(partition.get());
  }
  return all;
}

void LogState::AddToCache(Partition& partition, CachedBatch batch) {
  cache_bytes_ += CostOf(batch);
  partition.cache.push_back(std::move(batch));
  cache_order_.push_back(&partition);
  while (cache_bytes_ > options.cache_bytes) {
    Partition& oldest = *cache_order_.front();
    cache_order_.pop_front();
    cache_bytes_ -= CostOf(oldest.cache.front());
    oldest.cache.pop_front();
  }
}

}  // namespace centralita::eventlog
