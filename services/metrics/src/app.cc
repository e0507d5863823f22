#include "centralita/metrics/app.h"

#include <algorithm>
#include <functional>
#include <future>
#include <map>
#include <utility>
#include <vector>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/stage/stage_runner.h"
#include "event_counts.h"
#include "exposition.h"
#include "metrics_service.h"
#include "record_counts.h"

namespace centralita::metrics {
namespace {

constexpr base::Duration kAnswerLimit{1000};

struct Replays {
  // By route: it had had the message before.
  uint64_t duplicates = 0;
  // In `inbound`.
  uint64_t records = 0;
  // In `dead-letter`, as said after the record was appended.
  uint64_t letters = 0;
};

// Those who came twice from a sender. A letter whose replay was broken off before `dead-letter`
// heard of it is replayed again: one record more than letters, and one duplicate that no sender
// made.
uint64_t TrueDuplicates(const Replays& replays) {
  const uint64_t again = replays.records - std::min(replays.records, replays.letters);
  return replays.duplicates - std::min(replays.duplicates, again);
}

class App final : public MetricsApp, private Counts {
 public:
  App(MetricsOptions options, MetricsDeps deps, std::unique_ptr<eventlog::Producer> producer)
      : options_(std::move(options)),
        deps_(deps),
        tracer_(deps.log, deps.clock),
        letters_(deps.log, deps.clock, std::move(producer)),
        service_(*this, tracer_, letters_, Corrections(deps.log, deps.clock), deps.access) {}

  ~App() override { Drain(base::Duration(5000)).IgnoreError(); }

  absl::Status Start() override {
    ABSL_ASSIGN_OR_RETURN(events_,
                          StartStage(stage::StageId::kMetrics, "metrics-events",
                                     [](uint32_t) { return std::make_unique<EventCounts>(); }));
    ABSL_ASSIGN_OR_RETURN(inbound_,
                          StartStage(stage::StageId::kMetricsInbound, "metrics-inbound",
                                     [](uint32_t) { return std::make_unique<InboundCounts>(); }));
    ABSL_ASSIGN_OR_RETURN(
        dead_, StartStage(stage::StageId::kMetricsDeadLetter, "metrics-dead-letter",
                          [](uint32_t) { return std::make_unique<DeadLetterCounts>(); }));
    exposition_ = std::make_unique<Exposition>(deps_.metrics, *this, deps_.clock);
    return absl::OkStatus();
  }

  grpc::Service& service() override { return service_; }

