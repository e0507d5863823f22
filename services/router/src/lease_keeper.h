// Housekeeping of dispatch's owner: registers the partitions it owns, at once when they change, and
// declares gateways lost. What another owner has registered meanwhile stays his.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/base/periodic.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/stage/stage_runner.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "gateway_watch.h"
#include "owner_hub.h"

namespace centralita::router {

class LeaseKeeper final {
 public:
  LeaseKeeper(store::Store& store, const base::Clock& clock, telemetry::Logger& logger,
              OwnerHub& hub, stage::StageRunner& runner, std::string address,
              std::unique_ptr<eventlog::Producer> producer);
  // Gives the leases up.
  ~LeaseKeeper();

 private:
  void Turn();
  void Renew(const std::set<uint32_t>& owned);
  std::map<std::string, std::string> LeasesOf(const std::set<uint32_t>& partitions) const;
  void AskForIncarnations();
  void DeclareLost();

  store::Store& store_;
  const base::Clock& clock_;
  telemetry::Logger& logger_;
  OwnerHub& hub_;
  stage::StageRunner& runner_;
  const std::string address_;
  std::unique_ptr<eventlog::Producer> producer_;
  GatewayWatch watch_;
  // Of the periodic thread: whose leases were last taken or renewed, whose are another's, and when.
  std::set<uint32_t> held_;
  std::map<std::string, std::string> others_;
  bool store_away_ = false;
  std::optional<std::chrono::steady_clock::time_point> looked_at_;

  // Filled on the stage's thread. Shared, since a job may run after this object has gone.
  struct Known {
    std::mutex mutex;
    std::map<uint32_t, std::set<std::string>> incarnations;
  };
  std::shared_ptr<Known> known_ = std::make_shared<Known>();
  std::unique_ptr<base::Periodic> periodic_;
};

}  // namespace centralita::router
