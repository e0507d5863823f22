// Who is alive and who owns what, as entries of the store that run out: gateways by incarnation,
// owners of partitions.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "centralita/store/store.h"

namespace centralita::store {

// Partitions of the store that hold leases.
inline constexpr std::string_view kGatewayLeases = "lease/gateway";
inline constexpr std::string_view kDispatchOwners = "lease/dispatch";

inline constexpr base::Duration kLeaseTime{6000};
inline constexpr base::Duration kLeaseRenewal{2000};

// Takes or renews leases for kLeaseTime: name -> value (an address; may be empty).
absl::Status RenewLeases(Store& store, std::string_view kind,
                         const std::map<std::string, std::string>& leases);

// The same of those alone that are free or have our value already, so that who was asleep takes
// nothing back from who came after him. Returns the others: name -> whose value it has.
absl::StatusOr<std::map<std::string, std::string>> HoldLeases(
    Store& store, std::string_view kind, const std::map<std::string, std::string>& leases);

// Gives up at once those that still have our value.
absl::Status LeaveLeases(Store& store, std::string_view kind,
                         const std::map<std::string, std::string>& leases);

// Gives leases up at once, whoever has them.
absl::Status EndLeases(Store& store, std::string_view kind, const std::vector<std::string>& names);

// All that have not run out.
absl::StatusOr<std::map<std::string, std::string>> LiveLeases(Store& store, std::string_view kind);

}  // namespace centralita::store
