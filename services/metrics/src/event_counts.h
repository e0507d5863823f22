// Where the messages of one partition of `events` are, and which agents are available, by what
// route and dispatch said of them. Pure.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "centralita/base/state_machine.h"
#include "centralita/base/strings.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "centralita/snapshot/v1/metrics_state.pb.h"

namespace centralita::metrics {

// Not thread-safe.
class EventCounts final : public base::StateMachine {
 public:
  // Adds this partition's part, without the duplicates among replays.
  void AddTo(const std::string& tenant, v1::GetOverviewResponse& overview) const;
  // Replays of messages that route had had before: of one tenant, or of all for the empty name.
  uint64_t ReplayedDuplicates(const std::string& tenant) const;
  // Adds to rows, by tenant, pool and queue.
  void AddTo(const std::string& tenant, std::map<std::string, v1::QueueRow>& rows) const;

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  base::TimePoint NextDue() const override { return base::kNever; }
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override { return absl::OkStatus(); }
  uint32_t EngineLevel() const override { return 1; }

 private:
  using Conversation = snapshot::v1::ConversationEntry;

  void Count(const events::v1::Event& event);
  void Place(const events::v1::Event& event);
  void MessageIn(const events::v1::Event& event, uint64_t sequence, bool replayed);
  void Moved(const events::v1::Event& event);
  void MessageOut(const events::v1::Event& event);
  void Close(const events::v1::Event& event);
  void Presence(const events::v1::Event& event);
  Conversation& Find(const std::string& tenant, const std::string& conversation_id);
  snapshot::v1::TenantCounters& Tenant(const std::string& tenant);
  snapshot::v1::QueueCounters& Queue(const events::v1::Event& event);
  void Touch(const std::string& key) { changed_.insert(key); }
  void Forget(base::TimePoint now);

  base::StringMap<Conversation> conversations_;
  std::map<std::string, snapshot::v1::TenantCounters, std::less<>> tenants_;
  std::map<std::string, snapshot::v1::QueueCounters, std::less<>> queues_;
  std::map<std::string, snapshot::v1::AvailableAgentEntry, std::less<>> available_;
  // Closed conversations, the oldest first: kept for a while, since events of route and dispatch
  // may cross.
  std::deque<std::pair<int64_t, std::string>> closed_;
  absl::flat_hash_set<std::string> changed_;
};

}  // namespace centralita::metrics
