// Who watches which partition, and what he gets. Lives between the stage's thread, which brings
// updates, and gRPC's threads, which bring watchers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "centralita/owner/v1/owner.pb.h"
#include "centralita/stage/stage_runner.h"

namespace centralita::router {

// A gateway's stream. Thread-safe; must not block.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // False when more waits to be sent than the stream may hold: the watcher is ended then, and comes
  // again.
  virtual bool Send(owner::v1::WatchResponse frame) = 0;
  virtual void End(const absl::Status& status) = 0;
};

class OwnerHub final : public stage::StageObserver {
 public:
  // Set once, before the stage runs.
  void set_runner(stage::StageRunner* runner) { runner_ = runner; }

  // Sends a resync of each partition, then updates, until Remove(). A partition that is not owned
  // here has its resync once it is; FAILED_PRECONDITION through End() when none is owned (any
  // more).
  void Add(const owner::v1::WatchRequest& request, std::shared_ptr<Watcher> watcher);
  void Remove(const Watcher* watcher);
  // For good: whoever comes later is ended at once too.
  void EndAll(const absl::Status& status);

  // Partitions that may act.
  std::set<uint32_t> Owned() const;
  // Called at once when these change, on the stage's thread; must not block or call the hub. Null:
  // nobody any more.
  void OnChange(std::function<void()> changed);

  void OnCaughtUp(stage::Partition& partition) override;
  void OnLost(uint32_t partition) override;
  void OnNotified(uint32_t partition, uint64_t offset, stage::Updates&& updates) override;

 private:
  struct Watch {
    std::string incarnation;
    std::set<uint32_t> wanted;
    // Partitions that have had their resync.
    std::set<uint32_t> live;
    std::shared_ptr<Watcher> watcher;
    // What the present record has for it; empty between records.
    owner::v1::WatchResponse frame;
  };

  // Gives the update to the frames of those who watch its agent's gateway.
  void Share(uint32_t partition, std::unique_ptr<google::protobuf::MessageLite> update);
  void Resync(std::vector<stage::Partition>& owned);
  // What a watch that wants it, and is not live in it yet, begins with. False: it has been ended.
  static bool Begin(Watch& watch, const stage::Partition& partition);
  bool OwnsAny(const std::set<uint32_t>& wanted) const;

  stage::StageRunner* runner_ = nullptr;
  mutable std::mutex mutex_;
  // Not OK once EndAll() was called.
  absl::Status closed_;
  std::vector<Watch> watches_;
  std::set<uint32_t> owned_;
  std::function<void()> changed_;
};

}  // namespace centralita::router
