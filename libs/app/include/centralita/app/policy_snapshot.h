// A whole version of each tenant's policy, as one immutable value.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

struct TenantPolicy {
  std::string tenant;
  uint64_t version = 0;
  policy::v1::TenantSection settings;
  policy::v1::ClassifierSection classifier;
  policy::v1::RouteSection route;
  // Sorted by name.
  std::vector<policy::v1::PoolSection> pools;
  policy::v1::AgentsSection agents;
  policy::v1::CalendarsSection calendars;
  policy::v1::VersionManifest manifest;
};

struct PolicySnapshot {
  std::map<std::string, std::shared_ptr<const TenantPolicy>, std::less<>> tenants;

  // Null if there is no such tenant.
  const TenantPolicy* Find(std::string_view tenant) const {
    const auto it = tenants.find(tenant);
    return it == tenants.end() ? nullptr : it->second.get();
  }
};

}  // namespace centralita::app
