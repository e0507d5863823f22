// The policy's versions of a process that has its log for itself.
#pragma once

#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/versions/v1/versions.grpc.pb.h"

namespace centralita::node {

// One call publishes at a time. Thread-safe; what it is given outlives it.
class PolicyVersionsService final : public versions::v1::PolicyVersionsService::Service {
 public:
  PolicyVersionsService(eventlog::EventLog& log, const app::PolicyWatcher& watcher,
                        const base::Clock& clock)
      : log_(log), watcher_(watcher), clock_(clock) {}

  grpc::Status PublishPolicy(grpc::ServerContext* context,
                             const versions::v1::PublishPolicyRequest* request,
                             versions::v1::PublishPolicyResponse* response) override;
  grpc::Status ListPolicyVersions(grpc::ServerContext* context,
                                  const versions::v1::ListPolicyVersionsRequest* request,
                                  versions::v1::ListPolicyVersionsResponse* response) override;
  grpc::Status GetPolicyVersion(grpc::ServerContext* context,
                                const versions::v1::GetPolicyVersionRequest* request,
                                versions::v1::GetPolicyVersionResponse* response) override;

 private:
  // The tenant whose key the caller has.
  absl::StatusOr<std::string> Caller(const grpc::ServerContext& context) const;
  absl::Status Publish(const std::string& tenant, const versions::v1::PublishPolicyRequest& request,
                       versions::v1::PublishPolicyResponse& response);

  eventlog::EventLog& log_;
  const app::PolicyWatcher& watcher_;
  const base::Clock& clock_;
  std::mutex publishing_;
};

}  // namespace centralita::node
