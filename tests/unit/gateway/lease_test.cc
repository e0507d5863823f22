#include "lease.h"

#include <atomic>
#include <future>

#include "centralita/store/leases.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

class GatewayLeaseTest : public GatewayFixture {
 protected:
  std::map<std::string, std::string> Live() {
    return store::LiveLeases(*backends_.store, store::kGatewayLeases)
        .value_or(std::map<std::string, std::string>());
  }
  base::ManualClock manual_{base::FromUnixMillis(1'800'000'000'000)};
};

TEST_F(GatewayLeaseTest, IsTakenAndGivenUp) {
  {
    GatewayLease lease(*store_, clock_, *logger_, "gw", [] { ADD_FAILURE() << "at risk"; });
    const auto until = clock_.Monotonic() + kLimit;
    while (!Live().contains("gw")) ASSERT_LT(clock_.Monotonic(), until);
  }
  EXPECT_FALSE(Live().contains("gw"));
}

TEST_F(GatewayLeaseTest, IsAtRiskWhenItCannotBeRenewedInTime) {
  std::promise<int> at_risk;
  std::atomic<int> asked{0};
  std::atomic<bool> told{false};
  // The second answer comes when the lease is about to end; the first one was no reason yet.
  store_->OnEach([&] {
    manual_.Advance(++asked == 1 ? base::Duration(1000) : store::kLeaseTime - store::kLeaseRenewal);
    return absl::UnavailableError("down");
  });
  GatewayLease lease(*store_, manual_, *logger_, "gw", [&] {
    if (!told.exchange(true)) at_risk.set_value(asked);
  });
  auto answer = at_risk.get_future();
  ASSERT_EQ(answer.wait_for(kLimit), std::future_status::ready);
  EXPECT_EQ(answer.get(), 2);
}

TEST_F(GatewayLeaseTest, IsAtRiskAfterTheProcessWasFrozenForLongerThanTheLease) {
  std::promise<int> at_risk;
  std::atomic<int> asked{0};
  std::atomic<bool> told{false};
  // Each renewal succeeds; the time between the second and the third is that of a frozen process.
  store_->OnEach([&] {
    manual_.Advance(++asked == 2 ? store::kLeaseTime : base::Duration(1000));
    return absl::OkStatus();
  });
  GatewayLease lease(*store_, manual_, *logger_, "gw", [&] {
    if (!told.exchange(true)) at_risk.set_value(asked);
  });
  auto answer = at_risk.get_future();
  ASSERT_EQ(answer.wait_for(kLimit), std::future_status::ready);
  EXPECT_EQ(answer.get(), 3);
}

}  // namespace
}  // namespace centralita::gateway
