#include "centralita/ingest/app.h"

#include <fmt/format.h>
#include <grpcpp/channel.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/http/admin.h"
#include "centralita/rpc/server.h"
#include "grpc_service.h"
#include "http_api.h"
#include "identity_table.h"

namespace centralita::ingest {
namespace {

constexpr base::Duration kLastDrain{5000};
constexpr base::Duration kReadyPoll{5};

// Open when the identity table is whole and nobody wants ingest to stop.
class ReadyGate final : public Gate {
 public:
  explicit ReadyGate(const IdentityTable& table) : table_(table) {}

  absl::Status Open() const override {
    if (draining_) {
      return base::Error(absl::StatusCode::kUnavailable, code::kDraining,
                         "This server is leaving; send it again.");
    }
    return table_.Ready();
  }
  void Drain() { draining_ = true; }

 private:
  const IdentityTable& table_;
  std::atomic<bool> draining_{false};
};

absl::StatusOr<uint32_t> Partitions(const eventlog::EventLog& log, std::string_view topic) {
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo info, log.Describe(std::string(topic)));
  return info.spec.partitions;
}

class App final : public IngestApp {
 public:
  App(IngestOptions options, IngestDeps deps, const Topics& topics,
      std::unique_ptr<eventlog::Producer> producer)
      : options_(std::move(options)),
        deps_(deps),
        metrics_(deps.metrics),
        producer_(std::move(producer)),
        identity_(deps.store, options_.identity_cache_entries),
        table_({.log = deps.log,
                .store = deps.store,
                .clock = deps.clock,
                .logger = deps.logger,
                .identity = identity_,
                .failures = metrics_.identity_failures},
               options_.member),
        gate_(table_),
        intake_(MakeLimits(options_), topics,
                {.producer = *producer_,
                 .identity = identity_,
                 .clock = deps.clock,
                 .gate = gate_,
                 .metrics = metrics_}),
        service_({.max_items = options_.max_items_per_request,
                  .max_frames_in_flight = options_.max_frames_in_flight},
                 deps.policy, intake_, metrics_) {}

  ~App() override { Drain(kLastDrain).IgnoreError(); }

  absl::Status Start() override {
    ABSL_RETURN_IF_ERROR(table_.Start());
    rpc::ServerOptions grpc_options;
    grpc_options.host = options_.host;
    grpc_options.port = options_.grpc_port;
    grpc_options.max_message_bytes = static_cast<int>(options_.max_request_bytes);
    ABSL_ASSIGN_OR_RETURN(grpc_, rpc::Server::Start(grpc_options, {&service_}));
    http::ServerOptions http_options;
    http_options.host = options_.host;
    http_options.port = options_.http_port;
    http_options.threads = options_.http_threads;
    http_options.max_body_bytes = options_.max_request_bytes;
    http_options.max_connections = options_.max_http_connections;
    ABSL_ASSIGN_OR_RETURN(
        http_,
        http::Server::Start(http_options, HttpApi({.policy = deps_.policy,
                                                   .intake = intake_,
                                                   .metrics = metrics_,
                                                   .max_items = options_.max_items_per_request})));
    ABSL_RETURN_IF_ERROR(StartAdmin());
    deps_.logger.Info("ingest_listening", {{"grpc_port", grpc_port()}, {"http_port", http_port()}});
    return absl::OkStatus();
  }

  uint16_t grpc_port() const override { return grpc_ == nullptr ? 0 : grpc_->port(); }
  uint16_t http_port() const override { return http_ == nullptr ? 0 : http_->port(); }
  uint16_t admin_port() const override { return admin_ == nullptr ? 0 : admin_->port(); }
  std::shared_ptr<grpc::Channel> InProcessChannel() override { return grpc_->InProcessChannel(); }

  absl::Status Ready() const override {
    if (!deps_.policy.Loaded()) {
      return base::Error(absl::StatusCode::kUnavailable, "policy_loading",
                         "The policy is not read yet.");
    }
    return gate_.Open();
  }

  absl::Status Health() const override { return table_.Health(); }

  absl::Status WaitReady(base::Duration limit) const override {
    const auto deadline = deps_.clock.Monotonic() + limit;
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (absl::Status ready = Ready(); !ready.ok(); ready = Ready()) {
      if (deps_.clock.Monotonic() >= deadline) {
        return base::Error(absl::StatusCode::kDeadlineExceeded, base::ReasonOf(ready),
                           fmt::format("Ingest was not ready after {}: {}",
                                       base::FormatDuration(limit), std::string(ready.message())));
      }
      never.wait_for(lock, kReadyPoll);
    }
    return absl::OkStatus();
  }

  absl::Status Drain(base::Duration limit) override {
    std::lock_guard lock(drain_mutex_);
    if (std::exchange(drained_, true)) return absl::OkStatus();
    const auto deadline = deps_.clock.Monotonic() + limit;
    const auto left = [&] {
      return std::max(base::Duration(0), std::chrono::duration_cast<base::Duration>(
                                             deadline - deps_.clock.Monotonic()));
    };
    if (grpc_ != nullptr) grpc_->SetServing(false);
    gate_.Drain();
    service_.EndStreams();
    absl::Status status;
    if (http_ != nullptr) status.Update(http_->Stop(left()));
    if (grpc_ != nullptr) status.Update(grpc_->Drain(left()));
    // Acks refer to what this object owns: they are waited for, whatever the limit.
    status.Update(producer_->Flush(std::max(left(), kLastDrain)));
    status.Update(table_.Stop(left()));
    if (admin_ != nullptr) admin_->Stop(left()).IgnoreError();
    return status;
  }

 private:
  static Limits MakeLimits(const IngestOptions& options) {
    Limits limits;
    limits.max_text_bytes = options.max_text_bytes;
    return limits;
  }

  absl::Status StartAdmin() {
    if (!options_.admin_port) return absl::OkStatus();
    http::ServerOptions options;
    options.host = options_.host;
    options.port = *options_.admin_port;
    ABSL_ASSIGN_OR_RETURN(
        admin_,
        http::StartAdminServer(options, {.metrics = [this] { return deps_.metrics.Exposition(); },
                                         .health = [this] { return Health(); },
                                         .ready = [this] { return Ready(); }}));
    return absl::OkStatus();
  }

  const IngestOptions options_;
  const IngestDeps deps_;
  IngestMetrics metrics_;
  const std::unique_ptr<eventlog::Producer> producer_;
  Identity identity_;
  IdentityTable table_;
  ReadyGate gate_;
  Intake intake_;
  GrpcService service_;
  std::unique_ptr<rpc::Server> grpc_;
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<http::Server> admin_;
  std::mutex drain_mutex_;
  bool drained_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<IngestApp>> IngestApp::Create(const IngestOptions& options,
                                                             IngestDeps deps) {
  Topics topics;
  ABSL_ASSIGN_OR_RETURN(topics.inbound_partitions, Partitions(deps.log, base::topics::kInbound));
  ABSL_ASSIGN_OR_RETURN(topics.signals_partitions, Partitions(deps.log, base::topics::kSignals));
  ABSL_ASSIGN_OR_RETURN(topics.routing_partitions, Partitions(deps.log, base::topics::kRouting));
  // One message is no matter of the next: a failed append does not take others with it.
  ABSL_ASSIGN_OR_RETURN(
      auto producer,
      deps.log.NewProducer(
          {.name = "ingest", .max_bytes = options.max_unacknowledged_bytes, .gapless = false}));
  return std::make_unique<App>(options, deps, topics, std::move(producer));
}

}  // namespace centralita::ingest
