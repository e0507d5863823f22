#include "lease_keeper.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/store/leases.h"

namespace centralita::router {
namespace {

constexpr base::Duration kLook{250};

}  // namespace

LeaseKeeper::LeaseKeeper(store::Store& store, const base::Clock& clock, telemetry::Logger& logger,
                         OwnerHub& hub, stage::StageRunner& runner, std::string address,
                         std::unique_ptr<eventlog::Producer> producer)
    : store_(store),
      clock_(clock),
      logger_(logger),
      hub_(hub),
      runner_(runner),
      address_(std::move(address)),
      producer_(std::move(producer)),
      watch_(store::kLeaseTime) {
  periodic_ = std::make_unique<base::Periodic>(kLook, [this] { Turn(); });
  hub_.OnChange([this] { periodic_->Wake(); });
}

LeaseKeeper::~LeaseKeeper() {
  hub_.OnChange(nullptr);
  periodic_.reset();
  held_.merge(hub_.Owned());
  // The lease runs out by itself if the store is away.
  store::LeaveLeases(store_, store::kDispatchOwners, LeasesOf(held_)).IgnoreError();
}

void LeaseKeeper::Turn() {
  const auto now = clock_.Monotonic();
  const bool due = !looked_at_.has_value() || now - *looked_at_ >= store::kLeaseRenewal;
  const std::set<uint32_t> owned = hub_.Owned();
  // One that another has is free soon, when that one has gone.
  if (due || owned != held_ || !others_.empty()) Renew(owned);
  if (!due) return;
  looked_at_ = now;
  AskForIncarnations();
  DeclareLost();
}

std::map<std::string, std::string> LeaseKeeper::LeasesOf(
    const std::set<uint32_t>& partitions) const {
  std::map<std::string, std::string> leases;
  for (const uint32_t partition : partitions) leases.emplace(std::to_string(partition), address_);
  return leases;
}

void LeaseKeeper::Renew(const std::set<uint32_t>& owned) {
  std::set<uint32_t> lost;
  std::ranges::set_difference(held_, owned, std::inserter(lost, lost.end()));
  absl::Status status = store::LeaveLeases(store_, store::kDispatchOwners, LeasesOf(lost));
  auto others = store::HoldLeases(store_, store::kDispatchOwners, LeasesOf(owned));
  status.Update(others.status());
  if (!status.ok()) {
    if (!std::exchange(store_away_, true))
      logger_.Warning("owner lease not renewed", {{"error", status}});
    return;
  }
  store_away_ = false;
  held_ = owned;
  for (const auto& [partition, address] : *others) {
    if (others_.contains(partition)) continue;
    logger_.Warning("owner lease is another's until he gives it up or it runs out",
                    {{"partition", partition}, {"address", address}});
  }
  others_ = *std::move(others);
}

void LeaseKeeper::AskForIncarnations() {
  runner_.Post([known = known_](std::vector<stage::Partition>& owned) {
    std::map<uint32_t, std::set<std::string>> incarnations;
    for (stage::Partition& partition : owned) {
      const auto list = static_cast<const dispatch::Dispatch&>(partition.machine).Incarnations();
      incarnations[partition.partition].insert(list.begin(), list.end());
    }
    const std::scoped_lock lock(known->mutex);
    known->incarnations = std::move(incarnations);
  });
}

void LeaseKeeper::DeclareLost() {
  const auto leases = store::LiveLeases(store_, store::kGatewayLeases);
  if (!leases.ok()) return;  // Nobody is declared lost by a store that does not answer.
  std::set<std::string> live;
  for (const auto& [incarnation, unused] : *leases) live.insert(incarnation);

  std::map<uint32_t, std::set<std::string>> incarnations;
  {
    const std::scoped_lock lock(known_->mutex);
    incarnations = known_->incarnations;
  }
  // What was asked for while it was owned here may be another's now.
  const std::set<uint32_t> owned = hub_.Owned();
  std::erase_if(incarnations, [&](const auto& each) { return !owned.contains(each.first); });
  std::set<std::string> known;
  for (const auto& [partition, list] : incarnations) known.insert(list.begin(), list.end());
  for (const std::string& lost : watch_.Lost(known, live, clock_.Monotonic())) {
    logger_.Warning("gateway lost: its lease has run out", {{"incarnation", lost}});
    commands::v1::Command command;
    command.mutable_gateway_lost()->set_incarnation(lost);
    for (const auto& [partition, list] : incarnations) {
      if (!list.contains(lost)) continue;
      // A refused append is made good a lease time later, since the shard will still hold the
      // sessions.
      producer_
          ->Append({.topic = std::string(base::topics::kCommands),
                    .partition = partition,
                    .key = "",
                    .value = command.SerializeAsString(),
                    .tombstone = false},
                   [](absl::StatusOr<uint64_t>) {})
          .IgnoreError();
    }
  }
}

}  // namespace centralita::router
