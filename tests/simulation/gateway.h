// A gateway: agents' sessions, the way of their commands into the log, and of owners' frames to
// them. Plays services/gateway by its rules (docs/message-flow.md), on the simulation's time.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/owner/v1/owner.pb.h"
#include "tests/simulation/agent.h"
#include "tests/simulation/disks.h"
#include "tests/simulation/router.h"

namespace centralita::simulation {

class Gateway final {
 public:
  Gateway(Disks& disks, int number, std::vector<Agent>& agents);

  // A connection of this agent; an older one, here or elsewhere, is not told of by anybody but its
  // own gateway.
  void Arrive(Agent& agent);
  void SetStatus(Agent& agent, commands::v1::PresenceStatus status);
  // The connection is gone; the shard hears of it when the command is flushed.
  void Lose(Agent& agent);
  void Send(commands::v1::Command command);

  int number() const { return number_; }

  // Appends what waits, at most `count`.
  void Flush(uint32_t count);
  // A producer that had no answer appends the last ones again.
  void Resend(uint32_t count);

  // Looks for the owner of the partition anew, and takes that router for it.
  void Watch(uint32_t partition, Router& router);
  // Whether a stream for the partition is there and has not ended.
  bool Watches(uint32_t partition) const;
  const Router* Watched(uint32_t partition) const;
  // Gives the agents what has come for the partition.
  void Deliver(uint32_t partition);
  // The offset of the resync, if nothing has come behind the last one since this was asked.
  std::optional<uint64_t> TakeResynced(uint32_t partition);
  // It is gone, and there again as another incarnation, which declares the old one lost.
  void Crash();

 private:
  class Stream;
  struct Link {
    std::shared_ptr<Stream> stream;
    const Router* router = nullptr;
    // The highest offset ever seen of the partition, whoever sent it.
    uint64_t seen = 0;
    // A resync has come on this stream.
    bool live = false;
    // Of the last frame, if it was a resync.
    std::optional<uint64_t> resynced;
  };

  Agent* AgentAt(std::string_view session);
  void Take(uint32_t partition, Link& link, const owner::v1::WatchResponse& frame);
  void Presence(const Agent& agent, const std::string& session,
                commands::v1::PresenceStatus status);
  void Append(const std::string& key, uint32_t partition, const std::string& value);

  struct Sent {
    std::string key;
    uint32_t partition = 0;
    std::string value;
  };

  Disks& disks_;
  const int number_;
  std::vector<Agent>& agents_;
  uint32_t incarnations_ = 0;
  std::string incarnation_;
  uint64_t sequence_ = 0;
  uint64_t sessions_ = 0;
  std::deque<commands::v1::Command> outbox_;
  std::vector<Sent> sent_;
  std::map<uint32_t, Link> links_;
};

}  // namespace centralita::simulation
