// MetricsService over gRPC. Metadata of each call: "x-tenant" and "x-api-key"; the answer is of
// that tenant alone.
#pragma once

#include <atomic>

#include "centralita/metrics/app.h"
#include "centralita/metrics/corrections.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "dead_letters.h"
#include "tracer.h"

namespace centralita::metrics {

// The counts, as the service needs them. Thread-safe.
class Counts {
 public:
  virtual ~Counts() = default;
  virtual absl::StatusOr<v1::GetOverviewResponse> Overview(const std::string& tenant) = 0;
  virtual absl::StatusOr<v1::ListQueuesResponse> Queues(const std::string& tenant) = 0;
};

class MetricsService final : public v1::MetricsService::Service {
 public:
  MetricsService(Counts& counts, Tracer& tracer, DeadLetters& letters, Corrections corrections,
                 const Access& access)
      : counts_(counts),
        tracer_(tracer),
        letters_(letters),
        corrections_(std::move(corrections)),
        access_(access) {}

  grpc::Status GetOverview(grpc::ServerContext* context, const v1::GetOverviewRequest* request,
                           v1::GetOverviewResponse* response) override;
  grpc::Status ListQueues(grpc::ServerContext* context, const v1::ListQueuesRequest* request,
                          v1::ListQueuesResponse* response) override;
  grpc::Status Trace(grpc::ServerContext* context, const v1::TraceRequest* request,
                     v1::TraceResponse* response) override;
  grpc::Status ListDeadLetters(grpc::ServerContext* context,
                               const v1::ListDeadLettersRequest* request,
                               v1::ListDeadLettersResponse* response) override;
  grpc::Status ReplayDeadLetters(grpc::ServerContext* context,
                                 const v1::ReplayDeadLettersRequest* request,
                                 v1::ReplayDeadLettersResponse* response) override;
  // One at a time: it reads whole topics.
  grpc::Status ExportCorrections(
      grpc::ServerContext* context, const v1::ExportCorrectionsRequest* request,
      grpc::ServerWriter<v1::ExportCorrectionsResponse>* writer) override;

 private:
  // Whose call it is. PERMISSION_DENIED if it asks for another tenant's.
  absl::StatusOr<std::string> Caller(const grpc::ServerContext& context,
                                     const std::string& asked = "") const;

  Counts& counts_;
  Tracer& tracer_;
  DeadLetters& letters_;
  const Corrections corrections_;
  const Access& access_;
  std::atomic<bool> exporting_{false};
};

}  // namespace centralita::metrics
