// Watches the owners of all partitions of `commands` and brings their updates to the agents'
// sessions.
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

  // By a stream.
  void OnFrame(owner::v1::WatchResponse frame);

 private:
  void Reconcile();
  void DeliverResync(owner::v1::WatchResponse& frame);
  void Fill(owner::v1::AgentUpdate& update);

  store::Store& store_;
  RouterChannels& routers_;
  CommandWriter& commands_;
  SessionTable& sessions_;
  History& history_;
  telemetry::Logger& logger_;

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<OwnerStream>> streams_;
  // partition -> the last frame's offset; absent before its resync.
  std::map<uint32_t, uint64_t> seen_;
  std::unique_ptr<base::Periodic> reconcile_;
};

}  // namespace centralita::gateway
