#include "owner_watcher.h"

#include <grpcpp/grpcpp.h>

#include <charconv>
#include <condition_variable>
#include <utility>

#include "centralita/owner/v1/owner.grpc.pb.h"
#include "centralita/store/leases.h"

namespace centralita::gateway {
namespace {

constexpr base::Duration kReconcileInterval{250};

}  // namespace

// One Watch call. Its end is reported once; whoever destroys it cancels and waits for that end.
class OwnerStream final : public grpc::ClientReadReactor<owner::v1::WatchResponse> {
 public:
  OwnerStream(OwnerWatcher& watcher, std::string address, std::set<uint32_t> partitions,
              const std::shared_ptr<grpc::Channel>& channel, const std::string& incarnation,
              telemetry::Logger& logger)
      : watcher_(watcher),
        address_(std::move(address)),
        partitions_(std::move(partitions)),
        logger_(logger),
        stub_(owner::v1::OwnerService::NewStub(channel)) {
    request_.set_incarnation(incarnation);
    for (const uint32_t partition : partitions_) request_.add_partitions(partition);
    stub_->async()->Watch(&context_, &request_, this);
    StartRead(&frame_);
    StartCall();
  }

  ~OwnerStream() override {
    context_.TryCancel();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return done_; });
  }

  const std::set<uint32_t>& partitions() const { return partitions_; }
  bool done() const {
    const std::scoped_lock lock(mutex_);
    return done_;
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    watcher_.OnFrame(std::move(frame_));
    frame_.Clear();
    StartRead(&frame_);
  }

  void OnDone(const grpc::Status& status) override {
    logger_.Info("owner stream ended", {{"address", address_}, {"reason", status.error_message()}});
    // Nothing of this object is touched after the lock is given up: the destructor may run then.
    const std::scoped_lock lock(mutex_);
    done_ = true;
    ended_.notify_all();
  }

 private:
  OwnerWatcher& watcher_;
  const std::string address_;
  const std::set<uint32_t> partitions_;
  telemetry::Logger& logger_;
  const std::unique_ptr<owner::v1::OwnerService::Stub> stub_;
  grpc::ClientContext context_;
  owner::v1::WatchRequest request_;
  owner::v1::WatchResponse frame_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
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
  std::map<std::string, std::shared_ptr<OwnerStream>> streams;
  {
    const std::scoped_lock lock(mutex_);
    streams.swap(streams_);
  }
}

bool OwnerWatcher::AllWatched() const {
  const std::scoped_lock lock(mutex_);
  return seen_.size() == commands_.partitions();
}

// Brings the streams in line with who owns what by the store's leases.
void OwnerWatcher::Reconcile() {
  const auto leases = store::LiveLeases(store_, store::kDispatchOwners);
  if (!leases.ok()) return;  // The streams that are there go on.
  std::map<std::string, std::set<uint32_t>> owners;
  for (const auto& [name, address] : *leases) {
    uint32_t partition = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), partition);
    if (error == std::errc() && end == name.data() + name.size()) owners[address].insert(partition);
  }
  std::vector<std::shared_ptr<OwnerStream>> ended;
  {
    const std::scoped_lock lock(mutex_);
    for (auto stream = streams_.begin(); stream != streams_.end();) {
      const auto owner = owners.find(stream->first);
      if (!stream->second->done() && owner != owners.end() &&
          owner->second == stream->second->partitions()) {
        ++stream;
        continue;
      }
      for (const uint32_t partition : stream->second->partitions()) seen_.erase(partition);
      ended.push_back(std::move(stream->second));
      stream = streams_.erase(stream);
    }
  }
  ended.clear();
  for (const auto& [address, partitions] : owners) {
    {
      const std::scoped_lock lock(mutex_);
      if (streams_.contains(address)) continue;
    }
    auto stream = std::make_shared<OwnerStream>(
        *this, address, partitions, routers_.ChannelTo(address), commands_.incarnation(), logger_);
    const std::scoped_lock lock(mutex_);
    streams_.emplace(address, std::move(stream));
  }
}

void OwnerWatcher::OnFrame(owner::v1::WatchResponse frame) {
  {
    const std::scoped_lock lock(mutex_);
    const auto seen = seen_.find(frame.partition());
    if (!frame.resync() && (seen == seen_.end() || frame.offset() <= seen->second)) return;
    seen_[frame.partition()] = frame.offset();
  }
  for (auto& update : *frame.mutable_updates()) Fill(update);
  if (frame.resync()) {
    DeliverResync(frame);
    return;
  }
  for (auto& update : *frame.mutable_updates()) {
    if (const auto session = sessions_.Find(update.session()))
      session->Deliver(std::move(*update.mutable_update()));
  }
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

void OwnerWatcher::Fill(owner::v1::AgentUpdate& update) {
  const auto fill = [&](gateway::v1::WorkView* work) {
    history_.Fill(update.tenant(), work->customer_id(), *work->mutable_messages());
  };
  gateway::v1::Update& inner = *update.mutable_update();
  if (inner.has_offer()) {
    fill(inner.mutable_offer()->mutable_work());
  } else if (inner.has_assigned()) {
    fill(inner.mutable_assigned()->mutable_work());
  } else if (inner.has_messages_added()) {
    auto& added = *inner.mutable_messages_added();
    history_.Fill(update.tenant(), added.customer_id(), *added.mutable_messages());
  } else if (inner.has_resync()) {
    for (auto& offer : *inner.mutable_resync()->mutable_offers()) fill(offer.mutable_work());
    for (auto& assigned : *inner.mutable_resync()->mutable_assigned())
      fill(assigned.mutable_work());
  }
}

}  // namespace centralita::gateway
