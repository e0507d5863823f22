// Finds gateways that have gone without a word: those whose sessions a shard still knows and whose
// lease has run out.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "centralita/base/time.h"

namespace centralita::router {

// A lease must be seen missing for a whole lease time before its gateway counts as lost, so that a
// store that was emptied does not end everybody's sessions. Pure; not thread-safe.
class GatewayWatch final {
 public:
  explicit GatewayWatch(base::Duration lease_time) : lease_time_(lease_time) {}

  // `known`: incarnations that the shards hold sessions of; `live`: those with a lease. Returns
  // those newly lost.
  std::vector<std::string> Lost(const std::set<std::string>& known,
                                const std::set<std::string>& live,
                                std::chrono::steady_clock::time_point now);

 private:
  const base::Duration lease_time_;
  std::map<std::string, std::chrono::steady_clock::time_point> missing_since_;
};

}  // namespace centralita::router