  absl::Status Health() const override {
    for (const auto* thread : {&events_, &inbound_, &dead_}) {
      if (*thread != nullptr) ABSL_RETURN_IF_ERROR((*thread)->runner().Health());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<v1::GetOverviewResponse> Overview(const std::string& tenant) override {
    v1::GetOverviewResponse total;
    v1::Conservation& messages = *total.mutable_messages();
    // Events before inbound: what is counted as settled has then been counted as accepted too.
    Replays replays;
    std::vector<Reached> reached;
    ABSL_RETURN_IF_ERROR(Ask(*events_, [&](const stage::Partition& partition) {
      const auto& counts = static_cast<const EventCounts&>(partition.machine);
      counts.AddTo(tenant, total);
      replays.duplicates += counts.ReplayedDuplicates(tenant);
      reached.push_back(
          {{std::string(base::topics::kEvents), partition.partition}, partition.next_offset});
    }));
    ABSL_RETURN_IF_ERROR(Ask(*dead_, [&](const stage::Partition& partition) {
      const auto& counts = static_cast<const DeadLetterCounts&>(partition.machine);
      messages.set_dead_lettered(messages.dead_lettered() + counts.Messages(tenant));
      replays.letters += counts.Replayed(tenant);
    }));
    ABSL_RETURN_IF_ERROR(Ask(*inbound_, [&](const stage::Partition& partition) {
      const auto& counts = static_cast<const InboundCounts&>(partition.machine);
      messages.set_accepted(messages.accepted() + counts.Accepted(tenant));
      replays.records += counts.Replayed(tenant);
      reached.push_back(
          {{std::string(base::topics::kInbound), partition.partition}, partition.next_offset});
    }));
    for (const Reached& place : reached)
      total.set_behind_records(total.behind_records() + Behind(place));
    const uint64_t true_duplicates = TrueDuplicates(replays);
    messages.set_duplicates(messages.duplicates() + true_duplicates);
    total.set_tagged(total.tagged() + true_duplicates);
    messages.set_in_flight(static_cast<int64_t>(messages.accepted()) -
                           static_cast<int64_t>(messages.duplicates() + messages.queued() +
                                                messages.offered() + messages.active() +
                                                messages.waiting() + messages.resolved() +
                                                messages.dead_lettered()));
    return total;
  }

  absl::StatusOr<v1::ListQueuesResponse> Queues(const std::string& tenant) override {
    std::map<std::string, v1::QueueRow> rows;
    ABSL_RETURN_IF_ERROR(Ask(*events_, [&](const stage::Partition& partition) {
      static_cast<const EventCounts&>(partition.machine).AddTo(tenant, rows);
    }));
    v1::ListQueuesResponse response;
    for (auto& [key, row] : rows) *response.add_rows() = std::move(row);
    return response;
  }

  absl::Status Drain(base::Duration limit) override {
    exposition_.reset();
    absl::Status status;
    for (auto* thread : {&inbound_, &dead_, &events_}) {
      if (*thread == nullptr || drained_) continue;
      status.Update((*thread)->Stop(limit));
    }
    drained_ = true;
    return status;
  }

 private:
  absl::StatusOr<std::unique_ptr<stage::StageThread>> StartStage(stage::StageId stage,
                                                                 const std::string& group,
                                                                 stage::MachineFactory factory) {
    stage::StageOptions options;
    options.stage = stage;
    options.group = group;
    options.member = options_.member;
    options.input_topic = std::string(stage::InputTopicOf(stage));
    options.ticks = false;
    // Counts and clocks are quick to replay; most of what is written often would be gone before it
    // is needed.
    options.checkpoint_interval = base::Duration(5000);
    // Nobody looks at counts so often.
    options.patience = base::Duration(100);
    ABSL_ASSIGN_OR_RETURN(
        auto runner,
        stage::StageRunner::Create(std::move(options),
                                   {.log = deps_.log, .store = deps_.store, .clock = deps_.clock},
                                   std::move(factory)));
    return stage::StageThread::Start(std::move(runner));
  }

  struct Reached {
    eventlog::TopicPartition partition;
    uint64_t next_offset = 0;
  };
  // May ask a server, so not on a stage's thread.
  uint64_t Behind(const Reached& reached) const {
    const auto range = deps_.log.Offsets(reached.partition);
    return range.ok() && range->end > reached.next_offset ? range->end - reached.next_offset : 0;
  }

  // Reads the state on the stage's own thread, and waits for it.
  absl::Status Ask(stage::StageThread& thread,
                   const std::function<void(const stage::Partition&)>& read) {
    if (drained_) return absl::UnavailableError("Metrics is stopping.");
    struct Question {
      std::mutex mutex;
      bool given_up = false;
      std::promise<void> answered;
    };
    const auto question = std::make_shared<Question>();
    thread.runner().Post([question, &read](std::vector<stage::Partition>& owned) {
      const std::scoped_lock lock(question->mutex);
      if (question->given_up) return;
      for (const stage::Partition& partition : owned) read(partition);
      question->answered.set_value();
    });
    thread.runner().Wake();
    auto answered = question->answered.get_future();
    if (answered.wait_for(kAnswerLimit) == std::future_status::ready) return absl::OkStatus();
    const std::scoped_lock lock(question->mutex);
    question->given_up = true;
    if (answered.wait_for(base::Duration(0)) == std::future_status::ready) return absl::OkStatus();
    return absl::DeadlineExceededError(
        "Metrics is busy and did not answer within a second; ask again.");
  }

  const MetricsOptions options_;
  const MetricsDeps deps_;
  Tracer tracer_;
  DeadLetters letters_;
  MetricsService service_;
  std::unique_ptr<stage::StageThread> events_;
  std::unique_ptr<stage::StageThread> inbound_;
  std::unique_ptr<stage::StageThread> dead_;
  std::atomic<bool> drained_{false};
  std::unique_ptr<Exposition> exposition_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsApp>> MetricsApp::Create(const MetricsOptions& options,
                                                               MetricsDeps deps) {
  ABSL_ASSIGN_OR_RETURN(auto producer,
                        deps.log.NewProducer({.name = "metrics-replay", .gapless = false}));
  return std::make_unique<App>(options, deps, std::move(producer));
}

}  // namespace centralita::metrics
