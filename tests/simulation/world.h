// The whole system of a simulation: two routers, two gateways, eight agents, customers, and who
// watches over it all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "tests/simulation/agent.h"
#include "tests/simulation/customers.h"
#include "tests/simulation/disks.h"
#include "tests/simulation/gateway.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/reference.h"
#include "tests/simulation/router.h"
#include "tests/simulation/script.h"

namespace centralita::simulation {

class World final {
 public:
  World();

  // Does it, and looks at everything.
  absl::Status Do(const Step& step);
  // All faults end, all agents come and work, until nothing is left to do.
  absl::Status Settle();

  int64_t now_ms() const { return base::ToUnixMillis(disks_.clock.Now()); }
  uint64_t messages() const { return customers_.delivered().size(); }
  uint64_t commands() const { return dispatch_.applied(); }
  uint64_t repeats() const { return route_.repeats() + dispatch_.repeats(); }
  uint64_t crashes() const { return crashes_; }

 private:
  static constexpr size_t kRouters = 2;

  void DoCustomers(const Step& step);
  void DoAgents(const Step& step);
  void DoGateways(const Step& step);
  absl::Status DoRouters(const Step& step);
  void DoFaults(const Step& step);
  void DoStore(const Step& step);

  void ActivateNextPolicy();
  void Start(size_t number);
  absl::Status Turn(size_t number);
  // What has crashed is cleared away.
  void Bury(size_t number);
  Router* RouterOf(uint32_t number) { return routers_[number % kRouters].get(); }
  void SendFrom(Agent& agent, std::optional<commands::v1::Command> command);
  void Append(std::string_view topic, uint32_t partition, const std::string& key,
              const std::string& value);
  void AppendCommand(const commands::v1::Command& command);
  void Leave(Agent& agent);
  // A stream to whoever owns the partition, for every gateway that has none.
  void WatchOwners();
  absl::Status Check();
  absl::Status CheckAgents() const;
  // Whoever has just been told everything sees everything.
  absl::Status CheckResyncs();
  // Every agent sees what his shard says that he has.
  absl::Status CheckViews();
  absl::Status CompareViews();
  absl::Status CompareView(const Agent& agent);
  // All take a turn and give what they have; then so much time has passed.
  absl::Status Round(base::Duration passes);

  Disks disks_;
  Oracle oracle_;
  Reference route_;
  Reference dispatch_;
  Customers customers_{disks_};
  std::vector<Agent> agents_;
  std::unique_ptr<Router> routers_[kRouters];
  std::vector<std::unique_ptr<Gateway>> gateways_;
  std::optional<testing::StoreDisk::Contents> kept_store_;
  uint64_t policy_ = 0;
  uint64_t started_ = 0;
  uint64_t crashes_ = 0;
};

}  // namespace centralita::simulation
