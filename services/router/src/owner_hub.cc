#include "owner_hub.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

absl::Status NotOwned(const std::set<uint32_t>& wanted) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "not_owner",
                     fmt::format("This router does not own partition {} of commands; look its "
                                 "owner up again.",
                                 fmt::join(wanted, ", ")));
}

absl::Status TooSlow() {
  return absl::ResourceExhaustedError("The gateway reads too slowly; it is resynchronised.");
}

}  // namespace

void OwnerHub::Add(const owner::v1::WatchRequest& request, std::shared_ptr<Watcher> watcher) {
  {
    const std::scoped_lock lock(mutex_);
    if (!closed_.ok()) return watcher->End(closed_);
    Watch watch{.incarnation = request.incarnation(),
                .wanted = {request.partitions().begin(), request.partitions().end()},
                .live = {},
                .watcher = std::move(watcher),
                .frame = {}};
    if (!OwnsAny(watch.wanted)) return watch.watcher->End(NotOwned(watch.wanted));
    watches_.push_back(std::move(watch));
  }
  // Only the stage's thread may read the state.
  runner_->Post([this](std::vector<stage::Partition>& owned) { Resync(owned); });
  runner_->Wake();
}

bool OwnerHub::OwnsAny(const std::set<uint32_t>& wanted) const {
  return std::ranges::any_of(wanted, [this](uint32_t each) { return owned_.contains(each); });
}

void OwnerHub::Resync(std::vector<stage::Partition>& owned) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(watches_, [&](Watch& watch) {
    return !std::ranges::all_of(
        owned, [&](const stage::Partition& partition) { return Begin(watch, partition); });
  });
}

bool OwnerHub::Begin(Watch& watch, const stage::Partition& partition) {
  if (!watch.wanted.contains(partition.partition) || watch.live.contains(partition.partition))
    return true;
  owner::v1::WatchResponse frame;
  frame.set_partition(partition.partition);
  frame.set_offset(partition.next_offset);
  frame.set_resync(true);
  static_cast<const dispatch::Dispatch&>(partition.machine)
      .ForEachAgentUpdate(watch.incarnation, [&frame](const owner::v1::AgentUpdate& update) {
        *frame.add_updates() = update;
      });
  watch.live.insert(partition.partition);
  if (watch.watcher->Send(std::move(frame))) return true;
  watch.watcher->End(TooSlow());
  return false;
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

void OwnerHub::OnChange(std::function<void()> changed) {
  const std::scoped_lock lock(mutex_);
  changed_ = std::move(changed);
}

void OwnerHub::OnCaughtUp(stage::Partition& partition) {
  const std::scoped_lock lock(mutex_);
  owned_.insert(partition.partition);
  std::erase_if(watches_, [&](Watch& watch) { return !Begin(watch, partition); });
  if (changed_) changed_();
}

void OwnerHub::OnLost(uint32_t partition) {
  const std::scoped_lock lock(mutex_);
  if (owned_.erase(partition) == 0) return;
  std::erase_if(watches_, [&](Watch& watch) {
    watch.live.erase(partition);
    if (OwnsAny(watch.wanted)) return false;
    watch.watcher->End(NotOwned(watch.wanted));
    return true;
  });
  if (changed_) changed_();
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
    watch.watcher->End(TooSlow());
    return true;
  });
}

}  // namespace centralita::router
