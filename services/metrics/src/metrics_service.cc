#include "metrics_service.h"

#include <chrono>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/rpc/status.h"

namespace centralita::metrics {
namespace {

constexpr std::chrono::hours kLongestExport{2};

template <typename Response>
grpc::Status Answer(absl::StatusOr<Response> result, Response* response) {
  if (!result.ok()) return rpc::ToGrpc(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

std::string Metadata(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

}  // namespace

absl::StatusOr<std::string> MetricsService::Caller(const grpc::ServerContext& context,
                                                   const std::string& asked) const {
  std::string tenant = Metadata(context, "x-tenant");
  ABSL_RETURN_IF_ERROR(access_.Check(tenant, Metadata(context, "x-api-key")));
  if (asked.empty() || asked == tenant) return tenant;
  return base::Error(
      absl::StatusCode::kPermissionDenied, "other_tenant",
      "A question is answered for the tenant of its key. Ask with x-tenant and a key of that one.");
}

grpc::Status MetricsService::GetOverview(grpc::ServerContext* context,
                                         const v1::GetOverviewRequest* request,
                                         v1::GetOverviewResponse* response) {
  const auto tenant = Caller(*context, request->tenant());
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  return Answer(counts_.Overview(*tenant), response);
}

grpc::Status MetricsService::ListQueues(grpc::ServerContext* context,
                                        const v1::ListQueuesRequest* request,
                                        v1::ListQueuesResponse* response) {
  const auto tenant = Caller(*context, request->tenant());
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  return Answer(counts_.Queues(*tenant), response);
}

grpc::Status MetricsService::Trace(grpc::ServerContext* context, const v1::TraceRequest* request,
                                   v1::TraceResponse* response) {
  const auto tenant = Caller(*context, request->tenant());
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  v1::TraceRequest own = *request;
  own.set_tenant(*tenant);
  return Answer(tracer_.Trace(own), response);
}

grpc::Status MetricsService::ListDeadLetters(grpc::ServerContext* context,
                                             const v1::ListDeadLettersRequest* request,
                                             v1::ListDeadLettersResponse* response) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  return Answer(letters_.List(*tenant, *request), response);
}

grpc::Status MetricsService::ReplayDeadLetters(grpc::ServerContext* context,
                                               const v1::ReplayDeadLettersRequest* request,
                                               v1::ReplayDeadLettersResponse* response) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  return Answer(letters_.Replay(*tenant, *request), response);
}

grpc::Status MetricsService::ExportCorrections(
    grpc::ServerContext* context, const v1::ExportCorrectionsRequest* request,
    grpc::ServerWriter<v1::ExportCorrectionsResponse>* writer) {
  const auto tenant = Caller(*context);
  if (!tenant.ok()) return rpc::ToGrpc(tenant.status());
  // One is served at a time, and whoever reads nothing of it must not shut the others out for ever.
  if (context->deadline() > std::chrono::system_clock::now() + kLongestExport) {
    return rpc::ToGrpc(base::Error(absl::StatusCode::kInvalidArgument, "deadline_wanted",
                                   "Ask for corrections with a deadline of at most two hours."));
  }
  if (exporting_.exchange(true)) {
    return rpc::ToGrpc(base::Error(absl::StatusCode::kResourceExhausted, "export_running",
                                   "Corrections are being exported; try again when that is done."));
  }
  const absl::Status status = corrections_.Export(
      *tenant, *request, [&] { return !context->IsCancelled(); },
      [&](const v1::ExportCorrectionsResponse& response) { return writer->Write(response); });
  exporting_ = false;
  return rpc::ToGrpc(status);
}

}  // namespace centralita::metrics
