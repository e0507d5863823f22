#include "centralita/classifier/app.h"

#include <algorithm>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/classifier/facts_role.h"
#include "centralita/classifier/fast_role.h"
#include "classify_service.h"

namespace centralita::classifier {
namespace {

stage::PipelineOptions OptionsOf(const ClassifierOptions& options, stage::StageId stage,
                                 std::string group, telemetry::Logger& logger) {
  stage::PipelineOptions pipeline;
  pipeline.stage = stage;
  pipeline.group = std::move(group);
  pipeline.member = options.member;
  pipeline.input_topic = std::string(stage::InputTopicOf(stage));
  pipeline.logger = &logger;
  pipeline.max_batch = options.max_batch;
  return pipeline;
}

class ClassifierAppImpl final : public ClassifierApp {
 public:
  ClassifierAppImpl(const ClassifierOptions& options, const ClassifierDeps& deps)
      : deps_(deps),
        metrics_(deps.metrics),
        profiles_(deps.store),
        reader_(profiles_, deps.clock, metrics_, options.profiles),
        fast_role_(deps.policies, reader_, deps.clock, metrics_),
        facts_role_(deps.policies, profiles_, reader_.cache(), deps.log, deps.clock, metrics_),
        service_(deps.policies, deps.access, reader_, deps.clock, metrics_) {}

  absl::Status Run(const ClassifierOptions& options) {
    FillStore();
    ABSL_ASSIGN_OR_RETURN(auto facts,
                          stage::PipelineRunner::Create(OptionsOf(options, stage::StageId::kFacts,
                                                                  "classifier-facts", deps_.logger),
                                                        deps_.log, deps_.clock, facts_role_));
    ABSL_ASSIGN_OR_RETURN(
        auto fast, stage::PipelineRunner::Create(OptionsOf(options, stage::StageId::kClassifier,
                                                           "classifier-fast", deps_.logger),
                                                 deps_.log, deps_.clock, fast_role_));
    facts_ = stage::PipelineThread::Start(std::move(facts));
    fast_ = stage::PipelineThread::Start(std::move(fast));
    return absl::OkStatus();
  }

  grpc::Service& service() override { return service_; }

  absl::Status Ready() const override {
    ABSL_RETURN_IF_ERROR(Health());
    if (fast_->runner().CaughtUp() && facts_->runner().CaughtUp()) return absl::OkStatus();
    return absl::UnavailableError("The classifier is still catching up.");
  }

  absl::Status Health() const override {
    ABSL_RETURN_IF_ERROR(fast_->runner().Health());
    return facts_->runner().Health();
  }

  absl::Status Drain(base::Duration limit) override {
    const auto start = deps_.clock.Monotonic();
    const absl::Status fast = fast_->Stop(limit);
    const auto spent = std::chrono::duration_cast<base::Duration>(deps_.clock.Monotonic() - start);
    const absl::Status facts = facts_->Stop(std::max(limit - spent, base::Duration(0)));
    return fast.ok() ? facts : fast;
  }

 private:
  void FillStore() {
    const absl::StatusOr<bool> filled = profiles_.IsFilled();
    if (filled.ok() && *filled) return;
    const absl::StatusOr<size_t> loaded =
        filled.ok() ? FillProfileStore(deps_.log, profiles_, deps_.clock) : filled.status();
    if (loaded.ok()) {
      metrics_.profiles_loaded.Add(static_cast<double>(*loaded));
      deps_.logger.Info("profiles_filled", {{"profiles", *loaded}});
    } else {
      deps_.logger.Warning("profiles_not_filled",
                           {{"error", loaded.status()},
                            {"consequence", "messages go on without facts until it succeeds"}});
    }
  }

  const ClassifierDeps deps_;
  ClassifierMetrics metrics_;
  ProfileStore profiles_;
  ProfileReader reader_;
  FastRole fast_role_;
  FactsRole facts_role_;
  ClassifyService service_;
  std::unique_ptr<stage::PipelineThread> facts_;
  std::unique_ptr<stage::PipelineThread> fast_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ClassifierApp>> ClassifierApp::Start(
    const ClassifierOptions& options, ClassifierDeps deps) {
  auto app = std::make_unique<ClassifierAppImpl>(options, deps);
  ABSL_RETURN_IF_ERROR(app->Run(options));
  return app;
}

}  // namespace centralita::classifier
