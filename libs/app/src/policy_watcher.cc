#include "centralita/app/policy_watcher.h"

#include <fmt/format.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "policy_assembler.h"

namespace centralita::app {
namespace {

constexpr base::Duration kPoll{500};
constexpr base::Duration kRetry{500};

class Watcher final : public PolicyWatcher {
 public:
  Watcher(std::unique_ptr<eventlog::Consumer> consumer, uint64_t end, telemetry::Logger& logger)
      : consumer_(std::move(consumer)), end_(end), logger_(logger), thread_([this] { Run(); }) {}

  ~Watcher() override {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    consumer_->Wake();
    thread_.join();
  }

  std::shared_ptr<const PolicySnapshot> Current() const override {
    std::lock_guard lock(mutex_);
    return current_;
  }

  bool Loaded() const override {
    std::lock_guard lock(mutex_);
    return loaded_;
  }

  absl::Status WaitLoaded(base::Duration limit) const override {
    return WaitFor(limit, "the policy is read", [this] { return loaded_; });
  }

  absl::Status WaitVersion(const std::string& tenant, uint64_t version,
                           base::Duration limit) const override {
    return WaitFor(limit, fmt::format("tenant '{}' has policy version {}", tenant, version), [&] {
      const TenantPolicy* policy = current_->Find(tenant);
      return policy != nullptr && policy->version >= version;
    });
  }

  std::shared_ptr<void> Subscribe(Callback callback) override {
    std::lock_guard lock(subscribers_->mutex);
    callback(Current());
    const uint64_t id = subscribers_->next_id++;
    subscribers_->all.emplace(id, std::move(callback));
    return std::shared_ptr<void>(nullptr, [subscribers = subscribers_, id](void*) {
      std::lock_guard erase_lock(subscribers->mutex);
      subscribers->all.erase(id);
    });
  }

 private:
  // Outlives the watcher if a subscription does.
  struct Subscribers {
    std::mutex mutex;
    uint64_t next_id = 0;
    std::map<uint64_t, Callback> all;
  };

  template <typename Condition>
  absl::Status WaitFor(base::Duration limit, std::string_view what, Condition condition) const {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, limit, condition)) return absl::OkStatus();
    return base::Error(
        absl::StatusCode::kDeadlineExceeded, "policy_not_loaded",
        fmt::format("Waited {} in vain until {}.", base::FormatDuration(limit), what));
  }

  void Run() {
    while (!Stopped()) {
      auto polled = consumer_->Poll(kPoll);
      if (!polled.ok()) {
        logger_.Warning("policy_read_failed", {{"error", polled.status()}});
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kRetry, [this] { return stop_; });
        continue;
      }
      Apply(*polled);
    }
  }

  void Apply(const eventlog::PollResult& polled) {
    bool changed = false;
    for (const eventlog::RecordBatch& batch : polled.batches) {
      for (const eventlog::Record& record : batch.records()) {
        const auto whole = assembler_.Apply(record);
        if (!whole.ok())
          logger_.Error("policy_damaged", {{"offset", record.offset}, {"error", whole.status()}});
        changed |= whole.ok() && *whole;
        next_ = record.offset + 1;
      }
    }
    // The last record of a compacted topic stays, so there is one to tell the end by. A poll that
    // brings nothing does not: a server may be slow.
    Publish(changed, next_ >= end_);
  }

  void Publish(bool changed, bool at_end) {
    std::shared_ptr<const PolicySnapshot> snapshot;
    {
      std::lock_guard subscribers_lock(subscribers_->mutex);
      {
        std::lock_guard lock(mutex_);
        if (changed) current_ = std::make_shared<const PolicySnapshot>(assembler_.snapshot());
        loaded_ |= at_end;
        snapshot = current_;
      }
      if (changed) {
        for (const auto& [id, callback] : subscribers_->all) callback(snapshot);
      }
    }
    changed_.notify_all();
  }

  bool Stopped() const {
    std::lock_guard lock(mutex_);
    return stop_;
  }

  const std::unique_ptr<eventlog::Consumer> consumer_;
  const uint64_t end_;
  telemetry::Logger& logger_;
  const std::shared_ptr<Subscribers> subscribers_ = std::make_shared<Subscribers>();
  // Of the thread alone.
  PolicyAssembler assembler_;
  uint64_t next_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::shared_ptr<const PolicySnapshot> current_ = std::make_shared<const PolicySnapshot>();
  bool loaded_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PolicyWatcher>> PolicyWatcher::Start(eventlog::EventLog& log,
                                                                    telemetry::Logger& logger) {
  const eventlog::TopicPartition partition{std::string(base::topics::kPolicy), 0};
  ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, log.Offsets(partition));
  ABSL_ASSIGN_OR_RETURN(auto consumer, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(consumer->Seek(partition, range.begin));
  return std::make_unique<Watcher>(std::move(consumer), range.end, logger);
}

}  // namespace centralita::app
