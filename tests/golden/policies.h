// A small shop's policy, in each version that its lives need.
#pragma once

#include <cstdint>
#include <vector>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::golden {

inline constexpr char kTenant[] = "acme";
inline constexpr int kAgentsPerPool = 4;

routing::v1::RoutingRecord RoutePolicy(uint64_t version);
// One for each pool: care, sales.
std::vector<commands::v1::Command> PoolPolicies(uint64_t version);

}  // namespace centralita::golden
