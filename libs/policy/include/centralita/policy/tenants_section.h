// Reads `tenants:` of the policy file: who may send, and in which languages their customers write.
#pragma once

#include <string>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/policy/secret.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::policy {

struct TenantDraft {
  std::string id;
  v1::TenantSection section;
};

// At least one tenant is asked for. In the order of the file.
std::vector<TenantDraft> ReadTenants(config::MapReader& policy, const SecretFileReader& read_file);

}  // namespace centralita::policy
