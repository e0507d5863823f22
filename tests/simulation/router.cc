#include "tests/simulation/router.h"

#include <utility>

#include "centralita/dispatch/dispatch.h"
#include "centralita/route/route.h"

namespace centralita::simulation {
namespace {

constexpr base::Duration kCheckpointEvery{400};
constexpr base::Duration kSnapshotEvery{6'000};
// In real time, which stands still here: whoever may not wait tries once.
constexpr base::Duration kOneTry{1};

}  // namespace

Router::Router(Disks& disks, const std::string& name)
    : disks_(disks), log_(disks.log, process_), store_(disks.store, process_) {
  route_ = Make(stage::StageId::kRoute, name, nullptr,
                [](uint32_t partition) { return std::make_unique<route::Route>(partition); });
  dispatch_ = Make(stage::StageId::kDispatch, name, &hub_, [](uint32_t partition) {
    return std::make_unique<dispatch::Dispatch>(partition);
  });
  hub_.set_runner(dispatch_.get());
}

Router::~Router() {
  process_.Crash();
  hub_.EndAll(absl::CancelledError("The router is no more."));
}

std::unique_ptr<stage::StageRunner> Router::Make(stage::StageId stage, const std::string& member,
                                                 stage::StageObserver* observer,
                                                 const stage::MachineFactory& factory) {
  stage::StageOptions options;
  options.stage = stage;
  options.member = member;
  options.input_topic = std::string(stage::InputTopicOf(stage));
  options.checkpoint_interval = kCheckpointEvery;
  options.snapshot_interval = kSnapshotEvery;
  options.revoke_limit = kOneTry;
  auto runner = stage::StageRunner::Create(
      std::move(options),
      {.log = log_,
       .store = store_,
       .clock = disks_.clock,
       .observer = observer,
       .logger = nullptr,
       .background = stage == stage::StageId::kRoute ? &route_jobs_ : &dispatch_jobs_},
      factory);
  // The fakes refuse nothing to a process that has just begun.
  return runner.ok() ? *std::move(runner) : nullptr;
}

absl::Status Router::Turn() {
  for (auto* stage : {route_.get(), dispatch_.get()}) {
    const absl::Status stepped = stage->Step(base::Duration(0)).status();
    if (process_.crashed()) return absl::CancelledError("crashed");
    if (!stepped.ok()) return stepped;
    if (absl::Status health = stage->Health(); !health.ok()) return health;
  }
  return absl::OkStatus();
}

void Router::RunJobs() {
  route_jobs_.RunAll();
  dispatch_jobs_.RunAll();
}

void Router::Drain() {
  hub_.EndAll(absl::UnavailableError("This router is leaving."));
  for (auto* stage : {dispatch_.get(), route_.get()}) stage->Drain(kOneTry).IgnoreError();
}

}  // namespace centralita::simulation
