#include "metrics_service.h"

#include <utility>

#include "centralita/rpc/status.h"

namespace centralita::metrics {
namespace {

template <typename Response>
grpc::Status Answer(absl::StatusOr<Response> result, Response* response) {
  if (!result.ok()) return rpc::ToGrpc(result.status());
  *response = *std::move(result);
  return grpc::Status::OK;
}

}  // namespace

grpc::Status MetricsService::GetOverview(grpc::ServerContext* context, const v1::GetOverviewRequest* request,
                                         v1::GetOverviewResponse* response) {
  return Answer(counts_.Overview(request->tenant()), response);
}

grpc::Status MetricsService::ListQueues(grpc::ServerContext* context, const v1::ListQueuesRequest* request,
                                        v1::ListQueuesResponse* response) {
  return Answer(counts_.Queues(request->tenant()), response);
}

grpc::Status MetricsService::Trace(grpc::ServerContext* context, const v1::TraceRequest* request,
                                   v1::TraceResponse* response) {
  return Answer(tracer_.Trace(*request), response);
}

grpc::Status MetricsService::ListDeadLetters(grpc::ServerContext* context, const v1::ListDeadLettersRequest* request,
                                             v1::ListDeadLettersResponse* response) {
  return Answer(letters_.List(*request), response);
}

grpc::Status MetricsService::ReplayDeadLetters(grpc::ServerContext* context,
                                               const v1::ReplayDeadLettersRequest* request,
                                               v1::ReplayDeadLettersResponse* response) {
  return Answer(letters_.Replay(*request), response);
}

}  // namespace centralita::metrics
