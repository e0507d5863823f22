#include "centralita/gateway/watched_directory.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/app/api_key.h"
#include "centralita/base/error.h"
#include "centralita/base/sha256.h"

namespace centralita::gateway {

absl::StatusOr<AgentIdentity> WatchedDirectory::Authenticate(const Credentials& credentials,
                                                             const std::string& agent_id) const {
  if (!watcher_.Loaded())
    return absl::UnavailableError("The policy is still being loaded; try again in a moment.");
  const auto policies = watcher_.Current();
  const app::TenantPolicy* policy = policies->Find(credentials.tenant);
  // The same answer for a tenant that is not there and for a wrong key: nobody learns who our
  // tenants are.
  const auto refuse = [] {
    return base::Error(
        absl::StatusCode::kUnauthenticated, "unauthenticated",
        "The key does not belong to this tenant. Send x-tenant and x-api-key, or x-agent-token.");
  };
  if (policy == nullptr) return refuse();
  const auto& agents = policy->agents.agents();
  const auto agent = std::ranges::find(agents, agent_id,
                                       [](const directory::v1::Agent& a) { return a.agent_id(); });
  const bool by_key = !credentials.api_key.empty() &&
                      app::HasApiKey(policy->settings, base::Sha256Hex(credentials.api_key));
  const bool by_token =
      !credentials.agent_token.empty() && agent != agents.end() && !agent->token_sha256().empty() &&
      app::EqualInConstantTime(agent->token_sha256(), base::Sha256Hex(credentials.agent_token));
  if (!by_key && !by_token) return refuse();
  if (agent == agents.end()) {
    return base::Error(absl::StatusCode::kNotFound, "unknown_agent",
                       fmt::format("No agent '{}' is in the policy of {}. Add it under `agents:`.",
                                   agent_id, credentials.tenant));
  }
  return AgentIdentity{.tenant = credentials.tenant,
                       .agent_id = agent->agent_id(),
                       .display_name = agent->display_name(),
                       .pool = agent->pool(),
                       .capacity_units = agent->capacity_units()};
}

}  // namespace centralita::gateway
