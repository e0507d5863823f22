#include "centralita/app/cluster_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <utility>

#include "centralita/app/cluster.h"
#include "centralita/app/lifecycle.h"
#include "centralita/base/status_macros.h"
#include "centralita/http/admin.h"

namespace centralita::app {
namespace {

constexpr base::Duration kPolicyLimit{60'000};
// How long Kafka and Redis are waited for, where all of a cluster is started at once.
constexpr base::Duration kPatience{60'000};

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "0";
}

struct ProcessSettings {
  std::string member = HostName();
  std::string host = "0.0.0.0";
  uint16_t admin_port = 7402;
  base::Duration drain_limit{30'000};

  void Bind(config::Config& config) {
    config.Add("process", "This process.")
        .Add("member", member,
             "Names it among those of its service; the same after a restart. In Kubernetes the "
             "pod's name.",
             config::NotEmpty())
        .Add("host", host, "Address to listen on.", config::NotEmpty())
        .Add("admin_port", admin_port, "/metrics, /healthz and /readyz; 0 takes a free one.")
        .Add("drain_limit", drain_limit, "How long a stop may take.",
             config::AtLeast(base::Duration(100)));
  }
};

class OneService final : public Process {
 public:
  OneService(const ProcessInfo& info, const std::function<void(config::Config&)>& bind,
             const ClusterService& service)
      : info_(info), bind_(bind), service_(service) {}

  void Bind(config::Config& config) override {
    process_.Bind(config);
    if (bind_) bind_(config);
    kafka_.Bind(config);
    redis_.Bind(config);
  }

  base::Duration drain_limit() const override { return process_.drain_limit; }

  void AddParts(Lifecycle& lifecycle, telemetry::Logger& logger,
                const base::Clock& clock) override {
    // First and last: Kubernetes asks from the beginning to the end.
    lifecycle.Add({.name = "admin",
                   .start = [this] { return StartAdmin(); },
                   .drain = [this](base::Duration limit) { return admin_->Stop(limit); }});
    lifecycle.Add({.name = "kafka and redis",
                   .start = [this, &logger, &clock] { return Open(logger, clock); },
                   .drain = {},
                   .patience = kPatience});
    lifecycle.Add({.name = "policy",
                   .start =
                       [this, &logger] {
                         ABSL_ASSIGN_OR_RETURN(policy_,
                                               PolicyWatcher::Start(*backends_.log, logger));
                         return policy_->WaitLoaded(kPolicyLimit);
                       },
                   .drain = {},
                   .patience = kPatience});
    lifecycle.Add({.name = info_.name,
                   .start = [this, &logger, &clock] { return StartService(logger, clock); },
                   .drain =
                       [this](base::Duration limit) {
                         serving_ = false;
                         return service_.drain(limit);
                       },
                   .patience = kPatience});
  }

  void Close() override {
    service_.close();
    policy_.reset();
    backends_.store.reset();
    backends_.log.reset();
    admin_.reset();
  }

  void Started() override {
    fmt::print("{} is up as '{}': http://{}:{}/metrics /healthz /readyz\n", info_.name,
               process_.member, process_.host, admin_->port());
  }

 private:
  absl::Status StartService(telemetry::Logger& logger, const base::Clock& clock) {
    const absl::Status status = service_.start({.log = *backends_.log,
                                                .store = *backends_.store,
                                                .policy = *policy_,
                                                .clock = clock,
                                                .logger = logger,
                                                .metrics = metrics_,
                                                .member = process_.member,
                                                .host = process_.host});
    serving_ = status.ok();
    // What of it has begun must not stay, since it is started again or the process ends.
    if (!status.ok()) service_.close();
    return status;
  }

  absl::Status StartAdmin() {
    http::ServerOptions options;
    options.host = process_.host;
    options.port = process_.admin_port;
    ABSL_ASSIGN_OR_RETURN(
        admin_,
        http::StartAdminServer(
            options, {.metrics = [this] { return metrics_.Exposition(); },
                      // While it starts or drains it is alive and not to be sent work.
                      .health = [this] { return serving_ ? service_.health() : absl::OkStatus(); },
                      .ready =
                          [this] {
                            if (!serving_) return absl::UnavailableError("Starting or draining.");
                            ABSL_RETURN_IF_ERROR(service_.health());
                            return service_.ready();
                          }}));
    return absl::OkStatus();
  }

  absl::Status Open(telemetry::Logger& logger, const base::Clock& clock) {
    ABSL_ASSIGN_OR_RETURN(
        backends_.log,
        OpenKafka(kafka_, {}, fmt::format("{}/{}", info_.name, process_.member), logger, clock));
    ABSL_RETURN_IF_ERROR(VerifyTopics(*backends_.log));
    ABSL_ASSIGN_OR_RETURN(backends_.store, OpenRedis(redis_, clock));
    return absl::OkStatus();
  }

  const ProcessInfo& info_;
  const std::function<void(config::Config&)>& bind_;
  const ClusterService& service_;
  ProcessSettings process_;
  KafkaSettings kafka_;
  RedisSettings redis_;
  telemetry::Metrics metrics_;
  Backends backends_;
  std::unique_ptr<PolicyWatcher> policy_;
  std::atomic<bool> serving_{false};
  std::unique_ptr<http::Server> admin_;
};

}  // namespace

int RunClusterService(const ProcessInfo& info, int argc, char** argv,
                      const std::function<void(config::Config&)>& bind,
                      const ClusterService& service) {
  const ParsedCommandLine parsed = ParseCommandLine(info, argc, argv);
  if (parsed.exit >= 0) return parsed.exit;
  OneService process(info, bind, service);
  return RunProcess(info, parsed.line, process);
}

}  // namespace centralita::app
