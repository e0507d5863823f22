#include "centralita/router/app.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/route/route.h"
#include "centralita/stage/stage_metrics.h"
#include "lease_keeper.h"
#include "owner_hub.h"
#include "owner_service.h"

namespace centralita::router {
namespace {

class App final : public RouterApp {
 public:
  App(RouterOptions options, RouterDeps deps)
      : options_(std::move(options)), deps_(deps), service_(hub_) {}

  ~App() override { Drain(base::Duration(5000)).IgnoreError(); }

  absl::Status Start(const std::string& address) override {
    if (options_.route) {
      ABSL_ASSIGN_OR_RETURN(
          auto runner, MakeRunner(stage::StageId::kRoute, base::topics::kRouting, nullptr,
                                  [](uint32_t partition) -> std::unique_ptr<base::StateMachine> {
                                    return std::make_unique<route::Route>(partition);
                                  }));
      route_ = stage::StageThread::Start(std::move(runner));
    }
    if (options_.dispatch) {
      ABSL_ASSIGN_OR_RETURN(
          auto runner, MakeRunner(stage::StageId::kDispatch, base::topics::kCommands, &hub_,
                                  [](uint32_t partition) -> std::unique_ptr<base::StateMachine> {
                                    return std::make_unique<dispatch::Dispatch>(partition);
                                  }));
      hub_.set_runner(runner.get());
      ABSL_ASSIGN_OR_RETURN(auto producer,
                            deps_.log.NewProducer({.name = "router-leases", .gapless = false}));
      dispatch_ = stage::StageThread::Start(std::move(runner));
      leases_ = std::make_unique<LeaseKeeper>(deps_.store, deps_.clock, deps_.logger, hub_,
                                              dispatch_->runner(), address, std::move(producer));
    }
    exposed_ = {stage::ExposeStats(deps_.metrics, "route", [this] { return RouteStats(); }),
                stage::ExposeStats(deps_.metrics, "dispatch", [this] { return DispatchStats(); })};
    return absl::OkStatus();
  }

  grpc::Service& service() override { return service_; }

  absl::Status Health() const override {
    if (route_ != nullptr) ABSL_RETURN_IF_ERROR(route_->runner().Health());
    if (dispatch_ != nullptr) ABSL_RETURN_IF_ERROR(dispatch_->runner().Health());
    return absl::OkStatus();
  }

  size_t OwnedShardPartitions() const override { return hub_.Owned().size(); }

  stage::StageStats RouteStats() const override {
    return route_ == nullptr ? stage::StageStats{} : route_->runner().Stats();
  }
  stage::StageStats DispatchStats() const override {
    return dispatch_ == nullptr ? stage::StageStats{} : dispatch_->runner().Stats();
  }

  absl::Status Drain(base::Duration limit) override {
    if (drained_) return absl::OkStatus();
    drained_ = true;
    leases_.reset();
    hub_.EndAll(absl::UnavailableError("This router is leaving."));
    absl::Status status;
    // One limit for both; dispatch, whose checkpoint spares most, goes first.
    const auto until = deps_.clock.Monotonic() + limit;
    for (auto* stage : {&dispatch_, &route_}) {
      if (*stage == nullptr) continue;
      const auto left = std::chrono::duration_cast<base::Duration>(until - deps_.clock.Monotonic());
      status.Update((*stage)->Stop(std::max(left, base::Duration(0))));
    }
    return status;
  }

 private:
  absl::StatusOr<std::unique_ptr<stage::StageRunner>> MakeRunner(stage::StageId stage,
                                                                 std::string_view topic,
                                                                 stage::StageObserver* observer,
                                                                 stage::MachineFactory factory) {
    stage::StageOptions options;
    options.stage = stage;
    options.member = options_.member;
    options.input_topic = std::string(topic);
    options.checkpoint_interval = options_.checkpoint_interval;
    options.snapshot_interval = options_.snapshot_interval;
    return stage::StageRunner::Create(std::move(options),
                                      {.log = deps_.log,
                                       .store = deps_.store,
                                       .clock = deps_.clock,
                                       .observer = observer,
                                       .logger = &deps_.logger},
                                      std::move(factory));
  }

  const RouterOptions options_;
  const RouterDeps deps_;
  OwnerHub hub_;
  OwnerService service_;
  std::unique_ptr<stage::StageThread> route_;
  std::unique_ptr<stage::StageThread> dispatch_;
  std::unique_ptr<LeaseKeeper> leases_;
  bool drained_ = false;
  // Last: they ask all the others.
  std::vector<std::shared_ptr<void>> exposed_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RouterApp>> RouterApp::Create(const RouterOptions& options,
                                                             RouterDeps deps) {
  return std::make_unique<App>(options, deps);
}

}  // namespace centralita::router
