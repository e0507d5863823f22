#include "owner_hub.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/dispatch/dispatch.h"

namespace centralita::router {
namespace {

std::string_view IncarnationOf(std::string_view session) {
  return session.substr(0, session.find('/'));
}

absl::Status NotOwned(uint32_t partition) {
  return base::Error(
      absl::StatusCode::kFailedPrecondition, "not_owner",
      fmt::format("Partition {} of commands is not owned by this router; look its owner up again.",
                  partition));
}

}  // namespace

void OwnerHub::Add(const owner::v1::WatchRequest& request, std::shared_ptr<Watcher> watcher) {
  {
    const std::scoped_lock lock(mutex_);
    if (!closed_.ok()) return watcher->End(closed_);
    // A router that runs route alone.
    if (runner_ == nullptr)
      return watcher->End(NotOwned(request.partitions().empty() ? 0 : request.partitions(0)));
    Watch watch{.incarnation = request.incarnation(),
                .wanted = {},
                .live = {},
                .watcher = std::move(watcher),
                .frame = {}};
    watch.wanted.insert(request.partitions().begin(), request.partitions().end());
    watches_.push_back(std::move(watch));
  }
  // Only the stage's thread may read the state.
  runner_->Post([this](std::vector<stage::Partition>& owned) { Resync(owned); });
  runner_->Wake();
}

void OwnerHub::Resync(std::vector<stage::Partition>& owned) {
  const std::scoped_lock lock(mutex_);
  for (auto watch = watches_.begin(); watch != watches_.end();) {
    absl::Status end;
    for (const uint32_t wanted : watch->wanted) {
      if (watch->live.contains(wanted)) continue;
      const auto found = std::ranges::find(owned, wanted, &stage::Partition::partition);
      if (found == owned.end()) {
        end = NotOwned(wanted);
        break;
      }
      owner::v1::WatchResponse frame;
      frame.set_partition(wanted);
      frame.set_offset(found->next_offset);
      frame.set_resync(true);
      static_cast<const dispatch::Dispatch&>(found->machine)
          .ForEachAgentUpdate(watch->incarnation, [&frame](const owner::v1::AgentUpdate& update) {
            *frame.add_updates() = update;
          });
      watch->live.insert(wanted);
      if (!watch->watcher->Send(std::move(frame))) {
        end = absl::ResourceExhaustedError("The gateway reads too slowly; it is resynchronised.");
        break;
      }
    }
    if (end.ok()) {
      ++watch;
    } else {
      watch->watcher->End(end);
      watch = watches_.erase(watch);
    }
  }
}

void OwnerHub::Remove(const Watcher* watcher) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(watches_, [watcher](const Watch& watch) { return watch.watcher.get() == watcher; });
}

void OwnerHub::EndAll(const absl::Status& status) {
  const std::scoped_lock lock(mutex_);
  closed_ = status;
  for (Watch& watch : watches_) watch.watcher->End(status);
  watches_.clear();
}

std::set<uint32_t> OwnerHub::Owned() const {
  const std::scoped_lock lock(mutex_);
  return owned_;
}

void OwnerHub::OnCaughtUp(stage::Partition& partition) {
  const std::scoped_lock lock(mutex_);
  owned_.insert(partition.partition);
}

void OwnerHub::OnLost(uint32_t partition) {
  const std::scoped_lock lock(mutex_);
  owned_.erase(partition);
  std::erase_if(watches_, [partition](Watch& watch) {
    if (!watch.wanted.contains(partition)) return false;
    watch.watcher->End(NotOwned(partition));
    return true;
  });
}

// Normally one watches, and gets the update itself; copies are for the others.
void OwnerHub::Share(uint32_t partition, std::unique_ptr<google::protobuf::MessageLite> update) {
  const auto& agent = static_cast<const owner::v1::AgentUpdate&>(*update);
  const std::string_view incarnation = IncarnationOf(agent.session());
  Watch* last = nullptr;
  for (Watch& watch : watches_) {
    if (watch.incarnation != incarnation || !watch.live.contains(partition)) continue;
    if (last != nullptr) *last->frame.add_updates() = agent;
    last = &watch;
  }
  if (last == nullptr) return;
  last->frame.mutable_updates()->AddAllocated(
      static_cast<owner::v1::AgentUpdate*>(update.release()));
}

void OwnerHub::OnNotified(uint32_t partition, uint64_t offset, stage::Updates&& updates) {
  const std::scoped_lock lock(mutex_);
  for (auto& update : updates) Share(partition, std::move(update));
  std::erase_if(watches_, [&](Watch& watch) {
    if (watch.frame.updates().empty()) return false;
    owner::v1::WatchResponse frame = std::exchange(watch.frame, {});
    frame.set_partition(partition);
    frame.set_offset(offset + 1);
    if (watch.watcher->Send(std::move(frame))) return false;
    watch.watcher->End(
        absl::ResourceExhaustedError("The gateway reads too slowly; it is resynchronised."));
    return true;
  });
}

}  // namespace centralita::router
