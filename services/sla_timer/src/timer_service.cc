#include "timer_service.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/rpc/status.h"

namespace centralita::sla_timer {
namespace {

std::string Metadata(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

}  // namespace

absl::StatusOr<std::string> TimerService::Caller(const grpc::ServerContext& context,
                                                 const std::string& asked) const {
  std::string tenant = Metadata(context, "x-tenant");
  ABSL_RETURN_IF_ERROR(access_.Check(tenant, Metadata(context, "x-api-key")));
  if (asked.empty() || asked == tenant) return tenant;
  return base::Error(
      absl::StatusCode::kPermissionDenied, "other_tenant",
      "A question is answered for the tenant of its key. Ask with x-tenant and a key of that one.");
}

absl::StatusOr<timer::v1::ListTimersResponse> TimerService::List(
    const std::string& tenant, const timer::v1::ListTimersRequest& request) {
  ABSL_ASSIGN_OR_RETURN(ListScan made, ListScan::Create(tenant, request));
  const auto scan = std::make_shared<ListScan>(std::move(made));
  const std::scoped_lock lock(mutex_);
  ABSL_RETURN_IF_ERROR(timers_.Ask(scan));
  return scan->Answer();
}

grpc::Status TimerService::ListTimers(grpc::ServerContext* context,
                                      const timer::v1::ListTimersRequest* request,
                                      timer::v1::ListTimersResponse* response) {
  const auto tenant = Caller(*context, request->tenant());
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  auto list = List(*tenant, *request);
  if (!list.ok()) return rpc::ToGrpc(list.status());
  *response = *std::move(list);
  return grpc::Status::OK;
}

grpc::Status TimerService::Peek(grpc::ServerContext* context, const timer::v1::PeekRequest* request,
                                timer::v1::PeekResponse* response) {
  const auto tenant = Caller(*context, request->tenant());
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  const auto scan = std::make_shared<PeekScan>(*tenant);
  const std::scoped_lock lock(mutex_);
  const absl::Status asked = timers_.Ask(scan);
  if (!asked.ok()) return rpc::ToGrpc(asked);
  *response = scan->Answer();
  return grpc::Status::OK;
}

}  // namespace centralita::sla_timer
