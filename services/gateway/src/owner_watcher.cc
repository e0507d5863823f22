#include "owner_watcher.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <utility>
#include <vector>

#include "centralita/owner/v1/owner.grpc.pb.h"
#include "centralita/store/leases.h"

namespace centralita::gateway {
namespace {

constexpr base::Duration kReconcileInterval{250};
// One that cannot be reached is tried again after 1, 2, 4, ... turns; at most so many.
constexpr int kMostTurns = 4;

}  // namespace

// One Watch call, of one partition. Its end is reported once; whoever destroys it cancels and waits
// for that end.
class OwnerStream final : public grpc::ClientReadReactor<owner::v1::WatchResponse> {
 public:
  OwnerStream(OwnerWatcher& watcher, std::string address, uint32_t partition,
              const std::shared_ptr<grpc::Channel>& channel, const std::string& incarnation,
              bool again, telemetry::Logger& logger)
      : watcher_(watcher),
        address_(std::move(address)),
        partition_(partition),
        again_(again),
        logger_(logger),
        stub_(owner::v1::OwnerService::NewStub(channel)) {
    request_.set_incarnation(incarnation);
    request_.add_partitions(partition);
    stub_->async()->Watch(&context_, &request_, this);
    StartRead(&frame_);
    StartCall();
  }

  ~OwnerStream() override {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return done_; });
  }

  const std::string& address() const { return address_; }
  // It brings nothing more.
  bool over() const {
    const std::scoped_lock lock(mutex_);
    return done_ || refused_;
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    brought_ = true;
    if (watcher_.OnFrame(std::move(frame_))) {
      frame_.Clear();
      StartRead(&frame_);
      return;
    }
    {
      const std::scoped_lock lock(mutex_);
      refused_ = true;
    }
    context_.TryCancel();
  }

  void OnDone(const grpc::Status& status) override {
    // The first of a row says it.
    if (!again_ || brought_) {
      logger_.Info(
          "owner stream ended",
          {{"address", address_}, {"partition", partition_}, {"reason", status.error_message()}});
    }
    // Nothing of this object is touched after the lock is given up: the destructor may run then.
    const std::scoped_lock lock(mutex_);
    done_ = true;
    ended_.notify_all();
  }

 private:
  OwnerWatcher& watcher_;
  const std::string address_;
  const uint32_t partition_;
  // The one before brought nothing either.
  const bool again_;
  // By gRPC's calls, one after another.
  bool brought_ = false;
  telemetry::Logger& logger_;
  const std::unique_ptr<owner::v1::OwnerService::Stub> stub_;
  grpc::ClientContext context_;
  owner::v1::WatchRequest request_;
  owner::v1::WatchResponse frame_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool refused_ = false;
  bool done_ = false;
};

OwnerWatcher::OwnerWatcher(store::Store& store, RouterChannels& routers, CommandWriter& commands,
                           SessionTable& sessions, History& history, telemetry::Logger& logger)
    : store_(store),
      routers_(routers),
      commands_(commands),
      sessions_(sessions),
      history_(history),
      logger_(logger) {
  reconcile_ = std::make_unique<base::Periodic>(kReconcileInterval, [this] { Reconcile(); });
}

OwnerWatcher::~OwnerWatcher() {
  reconcile_.reset();
  std::map<uint32_t, std::shared_ptr<OwnerStream>> streams;
  {
    const std::scoped_lock lock(mutex_);
    streams.swap(streams_);
  }
}

bool OwnerWatcher::AllWatched() const {
  const std::scoped_lock lock(mutex_);
  const auto live = std::ranges::count_if(seen_, [](const auto& each) { return each.second.live; });
  return static_cast<uint32_t>(live) == commands_.partitions();
}

