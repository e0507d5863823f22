#include "centralita/sla_timer/app.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/stage/stage_metrics.h"
#include "fmt/format.h"
#include "timer_scan.h"
#include "timer_service.h"
#include "timers.h"

namespace centralita::sla_timer {
namespace {

constexpr size_t kAlarmsPerTurn = 1000;
constexpr base::Duration kAnswerLimit{10'000};

// Late is what a promise of 20 ms at p99 is measured by; the rest says how far behind it was.
std::vector<double> LatenessBuckets() {
  return {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30, 300, 3600};
}

class App final : public SlaTimerApp, private stage::StageObserver, private Askable {
 public:
  App(const SlaTimerOptions& options, SlaTimerDeps deps,
      std::unique_ptr<eventlog::Producer> producer, uint32_t shard_partitions)
      : options_(options),
        deps_(deps),
        producer_(std::move(producer)),
        shards_(std::make_shared<Shards>(shard_partitions)),
        late_(deps.metrics.AddHistogram("centralita_sla_timer_alarm_late_seconds",
                                        "How long behind its threshold an alarm was sent for the "
                                        "first time, by the log's time.",
                                        LatenessBuckets())),
        service_(*this, deps.access) {}

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
    // A clock that starts is aimed in time for all but the shortest promises.
    options.patience = base::Duration(20);
    ABSL_ASSIGN_OR_RETURN(
        auto runner,
        stage::StageRunner::Create(
            std::move(options),
            {.log = deps_.log, .store = deps_.store, .clock = deps_.clock, .observer = this},
            [this](uint32_t) -> std::unique_ptr<base::StateMachine> {
              return std::make_unique<Timers>(deps_.calendars,
                                              AlarmPolicy{.resend_after = options_.resend_after,
                                                          .max_attempts = options_.max_attempts},
                                              live_);
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
    gauge("centralita_sla_timer_alarms_resent",
          "Alarms sent once more since the start, since no event told of their effect.",
          &SlaTimerStats::alarms_resent);
    gauge("centralita_sla_timer_alarms_given_up",
          "Clocks forgotten since the start whose alarms nobody answered.",
          &SlaTimerStats::alarms_given_up);
    gauge("centralita_sla_timer_forecasts_sent",
          "Alarms since the start that a clock is going to be missed.",
          &SlaTimerStats::forecasts_sent);
    exposed_.push_back(deps_.metrics.AddGaugeCallback(
        "centralita_sla_timer_behind_seconds",
        "By how much the oldest alarm that is due and not sent is late; 0 when not behind.", {},
        [this] { return static_cast<double>(behind_ms_) / 1000; }));
    return absl::OkStatus();
  }

  grpc::Service& service() override { return service_; }

  absl::Status Health() const override {
    return thread_ == nullptr ? absl::OkStatus() : thread_->runner().Health();
  }

  SlaTimerStats Stats() const override {
    return {.stage = thread_ == nullptr ? stage::StageStats{} : thread_->runner().Stats(),
            .live_clocks = static_cast<uint64_t>(live_.load()),
            .alarms_sent = sent_,
            .alarms_resent = resent_,
            .alarms_given_up = given_up_,
            .forecasts_sent = forecasts_,
            .behind = base::Duration(behind_ms_)};
  }

  absl::Status Drain(base::Duration limit) override {
    if (thread_ == nullptr) return absl::OkStatus();
    exposed_.clear();
    const absl::Status status = thread_->Stop(limit);
    thread_.reset();
    return status;
  }

 private:
  // Each slice between two turns of the stage.
  absl::Status Ask(const std::shared_ptr<TimerScan>& scan) override {
    if (thread_ == nullptr) return absl::UnavailableError("sla-timer has not started, or stops.");
    struct Slice {
      std::shared_ptr<TimerScan> scan;
      std::mutex mutex;
      bool given_up = false;
      std::promise<bool> answered;
    };
    const auto until = deps_.clock.Monotonic() + kAnswerLimit;
    for (bool done = false; !done;) {
      const auto slice = std::make_shared<Slice>();
      slice->scan = scan;
      thread_->runner().Post([slice](std::vector<stage::Partition>& owned) {
        const std::scoped_lock lock(slice->mutex);
        if (slice->given_up) return;
        std::vector<AskedPartition> asked;
        for (const stage::Partition& each : owned) {
          asked.push_back({each.partition, each.now, static_cast<const Timers&>(each.machine)});
        }
        slice->answered.set_value(slice->scan->Step(asked));
      });
      thread_->runner().Wake();
      auto answered = slice->answered.get_future();
      if (answered.wait_for(until - deps_.clock.Monotonic()) != std::future_status::ready) {
        const std::scoped_lock lock(slice->mutex);
        slice->given_up = true;
        if (answered.wait_for(base::Duration(0)) != std::future_status::ready) {
          return base::Error(absl::StatusCode::kDeadlineExceeded, "sla_timer_busy",
                             fmt::format("sla-timer is busy and has not answered within {}; ask "
                                         "again.",
                                         base::FormatDuration(kAnswerLimit)));
        }
      }
      done = answered.get();
    }
    return absl::OkStatus();
  }

  void OnDue(stage::Partition& partition) override {
    auto& timers = static_cast<Timers&>(partition.machine);
    const uint64_t given_up = timers.given_up();
    const auto takes = [this](const Place& place) {
      return !(*shards_)[ShardOf(base::TenantKey(place.tenant, place.pool))].refuses;
    };
    for (Timers::Due& due : timers.TakeDue(partition.now, kAlarmsPerTurn, takes)) {
      if (!due.again && !due.forecast)
        late_.Observe(std::chrono::duration<double>(due.late).count());
      std::string key = base::TenantKey(due.alarm.tenant(), due.alarm.pool());
      const uint32_t to = ShardOf(key);
      // One that is refused or fails is due again later, as any that no event confirms.
      const absl::Status taken =
          producer_->Append({.topic = std::string(base::topics::kCommands),
                             .partition = to,
                             .key = std::move(key),
                             .value = due.alarm.SerializeAsString(),
                             .tombstone = false},
                            [shards = shards_, to](const absl::StatusOr<uint64_t>& offset) {
                              (*shards)[to].refuses = !offset.ok();
                            });
      if (!taken.ok()) (*shards_)[to].refuses = true;
      ++(due.forecast ? forecasts_ : due.again ? resent_ : sent_);
    }
    given_up_ += timers.given_up() - given_up;
    NoteBehind(partition.partition, partition.now - timers.FirstDue(partition.now));
  }
  void OnLost(uint32_t partition) override { NoteBehind(partition, base::Duration(0)); }

  uint32_t ShardOf(std::string_view key) const {
    return base::PartitionOf(key, static_cast<uint32_t>(shards_->size()));
  }

  void NoteBehind(uint32_t partition, base::Duration behind) {
    behind_[partition] = behind;
    base::Duration most{0};
    for (const auto& [number, each] : behind_) most = std::max(most, each);
    behind_ms_ = most.count();
  }

  const SlaTimerOptions options_;
  const SlaTimerDeps deps_;
  const std::unique_ptr<eventlog::Producer> producer_;
  // Partitions of `commands`. One may be without a leader while others are not.
  struct Shard {
    // The last append did not come into the log.
    std::atomic<bool> refuses{false};
  };
  using Shards = std::vector<Shard>;
  // Shared with acks that may come late.
  const std::shared_ptr<Shards> shards_;
  // Kept by the machines, of which the thread has the last.
  std::atomic<int64_t> live_{0};
  std::unique_ptr<stage::StageThread> thread_;
  // Last: they ask the thread.
  std::vector<std::shared_ptr<void>> exposed_;
  std::atomic<uint64_t> sent_{0};
  std::atomic<uint64_t> resent_{0};
  std::atomic<uint64_t> given_up_{0};
  std::atomic<uint64_t> forecasts_{0};
  telemetry::Histogram late_;
  TimerService service_;
  // By partition; of the stage's thread.
  std::map<uint32_t, base::Duration> behind_;
  std::atomic<int64_t> behind_ms_{0};
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
