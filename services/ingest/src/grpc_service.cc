#include "grpc_service.h"

#include <optional>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/strings.h"
#include "centralita/rpc/status.h"
#include "grpc_bytes.h"
#include "grpc_stream.h"
#include "wire.h"

namespace centralita::ingest {
namespace {

// One second fills a tenant's bucket, and is kind to a log that is busy.
constexpr char kPushback[] = "grpc-retry-pushback-ms";
constexpr char kPushbackMillis[] = "1000";

// If every item was refused for a reason that has nothing to do with it, the call as a whole
// failed: the status says so, and a client with a retry policy tries again by itself.
std::optional<absl::Status> CallError(const std::vector<ItemResult>& results) {
  if (results.empty()) return std::nullopt;
  for (const ItemResult& result : results) {
    if (!result.has_error() || result.error().code() != results.front().error().code())
      return std::nullopt;
  }
  const common::v1::ItemError& error = results.front().error();
  switch (RemedyOf(error.code())) {
    case Remedy::kRetry:
      return base::Error(absl::StatusCode::kUnavailable, error.code(), error.message());
    case Remedy::kSlowDown:
      return base::Error(absl::StatusCode::kResourceExhausted, error.code(), error.message());
    case Remedy::kFix:
    case Remedy::kShrink:
      return std::nullopt;
  }
  return std::nullopt;
}

// What every unary method does around its own: authenticate, read, and answer when all is durable.
class UnaryCall final {
 public:
  UnaryCall(grpc::CallbackServerContext* context, grpc::ByteBuffer* response,
            IngestMetrics& metrics)
      : context_(context),
        reactor_(context->DefaultReactor()),
        response_(response),
        metrics_(metrics) {}

  grpc::ServerUnaryReactor* reactor() const { return reactor_; }

  // The request as a whole; its items are not counted one by one.
  grpc::ServerUnaryReactor* Refuse(const absl::Status& status) const {
    metrics_.refused.With(base::ReasonOf(status)).Add();
    Fail(status);
    return reactor_;
  }

  void Fail(const absl::Status& status) const {
    if (status.code() == absl::StatusCode::kUnavailable ||
        status.code() == absl::StatusCode::kResourceExhausted) {
      context_->AddTrailingMetadata(kPushback, kPushbackMillis);
    }
    reactor_->Finish(rpc::ToGrpc(status));
  }

  template <typename Response>
  void Answer(std::vector<ItemResult> results,
              void (*fill)(std::vector<ItemResult>, Response&)) const {
    if (const auto error = CallError(results)) return Fail(*error);
    Response message;
    fill(std::move(results), message);
    *response_ = ToBuffer(message);
    reactor_->Finish(grpc::Status::OK);
  }

 private:
  grpc::CallbackServerContext* context_;
  grpc::ServerUnaryReactor* reactor_;
  grpc::ByteBuffer* response_;
  IngestMetrics& metrics_;
};

template <typename Response>
void FillResults(std::vector<ItemResult> results, Response& response) {
  for (ItemResult& result : results) *response.add_results() = std::move(result);
}

void FillOne(std::vector<ItemResult> results, v1::SubmitResponse& response) {
  *response.mutable_result() = std::move(results.front());
}

void FillError(std::vector<ItemResult> results, v1::LinkHandleResponse& response) {
  if (results.front().has_error())
    *response.mutable_error() = std::move(*results.front().mutable_error());
}

}  // namespace

GrpcService::GrpcService(const GrpcOptions& options, const app::PolicyWatcher& policy,
                         Intake& intake, IngestMetrics& metrics)
    : options_(options),
      policy_(policy),
      intake_(intake),
      metrics_(metrics),
      streams_(std::make_unique<StreamSet>()) {}

GrpcService::~GrpcService() = default;

void GrpcService::EndStreams() { streams_->EndAll(); }

grpc::ServerUnaryReactor* GrpcService::Submit(grpc::CallbackServerContext* context,
                                              const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const UnaryCall call(context, response, metrics_);
  const auto caller = Authenticate(policy_, CredentialsOf(*context));
  auto item = ReadSubmit(ToString(*request));
  if (!caller.ok() || !item.ok()) return call.Refuse(caller.ok() ? item.status() : caller.status());
  MessageItems items;
  items.push_back(*std::move(item));
  intake_.Messages(*caller, std::move(items), [call](std::vector<ItemResult> results) {
    call.Answer(std::move(results), &FillOne);
  });
  return call.reactor();
}

grpc::ServerUnaryReactor* GrpcService::SubmitBatch(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request,
                                                   grpc::ByteBuffer* response) {
  const UnaryCall call(context, response, metrics_);
  const auto caller = Authenticate(policy_, CredentialsOf(*context));
  auto items = ReadSubmitBatch(ToString(*request), options_.max_items);
  if (!caller.ok() || !items.ok())
    return call.Refuse(caller.ok() ? items.status() : caller.status());
  intake_.Messages(*caller, *std::move(items), [call](std::vector<ItemResult> results) {
    call.Answer(std::move(results), &FillResults<v1::SubmitBatchResponse>);
  });
  return call.reactor();
}

grpc::ServerUnaryReactor* GrpcService::SubmitSignals(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  const UnaryCall call(context, response, metrics_);
  const auto caller = Authenticate(policy_, CredentialsOf(*context));
  auto items = ReadSubmitSignals(ToString(*request), options_.max_items);
  if (!caller.ok() || !items.ok())
    return call.Refuse(caller.ok() ? items.status() : caller.status());
  intake_.Signals(*caller, *std::move(items), [call](std::vector<ItemResult> results) {
    call.Answer(std::move(results), &FillResults<v1::SubmitSignalsResponse>);
  });
  return call.reactor();
}

grpc::ServerUnaryReactor* GrpcService::LinkHandle(grpc::CallbackServerContext* context,
                                                  const grpc::ByteBuffer* request,
                                                  grpc::ByteBuffer* response) {
  const UnaryCall call(context, response, metrics_);
  const auto caller = Authenticate(policy_, CredentialsOf(*context));
  if (!caller.ok()) return call.Refuse(caller.status());
  intake_.Link(
      *caller, ReadLinkHandle(ToString(*request)),
      [call](std::vector<ItemResult> results) { call.Answer(std::move(results), &FillError); });
  return call.reactor();
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* GrpcService::SubmitStream(
    grpc::CallbackServerContext* context) {
  return StreamSet::Start(*streams_, {.credentials = CredentialsOf(*context),
                                      .policy = policy_,
                                      .intake = intake_,
                                      .metrics = metrics_,
                                      .max_items = options_.max_items,
                                      .max_frames_in_flight = options_.max_frames_in_flight});
}

}  // namespace centralita::ingest
