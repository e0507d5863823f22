// Where versions of a policy are kept: the log of a cluster or of a stopped `centralita up`, or a
// running one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_versions.h"
#include "client/cluster.h"

namespace CLI {
class App;
}  // namespace CLI

namespace centralita::client {

// Errors are those of app/policy_publisher.h and app/policy_versions.h.
class PolicyHost {
 public:
  virtual ~PolicyHost() = default;
  virtual absl::StatusOr<std::vector<app::PolicyVersion>> List(const std::string& tenant) = 0;
  // 0: the one in force for all.
  virtual absl::StatusOr<app::StoredPolicy> Read(const std::string& tenant, uint64_t version) = 0;
  virtual absl::StatusOr<app::PublishResult> Publish(
      const std::string& tenant, std::vector<policy::v1::PolicySection> sections,
      const std::string& by, const app::PublishOptions& options) = 0;
  // 0: the one before.
  virtual absl::StatusOr<app::PublishResult> Restore(const std::string& tenant, uint64_t version,
                                                     const std::string& by,
                                                     const app::PublishOptions& options) = 0;
};

struct PolicyHostOptions {
  std::string server;
  std::string api_key;
  std::string api_key_file;
  std::string data;
  ClusterOptions cluster;

  // --server with --api-key, --data, and those of a cluster.
  void AddTo(CLI::App& app);
};

absl::StatusOr<std::unique_ptr<PolicyHost>> OpenPolicyHost(const PolicyHostOptions& options);

}  // namespace centralita::client
