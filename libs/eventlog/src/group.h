// Which member of a group has which partition. Pure: knows no thread and no file.
//
// A partition moves in three steps, so that it never has two owners: its owner learns that it is
// revoked, comes back (or leaves), and only then the next owner gets it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "centralita/eventlog/eventlog.h"

namespace centralita::eventlog {

// Not thread-safe.
class Group final {
 public:
  struct Changes {
    std::vector<TopicPartition> assigned;
    std::vector<TopicPartition> revoked;
    // Something became free that another member waits for.
    bool freed = false;
    // The member has what it is meant to have.
    bool settled = false;
  };

  // False if there is a member of this name. `partitions`: all those of the topics that it wants.
  bool Join(const std::string& member, const std::vector<TopicPartition>& partitions);
  // Frees what the member has.
  void Leave(const std::string& member);
  // What the member has to know. What was revoked by its last call becomes free.
  Changes Poll(const std::string& member);
  // True also for what is revoked and not yet free.
  bool Holds(const std::string& member, const TopicPartition& partition) const;

  // The group's next offset to read; 0 if it never committed.
  uint64_t Committed(const TopicPartition& partition) const;
  void SetCommitted(const TopicPartition& partition, uint64_t next_offset);

 private:
  struct Slot {
    std::set<std::string> wanted_by;
    // Empty: nobody.
    std::string owner;
    std::string target;
    bool releasing = false;
  };
  void Balance();
  void BalanceTopic(const std::vector<Slot*>& slots);

  std::map<TopicPartition, Slot> slots_;
  std::set<std::string> members_;
  std::map<TopicPartition, uint64_t> committed_;
};

}  // namespace centralita::eventlog
