#include "node/node.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>
#include <utility>

#include "centralita/app/backends.h"
#include "centralita/app/lifecycle.h"
#include "centralita/app/policy_document.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/status_macros.h"
#include "centralita/classifier/app.h"
#include "centralita/classifier/model_source.h"
#include "centralita/classifier/rule_files.h"
#include "centralita/classifier/watched_policies.h"
#include "centralita/config/config.h"
#include "centralita/gateway/app.h"
#include "centralita/gateway/watched_directory.h"
#include "centralita/http/admin.h"
#include "centralita/ingest/app.h"
#include "centralita/metrics/app.h"
#include "centralita/metrics/watched_access.h"
#include "centralita/router/app.h"
#include "centralita/rpc/server.h"
#include "centralita/sla_timer/app.h"
#include "centralita/sla_timer/watched_calendars.h"
#include "centralita/telemetry/metrics.h"
#include "node/policy_versions_service.h"

namespace centralita::node {
namespace {

constexpr base::Duration kStartLimit{60'000};
constexpr base::Duration kLook{5};

// The router of this very process, over gRPC's in-process channel.
class OwnRouter final : public gateway::RouterChannels {
 public:
  explicit OwnRouter(rpc::Server& server) : server_(server) {}
  std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) override {
    return server_.InProcessChannel();
  }

 private:
  rpc::Server& server_;
};

class AllInOne final : public Node {
 public:
  AllInOne(NodeOptions options, telemetry::Logger& logger, const base::Clock& clock)
      : options_(std::move(options)), logger_(logger), clock_(clock), lifecycle_(logger, clock) {}

  ~AllInOne() override { Drain(base::Duration(5000)).IgnoreError(); }

  absl::Status Start() override {
    lifecycle_.Add({"log and store", [this] { return Open(); }, {}});
    lifecycle_.Add({"policy", [this] { return LoadPolicy(); }, {}});
    lifecycle_.Add({"router", [this] { return StartRouter(); },
                    [this](base::Duration limit) {
                      absl::Status status = router_->Drain(limit);
                      owner_server_->Drain(base::Duration(100)).IgnoreError();
                      return status;
                    }});
    lifecycle_.Add({"sla-timer", [this] { return StartSlaTimer(); },
                    [this](base::Duration limit) { return sla_timer_->Drain(limit); }});
    lifecycle_.Add({"metrics", [this] { return StartMetrics(); },
                    [this](base::Duration limit) { return metrics_service_->Drain(limit); }});
    lifecycle_.Add({"gateway", [this] { return StartGateway(); },
                    [this](base::Duration limit) { return gateway_->Drain(limit); }});
    lifecycle_.Add({"classifier", [this] { return StartClassifier(); },
                    [this](base::Duration limit) { return classifier_->Drain(limit); }});
    lifecycle_.Add({"servers", [this] { return StartServers(); },
                    [this](base::Duration limit) { return StopServers(limit); }});
    lifecycle_.Add({"ingest", [this] { return StartIngest(); },
                    [this](base::Duration limit) { return ingest_->Drain(limit); }});
    lifecycle_.Add({"admin", [this] { return StartAdmin(); },
                    [this](base::Duration limit) { return admin_->Stop(limit); }});
    ABSL_RETURN_IF_ERROR(lifecycle_.Start());
    started_ = true;
    return WaitReady();
  }

  absl::Status Health() const override {
    for (const auto& check : {router_->Health(), sla_timer_->Health(), metrics_service_->Health(),
                              gateway_->Health(), classifier_->Health(), ingest_->Health()}) {
      ABSL_RETURN_IF_ERROR(check);
    }
    return absl::OkStatus();
  }

  absl::Status Ready() const override {
    ABSL_RETURN_IF_ERROR(Health());
    if (draining_) return absl::UnavailableError("Draining.");
    ABSL_RETURN_IF_ERROR(gateway_->Ready());
    ABSL_RETURN_IF_ERROR(classifier_->Ready());
    return ingest_->Ready();
  }

  absl::Status Drain(base::Duration limit) override {
    if (!started_ || draining_) return absl::OkStatus();
    draining_ = true;
    return lifecycle_.Drain(limit);
  }

  uint16_t grpc_port() const override { return server_->port(); }
  uint16_t ingest_port() const override { return ingest_->grpc_port(); }
  uint16_t http_port() const override { return ingest_->http_port(); }
  uint16_t admin_port() const override { return admin_->port(); }
  eventlog::EventLog& log() override { return *backends_.log; }

 private:
  absl::Status Open() {
    app::EmbeddedOptions embedded;
    embedded.data_dir = options_.data_dir;
    embedded.topics.data_partitions = options_.partitions;
    embedded.topics.commands_partitions = options_.partitions;
    ABSL_ASSIGN_OR_RETURN(backends_, app::OpenEmbedded(embedded, clock_));
    return absl::OkStatus();
  }

