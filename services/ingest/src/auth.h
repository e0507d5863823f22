// Who sends: the tenant by its id and one of its API keys.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/app/policy_watcher.h"

namespace centralita::ingest {

// What a request says of its sender; the key only as its hash.
struct Credentials {
  std::string tenant;
  std::string key_sha256;

  static Credentials Of(std::string_view tenant, std::string_view api_key);
};

// An authenticated sender, under the policy of this moment.
struct Caller {
  std::shared_ptr<const app::PolicySnapshot> snapshot;
  // Within the snapshot.
  const app::TenantPolicy* policy = nullptr;
};

// UNAUTHENTICATED with the reason missing_tenant, missing_api_key, unknown_tenant or wrong_key;
// UNAVAILABLE with policy_loading while the policy was not read.
absl::StatusOr<Caller> Authenticate(const app::PolicyWatcher& policy,
                                    const Credentials& credentials);

}  // namespace centralita::ingest
