#include "centralita/sla_timer/app.h"

#include <atomic>
#include <utility>
#include <vector>

#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/stage/stage_metrics.h"
#include "timers.h"

namespace centralita::sla_timer {
namespace {

constexpr size_t kAlarmsPerTurn = 1000;

class App final : public SlaTimerApp, private stage::StageObserver {
 public:
  App(const SlaTimerOptions& options, SlaTimerDeps deps,
      std::unique_ptr<eventlog::Producer> producer, uint32_t shard_partitions)
      : options_(options),
        deps_(deps),
        producer_(std::move(producer)),
        shard_partitions_(shard_partitions) {}

  ~App() override { Drain(base::Duration(5000)).IgnoreError(); }

  absl::Status Start() override {
    stage::StageOptions options;
    options.stage = stage::StageId::kSlaTimer;
    options.member = options_.member;
    options.input_topic = std::string(base::topics::kEvents);
    options.ticks = false;
    // Counts and clocks are quick to replay; most of what is written often would be gone before it
    // is needed.
    options.checkpoint_interval = base::Duration(5000);
    ABSL_ASSIGN_OR_RETURN(
        auto runner,
        stage::StageRunner::Create(
            std::move(options),
            {.log = deps_.log, .store = deps_.store, .clock = deps_.clock, .observer = this},
            [this](uint32_t) -> std::unique_ptr<base::StateMachine> {
              return std::make_unique<Timers>(deps_.calendars, options_.resend_after,
                                              options_.max_attempts, live_);
            }));
    thread_ = stage::StageThread::Start(std::move(runner));
    const auto gauge = [this](const char* name, const char* help, uint64_t SlaTimerStats::*field) {
      exposed_.push_back(deps_.metrics.AddGaugeCallback(
          name, help, {}, [this, field] { return static_cast<double>(Stats().*field); }));
    };
    exposed_ = {stage::ExposeStats(deps_.metrics, "sla_timer", [this] { return Stats().stage; })};
    gauge("centralita_sla_timer_clocks", "Clocks that are running.", &SlaTimerStats::live_clocks);
    gauge("centralita_sla_timer_alarms_sent", "Alarms sent since the start.",
          &SlaTimerStats::alarms_sent);
    return absl::OkStatus();
  }

  absl::Status Health() const override {
    return thread_ == nullptr ? absl::OkStatus() : thread_->runner().Health();
  }

  SlaTimerStats Stats() const override {
    return {.stage = thread_ == nullptr ? stage::StageStats{} : thread_->runner().Stats(),
            .live_clocks = static_cast<uint64_t>(live_.load()),
            .alarms_sent = sent_,
            .alarms_resent = resent_};
  }

  absl::Status Drain(base::Duration limit) override {
    if (thread_ == nullptr) return absl::OkStatus();
    exposed_.clear();
    const absl::Status status = thread_->Stop(limit);
    thread_.reset();
    return status;
  }

 private:
  void OnDue(stage::Partition& partition) override {
    auto& timers = static_cast<Timers&>(partition.machine);
    for (Timers::Due& due : timers.TakeDue(partition.now, kAlarmsPerTurn)) {
      std::string key = base::TenantKey(due.alarm.tenant(), due.alarm.pool());
      const uint32_t to = base::PartitionOf(key, shard_partitions_);
      // One that is refused or fails is due again later, as any that no event confirms.
      producer_
          ->Append({.topic = std::string(base::topics::kCommands),
                    .partition = to,
                    .key = std::move(key),
                    .value = due.alarm.SerializeAsString(),
                    .tombstone = false},
                   [](absl::StatusOr<uint64_t>) {})
          .IgnoreError();
      ++(due.again ? resent_ : sent_);
    }
  }

  const SlaTimerOptions options_;
  const SlaTimerDeps deps_;
  const std::unique_ptr<eventlog::Producer> producer_;
  const uint32_t shard_partitions_;
  // Kept by the machines, of which the thread has the last.
  std::atomic<int64_t> live_{0};
  std::unique_ptr<stage::StageThread> thread_;
  // Last: they ask the thread.
  std::vector<std::shared_ptr<void>> exposed_;
  std::atomic<uint64_t> sent_{0};
  std::atomic<uint64_t> resent_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<SlaTimerApp>> SlaTimerApp::Create(const SlaTimerOptions& options,
                                                                 SlaTimerDeps deps) {
  ABSL_ASSIGN_OR_RETURN(const auto topic, deps.log.Describe(std::string(base::topics::kCommands)));
  ABSL_ASSIGN_OR_RETURN(auto producer, deps.log.NewProducer({.name = "sla-timer-" + options.member,
                                                             .gapless = false}));
  return std::make_unique<App>(options, deps, std::move(producer), topic.spec.partitions);
}

}  // namespace centralita::sla_timer
