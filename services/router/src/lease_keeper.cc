#include "lease_keeper.h"

#include <utility>

#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/store/leases.h"

namespace centralita::router {

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
  periodic_ = std::make_unique<base::Periodic>(store::kLeaseRenewal, [this] {
    Renew();
    AskForIncarnations();
    DeclareLost();
  });
}

LeaseKeeper::~LeaseKeeper() {
  periodic_.reset();
  std::vector<std::string> names;
  for (const uint32_t partition : hub_.Owned()) names.push_back(std::to_string(partition));
  // The lease runs out by itself if the store is away.
  store::EndLeases(store_, store::kDispatchOwners, names).IgnoreError();
}

void LeaseKeeper::Renew() {
  std::map<std::string, std::string> leases;
  for (const uint32_t partition : hub_.Owned()) leases.emplace(std::to_string(partition), address_);
  if (const absl::Status status = store::RenewLeases(store_, store::kDispatchOwners, leases);
      !status.ok()) {
    logger_.Warning("owner lease not renewed", {{"error", status}});
  }
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
