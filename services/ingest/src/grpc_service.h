// IngestService over gRPC's callback API. Requests and responses are raw bytes (see wire.h).
#pragma once

#include <memory>

#include "centralita/app/policy_watcher.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "intake.h"

namespace centralita::ingest {

class StreamSet;

using Rpc = v1::IngestService;
using RawIngestService = Rpc::WithRawCallbackMethod_Submit<Rpc::WithRawCallbackMethod_SubmitBatch<
    Rpc::WithRawCallbackMethod_SubmitStream<Rpc::WithRawCallbackMethod_SubmitSignals<
        Rpc::WithRawCallbackMethod_LinkHandle<Rpc::Service>>>>>;

struct GrpcOptions {
  // In one request or frame.
  size_t max_items = 1000;
  // Frames of one stream that are not answered yet; beyond it, no further ones are read.
  size_t max_frames_in_flight = 64;
};

// Thread-safe. References outlive it; it outlives the server.
class GrpcService final : public RawIngestService {
 public:
  GrpcService(const GrpcOptions& options, const app::PolicyWatcher& policy, Intake& intake,
              IngestMetrics& metrics);
  ~GrpcService() override;

  // Streams read no further frame, answer what they took, and end with UNAVAILABLE.
  void EndStreams();

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* SubmitBatch(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* SubmitStream(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* SubmitSignals(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* LinkHandle(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  const GrpcOptions options_;
  const app::PolicyWatcher& policy_;
  Intake& intake_;
  IngestMetrics& metrics_;
  const std::unique_ptr<StreamSet> streams_;
};

}  // namespace centralita::ingest