// Brings the streams in line with who owns what by the store's leases. A partition that has not
// moved keeps its stream, whatever happens to others of its owner.
void OwnerWatcher::Reconcile() {
  const auto leases = store::LiveLeases(store_, store::kDispatchOwners);
  if (!leases.ok()) return;  // The streams that are there go on.
  std::map<uint32_t, std::string> owners;
  for (const auto& [name, address] : *leases) {
    uint32_t partition = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), partition);
    if (error == std::errc() && end == name.data() + name.size()) owners[partition] = address;
  }
  std::map<uint32_t, std::shared_ptr<OwnerStream>> ended;
  {
    const std::scoped_lock lock(mutex_);
    for (auto stream = streams_.begin(); stream != streams_.end();) {
      const auto owner = owners.find(stream->first);
      const bool same = owner != owners.end() && owner->second == stream->second->address();
      const auto each = stream++;
      if (same && !each->second->over()) continue;
      ended.insert(streams_.extract(each));
    }
  }
  std::map<uint32_t, std::string> dark;
  for (const auto& [partition, stream] : ended) dark.emplace(partition, stream->address());
  ended.clear();  // Waits: from here on nothing more comes of them.
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [partition, address] : dark) {
      // Whoever was heard of, or has given way to another, is tried at once.
      const bool was_live = std::exchange(seen_[partition].live, false);
      const auto owner = owners.find(partition);
      if (was_live || owner == owners.end() || owner->second != address) {
        setbacks_.erase(partition);
        continue;
      }
      Setback& setback = setbacks_[partition];
      setback.address = address;
      setback.turns = std::min(1 << std::min(setback.failures++, 16), kMostTurns);
    }
    for (const auto& [partition, stream] : streams_) owners.erase(partition);
  }
  for (const auto& [partition, address] : owners) {
    if (!IsDue(partition, address)) continue;
    auto stream = std::make_shared<OwnerStream>(
        *this, address, partition, routers_.ChannelTo(address), commands_.incarnation(),
        setbacks_.contains(partition), logger_);
    const std::scoped_lock lock(mutex_);
    streams_.emplace(partition, std::move(stream));
  }
}

bool OwnerWatcher::IsDue(uint32_t partition, const std::string& address) {
  const auto setback = setbacks_.find(partition);
  if (setback == setbacks_.end()) return true;
  if (setback->second.address == address) return --setback->second.turns <= 0;
  setbacks_.erase(setback);
  return true;
}

// Whether agents are to see it.
bool OwnerWatcher::Take(const owner::v1::WatchResponse& frame) {
  const std::scoped_lock lock(mutex_);
  Seen& seen = seen_[frame.partition()];
  // A resync at what was seen last is of the same state; whatever else is not above is older.
  const bool newer = frame.resync() ? frame.offset() >= seen.offset : frame.offset() > seen.offset;
  if (!newer || (!seen.live && !frame.resync())) return false;
  seen = {.offset = frame.offset(), .live = true};
  return true;
}

bool OwnerWatcher::OnFrame(owner::v1::WatchResponse frame) {
  if (!Take(frame)) {
    ++dropped_frames_;
    if (!frame.resync()) return true;
    logger_.Warning("owner is behind what agents have seen; it is asked again",
                    {{"partition", frame.partition()}, {"offset", frame.offset()}});
    return false;
  }
  Fill(frame);
  if (frame.resync()) {
    DeliverResync(frame);
    return true;
  }
  for (auto& update : *frame.mutable_updates()) {
    const auto session = sessions_.Find(update.session());
    if (session == nullptr) continue;
    if (update.update().has_closing()) {
      session->Close(update.update().closing().reason());
    } else {
      session->Deliver(std::move(*update.mutable_update()));
    }
  }
  return true;
}

// A session that the shard does not know has nothing, and must make itself known (again): its
// gateway may have been declared lost while it was only slow.
void OwnerWatcher::DeliverResync(owner::v1::WatchResponse& frame) {
  std::set<std::string> known;
  for (auto& update : *frame.mutable_updates()) {
    known.insert(update.session());
    if (const auto session = sessions_.Find(update.session()))
      session->Deliver(std::move(*update.mutable_update()));
  }
  for (const auto& session : sessions_.All()) {
    if (known.contains(session->id())) continue;
    if (commands_.PartitionOf(session->agent().tenant, session->agent().pool) != frame.partition())
      continue;
    gateway::v1::Update nothing;
    nothing.mutable_resync();
    session->Deliver(std::move(nothing));
    session->Announce();
  }
}

void OwnerWatcher::Fill(owner::v1::WatchResponse& frame) {
  std::vector<History::Views> all;
  for (auto& update : *frame.mutable_updates()) {
    const auto add = [&](auto* holder) {
      if (holder->messages_size() > 0)
        all.push_back({update.tenant(), holder->customer_id(), holder->mutable_messages()});
    };
    gateway::v1::Update& inner = *update.mutable_update();
    if (inner.has_offer()) {
      add(inner.mutable_offer()->mutable_work());
    } else if (inner.has_assigned()) {
      add(inner.mutable_assigned()->mutable_work());
    } else if (inner.has_messages_added()) {
      add(inner.mutable_messages_added());
    } else if (inner.has_resync()) {
      for (auto& offer : *inner.mutable_resync()->mutable_offers()) add(offer.mutable_work());
      for (auto& assigned : *inner.mutable_resync()->mutable_assigned())
        add(assigned.mutable_work());
    }
  }
  if (!all.empty()) history_.Fill(all);
}

}  // namespace centralita::gateway