  absl::Status LoadPolicy() {
    ABSL_ASSIGN_OR_RETURN(watcher_, app::PolicyWatcher::Start(*backends_.log, logger_));
    for (const std::string& path : options_.policies) {
      ABSL_ASSIGN_OR_RETURN(const app::PolicyDocument document,
                            app::PolicyDocument::ReadFile(path));
      for (const std::string& warning : document.warnings())
        logger_.Warning("policy", {{"warning", warning}});
      for (const std::string& tenant : document.Tenants()) {
        ABSL_ASSIGN_OR_RETURN(
            const app::PublishResult published,
            app::PublishPolicy(*backends_.log, clock_, tenant, document.Compile(tenant, 0), "up"));
        ABSL_RETURN_IF_ERROR(watcher_->WaitVersion(tenant, published.version, kStartLimit));
        logger_.Info(
            "policy active",
            {{"tenant", tenant}, {"version", published.version}, {"new", published.changed}});
      }
    }
    return watcher_->WaitLoaded(kStartLimit);
  }

  absl::Status StartRouter() {
    router::RouterOptions options;
    options.checkpoint_interval = options_.checkpoint_interval;
    options.snapshot_interval = options_.snapshot_interval;
    ABSL_ASSIGN_OR_RETURN(router_, router::RouterApp::Create(options, {.log = *backends_.log,
                                                                       .store = *backends_.store,
                                                                       .clock = clock_,
                                                                       .logger = logger_,
                                                                       .metrics = metrics_}));
    ABSL_RETURN_IF_ERROR(router_->Start("in-process"));
    rpc::ServerOptions server;
    server.listen = false;
    ABSL_ASSIGN_OR_RETURN(owner_server_, rpc::Server::Start(server, {&router_->service()}));
    own_router_ = std::make_unique<OwnRouter>(*owner_server_);
    return absl::OkStatus();
  }

  absl::Status StartSlaTimer() {
    calendars_ = std::make_unique<sla_timer::WatchedCalendars>(*watcher_);
    ABSL_ASSIGN_OR_RETURN(sla_timer_, sla_timer::SlaTimerApp::Create({}, {.log = *backends_.log,
                                                                          .store = *backends_.store,
                                                                          .clock = clock_,
                                                                          .calendars = *calendars_,
                                                                          .access = *calendars_,
                                                                          .metrics = metrics_}));
    return sla_timer_->Start();
  }

  absl::Status StartMetrics() {
    access_ = std::make_unique<metrics::WatchedAccess>(*watcher_);
    ABSL_ASSIGN_OR_RETURN(metrics_service_,
                          metrics::MetricsApp::Create({}, {.log = *backends_.log,
                                                           .store = *backends_.store,
                                                           .clock = clock_,
                                                           .access = *access_,
                                                           .metrics = metrics_}));
    return metrics_service_->Start();
  }

  absl::Status StartGateway() {
    directory_ = std::make_unique<gateway::WatchedDirectory>(*watcher_);
    ABSL_ASSIGN_OR_RETURN(gateway_, gateway::GatewayApp::Create({}, {.log = *backends_.log,
                                                                     .store = *backends_.store,
                                                                     .clock = clock_,
                                                                     .logger = logger_,
                                                                     .directory = *directory_,
                                                                     .routers = *own_router_,
                                                                     .metrics = metrics_}));
    return gateway_->Start();
  }

  absl::Status StartClassifier() {
    ABSL_ASSIGN_OR_RETURN(models_, classifier::ModelSource::Start(options_.model, logger_));
    policies_ = std::make_unique<classifier::WatchedPolicies>(*watcher_, *models_, &rule_files_);
    ABSL_ASSIGN_OR_RETURN(classifier_,
                          classifier::ClassifierApp::Start({}, {.log = *backends_.log,
                                                                .store = *backends_.store,
                                                                .clock = clock_,
                                                                .policies = *policies_,
                                                                .access = *policies_,
                                                                .metrics = metrics_,
                                                                .logger = logger_}));
    return absl::OkStatus();
  }

  absl::Status StartIngest() {
    ingest::IngestOptions options;
    options.host = options_.host;
    options.grpc_port = options_.ingest_port;
    options.http_port = options_.http_port;
    options.admin_port = std::nullopt;  // One for the whole process, below.
    ABSL_ASSIGN_OR_RETURN(ingest_, ingest::IngestApp::Create(options, {.log = *backends_.log,
                                                                       .store = *backends_.store,
                                                                       .policy = *watcher_,
                                                                       .clock = clock_,
                                                                       .logger = logger_,
                                                                       .metrics = metrics_}));
    return ingest_->Start();
  }

