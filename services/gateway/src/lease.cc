#include "lease.h"

#include <utility>

#include "centralita/store/leases.h"

namespace centralita::gateway {

GatewayLease::GatewayLease(store::Store& store, const base::Clock& clock, telemetry::Logger& logger,
                           std::string incarnation, std::function<void()> at_risk)
    : store_(store),
      clock_(clock),
      logger_(logger),
      incarnation_(std::move(incarnation)),
      at_risk_(std::move(at_risk)),
      renewed_(clock.Monotonic()) {
  periodic_ = std::make_unique<base::Periodic>(store::kLeaseRenewal / 2, [this] { Renew(); });
}

GatewayLease::~GatewayLease() {
  periodic_.reset();
  store::EndLeases(store_, store::kGatewayLeases, {incarnation_})
      .IgnoreError();  // It runs out by itself otherwise.
}

void GatewayLease::Renew() {
  const auto asked = clock_.Monotonic();
  const absl::Status status =
      store::RenewLeases(store_, store::kGatewayLeases, {{incarnation_, ""}});
  if (status.ok()) {
    // A process that was frozen for so long may have been declared lost meanwhile, and the shards
    // take nothing from those sessions any more: agents are to come again, under new ones.
    if (asked - renewed_ >= store::kLeaseTime) at_risk_();
    renewed_ = asked;
    return;
  }
  logger_.Warning("lease not renewed", {{"error", status}});
  if (clock_.Monotonic() - renewed_ >= store::kLeaseTime - store::kLeaseRenewal) at_risk_();
}

}  // namespace centralita::gateway
