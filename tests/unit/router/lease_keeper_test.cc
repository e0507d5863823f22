#include "lease_keeper.h"

#include <atomic>
#include <thread>

#include "centralita/router/app.h"
#include "centralita/store/leases.h"
#include "fixture.h"

namespace centralita::router {
namespace {

using commands::v1::Command;

// Time that tests can shift, on top of the real one, which the threads below need.
class ShiftedClock final : public base::Clock {
 public:
  base::TimePoint Now() const override { return real_.Now(); }
  std::chrono::steady_clock::time_point Monotonic() const override {
    return real_.Monotonic() + shift_.load();
  }
  void Shift(base::Duration by) { shift_ = shift_.load() + by; }

 private:
  base::SystemClock real_;
  std::atomic<base::Duration> shift_{base::Duration(0)};
};

class LeaseKeeperTest : public RouterFixture {
 protected:
  std::unique_ptr<RouterApp> Run() {
    auto created = RouterApp::Create({.route = false, .dispatch = true, .member = "0"},
                                     {.log = log(),
                                      .store = *backends_.store,
                                      .clock = shifted_,
                                      .logger = *logger_,
                                      .metrics = metrics_});
    EXPECT_TRUE(created.ok()) << created.status();
    EXPECT_TRUE((*created)->Start("router-0:7400").ok());
    return *std::move(created);
  }
  std::map<std::string, std::string> Owners() {
    return store::LiveLeases(*backends_.store, store::kDispatchOwners)
        .value_or(std::map<std::string, std::string>());
  }
  // Waits on the router's own renewals, some of which are two seconds apart.
  void WaitForOwners(size_t count) {
    const auto until = clock_.Monotonic() + kLimit;
    while (Owners().size() != count) ASSERT_LT(clock_.Monotonic(), until);
  }

  ShiftedClock shifted_;
};

TEST_F(LeaseKeeperTest, OwnersAreRegisteredAndGoneWithTheRouter) {
  const auto router = Run();
  WaitForOwners(4);
  for (const auto& [partition, address] : Owners())
    EXPECT_EQ(address, "router-0:7400") << partition;
  ASSERT_TRUE(router->Drain(kLimit).ok());
  EXPECT_TRUE(Owners().empty());
}

TEST_F(LeaseKeeperTest, WhatAnotherOwnerHasRegisteredStaysHisUntilHeGivesItUp) {
  const std::string kind(store::kDispatchOwners);
  ASSERT_TRUE(backends_.store
                  ->Commit({.partition = kind,
                            .conditions = {},
                            .puts = {{"2", "router-1:7400", base::Duration(0)}},
                            .erases = {}})
                  .ok());
  {
    const auto router = Run();
    WaitForOwners(4);
    EXPECT_EQ(Owners()["1"], "router-0:7400");
    // A renewal and more.
    shifted_.Shift(store::kLeaseRenewal);
    ASSERT_TRUE(router->Drain(kLimit).ok());
  }
  EXPECT_EQ(Owners(), (std::map<std::string, std::string>{{"2", "router-1:7400"}}))
      << "neither taken nor erased";
  const auto router = Run();
  WaitForOwners(4);
  ASSERT_TRUE(
      store::LeaveLeases(*backends_.store, store::kDispatchOwners, {{"2", "router-1:7400"}}).ok());
  const auto until = clock_.Monotonic() + kLimit;
  while (Owners()["2"] != "router-0:7400") ASSERT_LT(clock_.Monotonic(), until);
}

TEST_F(LeaseKeeperTest, AGatewayWithoutALeaseIsDeclaredLostAndOneWithALeaseIsNot) {
  ASSERT_TRUE(store::RenewLeases(*backends_.store, store::kGatewayLeases, {{"gw-live", ""}}).ok());
  ActivatePool();
  Present("ana", "gw-dead");
  Present("boris", "gw-live");
  const auto router = Run();
  // Whole lease times pass between two looks, while the live one renews.
  std::atomic<bool> stop{false};
  std::thread time([&] {
    while (!stop) {
      store::RenewLeases(*backends_.store, store::kGatewayLeases, {{"gw-live", ""}}).IgnoreError();
      shifted_.Shift(base::Duration(100));
    }
  });
  const Command lost = WaitFor<Command>(base::topics::kCommands, ShardPartition(),
                                        [](const Command& c) { return c.has_gateway_lost(); });
  EXPECT_EQ(lost.gateway_lost().incarnation(), "gw-dead");
  // The shard has heard of it.
  WaitFor<events::v1::Event>(
      base::topics::kEvents, base::PartitionOf(base::TenantKey("acme", "pool/care"), 4),
      [](const auto& e) {
        return e.presence().agent_id() == "ana" &&
               e.presence().status() != commands::v1::PRESENCE_STATUS_AVAILABLE;
      });
  stop = true;
  time.join();
}

}  // namespace
}  // namespace centralita::router
