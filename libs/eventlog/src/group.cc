#include "group.h"

#include <algorithm>

namespace centralita::eventlog {

bool Group::Join(const std::string& member, const std::vector<TopicPartition>& partitions) {
  if (!members_.insert(member).second) return false;
  for (const TopicPartition& partition : partitions) slots_[partition].wanted_by.insert(member);
  Balance();
  return true;
}

void Group::Leave(const std::string& member) {
  if (members_.erase(member) == 0) return;
  for (auto& [partition, slot] : slots_) {
    slot.wanted_by.erase(member);
    if (slot.target == member) slot.target.clear();
    if (slot.owner != member) continue;
    slot.owner.clear();
    slot.releasing = false;
  }
  Balance();
}

Group::Changes Group::Poll(const std::string& member) {
  Changes changes;
  changes.settled = members_.contains(member);
  for (auto& [partition, slot] : slots_) {
    if (slot.owner == member && slot.releasing) {
      slot.owner.clear();
      slot.releasing = false;
      changes.freed = true;
    }
    if (slot.owner == member && slot.target != member) {
      slot.releasing = true;
      changes.revoked.push_back(partition);
    } else if (slot.owner.empty() && slot.target == member) {
      slot.owner = member;
      changes.assigned.push_back(partition);
    }
    if (slot.target == member && slot.owner != member) changes.settled = false;
  }
  return changes;
}

bool Group::Holds(const std::string& member, const TopicPartition& partition) const {
  const auto found = slots_.find(partition);
  return found != slots_.end() && found->second.owner == member;
}

uint64_t Group::Committed(const TopicPartition& partition) const {
  const auto found = committed_.find(partition);
  return found == committed_.end() ? 0 : found->second;
}

void Group::SetCommitted(const TopicPartition& partition, uint64_t next_offset) {
  committed_[partition] = next_offset;
}

void Group::Balance() {
  std::map<std::string, std::vector<Slot*>> topics;
  for (auto& [partition, slot] : slots_) topics[partition.topic].push_back(&slot);
  for (const auto& [topic, slots] : topics) BalanceTopic(slots);
}

// Every member gets the same number of a topic's partitions, give or take one, and keeps as many as
// it may of those that it has. Members that have most come first, so that the odd partition stays
// where it is.
void Group::BalanceTopic(const std::vector<Slot*>& slots) {
  const std::set<std::string>& wanted_by = slots.front()->wanted_by;
  if (wanted_by.empty()) return;
  std::map<std::string, size_t> held;
  for (const std::string& member : wanted_by) held[member] = 0;
  for (const Slot* slot : slots) {
    if (const auto found = held.find(slot->target); found != held.end()) ++found->second;
  }
  std::vector<std::pair<std::string, size_t>> order(held.begin(), held.end());
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [](const auto& member) { return member.second; });
  std::map<std::string, size_t> room;
  for (size_t i = 0; i < order.size(); ++i) {
    room[order[i].first] = slots.size() / order.size() + (i < slots.size() % order.size() ? 1 : 0);
  }
  for (Slot* slot : slots) {
    const auto found = room.find(slot->target);
    if (found != room.end() && found->second > 0) {
      --found->second;
    } else {
      slot->target.clear();
    }
  }
  auto next = room.begin();
  for (Slot* slot : slots) {
    if (!slot->target.empty()) continue;
    while (next->second == 0) ++next;
    slot->target = next->first;
    --next->second;
  }
}

}  // namespace centralita::eventlog
