// Watches the owners of all partitions of `commands` and brings their updates to the agents'
// sessions.
//
// What an agent sees is what his shard knew at one offset, and then each change in order: so it is
// never more than his capacity, as the shard's own state never is. For that a partition has one
// stream at a time (the next is opened when the last has ended), a stream begins with a resync, and
// nothing goes back behind an offset that agents have seen, whoever says it.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "centralita/base/periodic.h"
#include "centralita/gateway/ports.h"
#include "centralita/owner/v1/owner.pb.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "command_writer.h"
#include "history.h"
#include "session.h"

namespace centralita::gateway {

class OwnerStream;

class OwnerWatcher final {
 public:
  OwnerWatcher(store::Store& store, RouterChannels& routers, CommandWriter& commands,
               SessionTable& sessions, History& history, telemetry::Logger& logger);
  ~OwnerWatcher();

  // Every partition is watched and has had its resync.
  bool AllWatched() const;
  // Frames that were not shown, since agents had seen what came later.
  uint64_t dropped_frames() const { return dropped_frames_; }

  // By a stream. False: it begins behind what agents have seen, so its owner is to be asked again.
  bool OnFrame(owner::v1::WatchResponse frame);

 private:
  struct Seen {
    // The highest that agents have seen; kept when the stream ends.
    uint64_t offset = 0;
    // Its present stream has brought a resync.
    bool live = false;
  };

  // Of an owner whose stream ended before its resync.
  struct Setback {
    std::string address;
    int failures = 0;
    // Of reconciling, until it is tried again.
    int turns = 0;
  };

  void Reconcile();
  // Whether the owner is to be tried now.
  bool IsDue(uint32_t partition, const std::string& address);
  bool Take(const owner::v1::WatchResponse& frame);
  void DeliverResync(owner::v1::WatchResponse& frame);
  // Texts, for a whole frame at once.
  void Fill(owner::v1::WatchResponse& frame);

  store::Store& store_;
  RouterChannels& routers_;
  CommandWriter& commands_;
  SessionTable& sessions_;
  History& history_;
  telemetry::Logger& logger_;

  mutable std::mutex mutex_;
  std::map<uint32_t, std::shared_ptr<OwnerStream>> streams_;
  // Of the log as it is: whoever makes its topics anew starts all processes anew.
  std::map<uint32_t, Seen> seen_;
  std::atomic<uint64_t> dropped_frames_{0};
  // Used by the reconciling thread alone.
  std::map<uint32_t, Setback> setbacks_;
  std::unique_ptr<base::Periodic> reconcile_;
};

}  // namespace centralita::gateway