  absl::Status StartServers() {
    rpc::ServerOptions grpc;
    grpc.host = options_.host;
    grpc.port = options_.grpc_port;
    versions_ = std::make_unique<PolicyVersionsService>(*backends_.log, *watcher_, clock_);
    ABSL_ASSIGN_OR_RETURN(
        server_, rpc::Server::Start(
                     grpc, {&gateway_->service(), &metrics_service_->service(),
                            &classifier_->service(), &sla_timer_->service(), versions_.get()}));
    return absl::OkStatus();
  }

  absl::Status StartAdmin() {
    http::ServerOptions admin;
    admin.host = options_.host;
    admin.port = options_.admin_port;
    ABSL_ASSIGN_OR_RETURN(
        admin_, http::StartAdminServer(admin, {.metrics = [this] { return metrics_.Exposition(); },
                                               .health = [this] { return Health(); },
                                               .ready = [this] { return Ready(); }}));
    return absl::OkStatus();
  }

  absl::Status StopServers(base::Duration limit) {
    // Agents' streams end by the gateway's word, so that each agent is told.
    server_->SetServing(false);
    absl::Status status = gateway_->Drain(limit);
    // What is left are streams whose clients do not go.
    server_->Drain(base::Duration(1000)).IgnoreError();
    return status;
  }

  absl::Status WaitReady() {
    const auto until = clock_.Monotonic() + kStartLimit;
    absl::Status ready = Ready();
    while (!ready.ok() && clock_.Monotonic() < until) {
      std::this_thread::sleep_for(kLook);
      ready = Ready();
    }
    return ready;
  }

  const NodeOptions options_;
  telemetry::Logger& logger_;
  classifier::RuleFiles rule_files_{options_.data_dir + "/rules", logger_};
  const base::Clock& clock_;
  app::Lifecycle lifecycle_;
  telemetry::Metrics metrics_;
  // In the order of starting, so that each outlives what uses it.
  app::Backends backends_;
  std::unique_ptr<app::PolicyWatcher> watcher_;
  std::unique_ptr<router::RouterApp> router_;
  std::unique_ptr<rpc::Server> owner_server_;
  std::unique_ptr<OwnRouter> own_router_;
  std::unique_ptr<sla_timer::WatchedCalendars> calendars_;
  std::unique_ptr<sla_timer::SlaTimerApp> sla_timer_;
  std::unique_ptr<metrics::WatchedAccess> access_;
  std::unique_ptr<metrics::MetricsApp> metrics_service_;
  std::unique_ptr<gateway::WatchedDirectory> directory_;
  std::unique_ptr<gateway::GatewayApp> gateway_;
  std::unique_ptr<classifier::ModelSource> models_;
  std::unique_ptr<classifier::WatchedPolicies> policies_;
  std::unique_ptr<classifier::ClassifierApp> classifier_;
  std::unique_ptr<PolicyVersionsService> versions_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<ingest::IngestApp> ingest_;
  // Last: it asks all the others.
  std::unique_ptr<http::Server> admin_;
  bool started_ = false;
  std::atomic<bool> draining_{false};
};

}  // namespace

void NodeOptions::Bind(config::Config& config) {
  config.Add("node", "All services in one process.")
      .Add("data_dir", data_dir,
           "Folder of the embedded log and store; created if it is not there.", config::NotEmpty())
      .Add("policies", policies,
           "Policy files to publish at the start, if they differ from what is active.")
      .Add("host", host, "Address to listen on.")
      .Add("ingest_port", ingest_port, "gRPC for senders; 0 takes a free one.")
      .Add("grpc_port", grpc_port, "gRPC for agents and questions; 0 takes a free one.")
      .Add("http_port", http_port, "HTTP for senders; 0 takes a free one.")
      .Add("admin_port", admin_port, "/metrics, /healthz and /readyz; 0 takes a free one.")
      .Add("partitions", partitions,
           "Partitions of each topic; fixed when the data folder is created.",
           config::Between(1, 1024))
      .Add("checkpoint_interval", checkpoint_interval,
           "How often a stage's changes go to the store.", config::AtLeast(base::Duration(10)))
      .Add("snapshot_interval", snapshot_interval,
           "How often a stage's whole state goes to the log.",
           config::AtLeast(base::Duration(1000)))
      .Add("drain_limit", drain_limit, "How long a stop may take.",
           config::AtLeast(base::Duration(100)));
  config.Add("classifier", "Tags messages, keeps profiles.")
      .Add("model", model,
           "Model file, `default` for the one that was built with the program, or `none` for rules "
           "alone; a new file in its place is taken within seconds.",
           config::NotEmpty());
}

std::unique_ptr<Node> Node::Create(const NodeOptions& options, telemetry::Logger& logger,
                                   const base::Clock& clock) {
  return std::make_unique<AllInOne>(options, logger, clock);
}

}  // namespace centralita::node
