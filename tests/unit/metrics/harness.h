// Feeds a machine of metrics with events as route and dispatch write them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "centralita/base/state_machine.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "event_counts.h"

namespace centralita::metrics {

using events::v1::Event;

inline constexpr int64_t kStart = 1'800'000'000'000;

class NoOutputs final : public base::Outputs {
 public:
  void Emit(base::OutputTopic, std::string_view, const google::protobuf::MessageLite&) override {
    ADD_FAILURE() << "metrics writes nothing";
  }
  void Notify(const google::protobuf::MessageLite&) override { ADD_FAILURE(); }
};

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override { all[std::string(key)] = value; }
  void Erase(std::string_view key) override { all.erase(std::string(key)); }
  std::map<std::string, std::string> all;
};

inline std::map<std::string, std::string> AllEntries(const base::StateMachine& machine) {
  Entries entries;
  machine.ForEachEntry(entries);
  return entries.all;
}

inline base::ApplyResult Apply(base::StateMachine& machine, const std::string& key,
                               const std::string& value, int64_t now = kStart) {
  NoOutputs outputs;
  return machine.Apply({0, 0, base::FromUnixMillis(now), key, value}, outputs);
}

// Words of route and dispatch about conversations of "acme".
inline Event Of(const std::string& conversation, uint64_t revision = 1) {
  Event event;
  event.set_tenant("acme");
  event.set_customer_id("customer");
  event.set_conversation_id(conversation);
  event.set_revision(revision);
  event.set_at_unix_ms(kStart);
  event.set_pool("care");
  event.set_queue("general");
  return event;
}
inline Event Opened(const std::string& conversation, bool replayed = false) {
  Event event = Of(conversation);
  event.mutable_opened()->mutable_message()->set_sequence(1);
  event.mutable_opened()->set_replayed(replayed);
  return event;
}
inline Event Joined(const std::string& conversation, uint64_t sequence, uint64_t revision = 1) {
  Event event = Of(conversation, revision);
  event.mutable_joined()->mutable_message()->set_sequence(sequence);
  return event;
}
inline Event Reopened(const std::string& conversation, uint64_t sequence, uint64_t revision) {
  Event event = Of(conversation, revision);
  event.mutable_reopened()->mutable_message()->set_sequence(sequence);
  return event;
}
inline Event Moved(const std::string& conversation, uint64_t sequence, const std::string& from,
                   uint64_t revision) {
  Event event = Of(conversation, revision);
  event.mutable_moved()->mutable_message()->set_sequence(sequence);
  event.mutable_moved()->set_from_conversation_id(from);
  return event;
}
inline Event Answered() {
  Event event = Of("");
  event.mutable_answered()->set_message_id("answered");
  return event;
}
inline Event Duplicate(bool replayed = false) {
  Event event = Of("");
  event.mutable_duplicate()->set_message_id("twice");
  event.mutable_duplicate()->set_replayed(replayed);
  return event;
}
inline Event Queued(const std::string& conversation, uint64_t revision = 1,
                    int64_t eligible = kStart) {
  Event event = Of(conversation, revision);
  event.mutable_queued()->set_eligible_unix_ms(eligible);
  return event;
}
inline Event Offered(const std::string& conversation, uint64_t revision = 1) {
  Event event = Of(conversation, revision);
  event.mutable_offered()->set_agent_id("ana");
  return event;
}
inline Event Accepted(const std::string& conversation, uint64_t revision = 1) {
  Event event = Of(conversation, revision);
  event.mutable_accepted()->set_agent_id("ana");
  return event;
}
inline Event Held(const std::string& conversation, uint64_t revision = 1) {
  Event event = Of(conversation, revision);
  event.mutable_held()->set_agent_id("ana");
  return event;
}
inline Event Released(const std::string& conversation, uint64_t revision, uint64_t last_sequence) {
  Event event = Of(conversation, revision);
  event.mutable_released()->set_last_sequence(last_sequence);
  return event;
}
inline Event Closed(const std::string& conversation, uint64_t last_sequence,
                    uint64_t revision = 1) {
  Event event = Of(conversation, revision);
  event.mutable_closed()->set_last_sequence(last_sequence);
  return event;
}

inline Event Present(const std::string& agent, commands::v1::PresenceStatus status,
                     const std::string& pool = "care", const std::string& tenant = "acme") {
  Event event;
  event.set_tenant(tenant);
  event.set_pool(pool);
  event.mutable_presence()->set_agent_id(agent);
  event.mutable_presence()->set_status(status);
  return event;
}

class Counted {
 public:
  Counted& Tell(Event event) {
    event.set_at_unix_ms(now);
    EXPECT_EQ(Apply(*counts, "acme/customer", event.SerializeAsString(), now),
              base::ApplyResult::kApplied);
    return *this;
  }
  v1::GetOverviewResponse Overview(const std::string& tenant = "acme") const {
    v1::GetOverviewResponse overview;
    counts->AddTo(tenant, overview);
    return overview;
  }
  v1::Conservation Messages() const { return Overview().messages(); }
  // Every message that route has had, in the place where it is now; in flight are those that no
  // shard has.
  uint64_t Placed() const {
    const v1::Conservation m = Messages();
    return m.duplicates() + m.queued() + m.offered() + m.active() + m.waiting() + m.resolved();
  }
  void SaveAndLoad() {
    const auto saved = AllEntries(*counts);
    counts = std::make_unique<EventCounts>();
    for (const auto& [key, value] : saved) ASSERT_TRUE(counts->Load(key, value).ok()) << key;
    ASSERT_TRUE(counts->LoadDone().ok());
    EXPECT_EQ(AllEntries(*counts), saved);
  }

  std::unique_ptr<EventCounts> counts = std::make_unique<EventCounts>();
  int64_t now = kStart;
};

}  // namespace centralita::metrics
