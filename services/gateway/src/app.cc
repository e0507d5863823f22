#include "centralita/gateway/app.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "agent_service.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/base/uuid.h"
#include "command_writer.h"
#include "history.h"
#include "lease.h"
#include "owner_watcher.h"
#include "session.h"

namespace centralita::gateway {
namespace {

// Where a gateway notes its incarnation, for itself after a restart.
constexpr char kMembers[] = "gateway/members";

class App final : public GatewayApp {
 public:
  App(const GatewayOptions& options, GatewayDeps deps, std::unique_ptr<eventlog::Producer> producer,
      uint32_t partitions)
      : options_(options),
        deps_(deps),
        commands_(std::move(producer), partitions, base::RandomUuid()),
        sessions_(options.max_agents),
        history_(deps.store, options.history_lifetime),
        projection_(history_),
        service_(deps.directory, commands_, sessions_, deps.logger) {}

  ~App() override { Drain(base::Duration(5000)).IgnoreError(); }

  absl::Status Start() override {
    ABSL_RETURN_IF_ERROR(ReplaceIncarnation());
    ABSL_ASSIGN_OR_RETURN(auto runner, stage::PipelineRunner::Create(
                                           {.group = "history",
                                            .member = options_.member,
                                            .input_topic = std::string(base::topics::kInbound)},
                                           deps_.log, deps_.clock, projection_));
    history_thread_ = stage::PipelineThread::Start(std::move(runner));
    lease_ = std::make_unique<GatewayLease>(
        deps_.store, deps_.clock, deps_.logger, commands_.incarnation(), [this] {
          sessions_.Reset(
              "The gateway cannot renew its lease; connect to another one, or again in a moment.");
        });
    watcher_ = std::make_unique<OwnerWatcher>(deps_.store, deps_.routers, commands_, sessions_,
                                              history_, deps_.logger);
    exposed_ = {
        deps_.metrics.AddGaugeCallback("centralita_gateway_sessions", "Agents who are connected.",
                                       {}, [this] { return static_cast<double>(Sessions()); }),
        deps_.metrics.AddGaugeCallback(
            "centralita_gateway_owner_frames_dropped",
            "Frames of owners that were behind what agents had seen, since the start.", {},
            [this] { return static_cast<double>(watcher_->dropped_frames()); })};
    return absl::OkStatus();
  }

  grpc::Service& service() override { return service_; }
  absl::Status Health() const override {
    return history_thread_ == nullptr ? absl::OkStatus() : history_thread_->runner().Health();
  }
  absl::Status Ready() const override {
    if (watcher_ != nullptr && watcher_->AllWatched()) return absl::OkStatus();
    return absl::UnavailableError(
        "Not every partition of commands is watched at its owner yet; is a router running?");
  }
  size_t Sessions() const override { return sessions_.size(); }

  absl::Status Drain(base::Duration limit) override {
    if (drained_) return absl::OkStatus();
    drained_ = true;
    sessions_.CloseAll("The gateway is leaving; connect again.");
    absl::Status status;
    const auto until = deps_.clock.Monotonic() + limit;
    if (history_thread_ != nullptr) status.Update(history_thread_->Stop(limit));
    const auto left = std::chrono::duration_cast<base::Duration>(until - deps_.clock.Monotonic());
    status.Update(commands_.Flush(std::max(left, base::Duration(0))));
    exposed_.clear();
    watcher_.reset();
    lease_.reset();
    return status;
  }

 private:
  // A restart ends the sessions of the process before it at once, rather than when its lease runs
  // out.
  absl::Status ReplaceIncarnation() {
    const store::Key key{kMembers, options_.member};
    ABSL_ASSIGN_OR_RETURN(const auto previous, deps_.store.Get(key));
    if (previous.has_value()) {
      const absl::Status declared = commands_.DeclareLost(*previous);
      // A partition without a leader has one again in a while: whoever starts this waits for it.
      if (absl::IsDeadlineExceeded(declared)) return absl::UnavailableError(declared.message());
      ABSL_RETURN_IF_ERROR(declared);
    }
    return deps_.store.Commit(
        {.partition = kMembers,
         .conditions = {},
         .puts = {{options_.member, commands_.incarnation(), base::Duration(0)}},
         .erases = {}});
  }

  const GatewayOptions options_;
  const GatewayDeps deps_;
  CommandWriter commands_;
  SessionTable sessions_;
  History history_;
  HistoryProjection projection_;
  AgentService service_;
  std::unique_ptr<stage::PipelineThread> history_thread_;
  std::unique_ptr<GatewayLease> lease_;
  std::unique_ptr<OwnerWatcher> watcher_;
  bool drained_ = false;
  // Last: they ask the others.
  std::vector<std::shared_ptr<void>> exposed_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<GatewayApp>> GatewayApp::Create(const GatewayOptions& options,
                                                               GatewayDeps deps) {
  ABSL_ASSIGN_OR_RETURN(const auto topic, deps.log.Describe(std::string(base::topics::kCommands)));
  ABSL_ASSIGN_OR_RETURN(
      auto producer, deps.log.NewProducer({.name = "gateway-" + options.member, .gapless = false}));
  return std::make_unique<App>(options, deps, std::move(producer), topic.spec.partitions);
}

}  // namespace centralita::gateway
