// A machine with short words for commands, and what came out of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/key.h"
#include "centralita/base/time.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "centralita/owner/v1/owner.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "fmt/format.h"
#include "gtest/gtest.h"

namespace centralita::dispatch {

inline constexpr std::string_view kTenant = "acme";
inline constexpr std::string_view kPool = "support";
inline constexpr size_t kFewEntries = 300;
inline constexpr int64_t kStart = 1'800'000'000'000;

// Everything that a machine said, readable and as bytes.
class Recorder final : public base::Outputs {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    const std::string bytes = value.SerializeAsString();
    log += fmt::format("{}|{}|{}|", static_cast<int>(topic), key, bytes);
    if (topic == base::OutputTopic::kEvents) {
      EXPECT_TRUE(events.emplace_back().ParseFromString(bytes));
      event_keys.emplace_back(key);
    }
    if (topic == base::OutputTopic::kRouting) {
      EXPECT_TRUE(routing.emplace_back().ParseFromString(bytes));
    }
    if (topic == base::OutputTopic::kOutbound) {
      EXPECT_TRUE(outbound.emplace_back().ParseFromString(bytes));
    }
  }
  void Notify(const google::protobuf::MessageLite& update) override {
    const std::string bytes = update.SerializeAsString();
    log += fmt::format("N|{}|", bytes);
    EXPECT_TRUE(updates.emplace_back().ParseFromString(bytes));
  }
  void Clear() { *this = Recorder(); }

  std::vector<events::v1::Event> events;
  std::vector<std::string> event_keys;
  std::vector<routing::v1::RoutingRecord> routing;
  std::vector<outbound::v1::Outbound> outbound;
  std::vector<owner::v1::AgentUpdate> updates;
  std::string log;
};

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override {
    entries[std::string(key)] = value;
  }
  void Erase(std::string_view key) override { entries.erase(std::string(key)); }
  std::map<std::string, std::string> entries;
};

inline std::map<std::string, std::string> AllEntries(const Dispatch& machine) {
  Entries all;
  machine.ForEachEntry(all);
  return all.entries;
}

// A new machine with what the other one had.
inline std::unique_ptr<Dispatch> Restored(const Dispatch& machine) {
  auto restored = std::make_unique<Dispatch>(0);
  for (const auto& [key, value] : AllEntries(machine))
    EXPECT_TRUE(restored->Load(key, value).ok()) << key;
  EXPECT_TRUE(restored->LoadDone().ok());
  return restored;
}

inline commands::v1::Command Command() {
  commands::v1::Command command;
  command.set_tenant(std::string(kTenant));
  command.set_pool(std::string(kPool));
  return command;
}

struct AgentSpec {
  std::string id;
  int32_t capacity = 100;
  std::vector<std::pair<std::string, int32_t>> skills = {};
  std::vector<std::string> languages = {"es"};
  bool bot = false;
};

inline policy::v1::PoolSection PoolWith(int64_t lease = 1'000, int64_t cooldown = 5'000) {
  policy::v1::PoolSection pool;
  pool.set_pool(std::string(kPool));
  pool.add_queues()->set_name("general");
  pool.add_queues()->set_name("vip");
  pool.set_offer_lease_ms(lease);
  pool.set_decline_cooldown_ms(cooldown);
  pool.set_reconnect_grace_ms(3'000);
  pool.set_hold_frees_capacity(true);
  return pool;
}

inline commands::v1::Command Activation(uint64_t version, const policy::v1::PoolSection& pool,
                                        const std::vector<AgentSpec>& agents) {
  auto command = Command();
  auto& activate = *command.mutable_activate();
  activate.set_tenant(std::string(kTenant));
  activate.set_version(version);
  *activate.mutable_pool() = pool;
  activate.set_parts(1);
  for (const AgentSpec& spec : agents) {
    auto& agent = *activate.add_agents();
    agent.set_agent_id(spec.id);
    agent.set_pool(std::string(kPool));
    agent.set_capacity_units(spec.capacity);
    agent.set_bot(spec.bot);
    for (const auto& [name, level] : spec.skills) {
      auto& skill = *agent.add_skills();
      skill.set_name(name);
      skill.set_level(level);
    }
    for (const auto& language : spec.languages) agent.add_languages(language);
  }
  return command;
}

inline routing::v1::MessageRef Message(std::string_view conversation, uint64_t sequence,
                                       int64_t accepted) {
  routing::v1::MessageRef message;
  message.set_message_id(fmt::format("{}-m{}", conversation, sequence));
  message.set_sequence(sequence);
  message.set_channel(common::v1::CHANNEL_CHAT);
  message.set_accepted_unix_ms(accepted);
  message.set_said_unix_ms(accepted);
  return message;
}

inline clocks::v1::ClockState Clock(std::string_view name, clocks::v1::ClockKind kind,
                                    int64_t target) {
  clocks::v1::ClockState clock;
  clock.mutable_spec()->set_name(std::string(name));
  clock.mutable_spec()->set_kind(kind);
  clock.mutable_spec()->set_target_ms(target);
  clock.mutable_spec()->add_warn_before_ms(target / 4);
  return clock;
}

// One machine, its time, and its words.
class Desk {
 public:
  Desk() : machine(std::make_unique<Dispatch>(0)) {}

  // Applies, proves the invariants, and leaves in `out` what this one record gave.
  Recorder& Apply(const commands::v1::Command& command) {
    out.Clear();
    const std::string bytes = command.SerializeAsString();
    const std::string key = base::TenantKey(command.tenant(), command.pool());
    EXPECT_EQ(machine->Apply({0, offset++, base::FromUnixMillis(now), key, bytes}, out),
              base::ApplyResult::kApplied);
    const absl::Status audit = machine->Audit();
    EXPECT_TRUE(audit.ok()) << audit.ToString() << "\nafter " << command.ShortDebugString();
    // Checkpoints have all that has changed. Looked at while that is cheap.
    machine->TakeChanges(stored);
    if (stored.entries.size() < kFewEntries) {
      EXPECT_TRUE(stored.entries == AllEntries(*machine))
          << "a change was not given after " << command.ShortDebugString();
    }
    return out;
  }

  Recorder& Activate(uint64_t version, const policy::v1::PoolSection& pool,
                     const std::vector<AgentSpec>& agents) {
    return Apply(Activation(version, pool, agents));
  }

  Recorder& Presence(std::string_view agent, commands::v1::PresenceStatus status,
                     std::string_view session = {}, std::string_view incarnation = "gw1") {
    auto command = Command();
    auto& presence = *command.mutable_presence();
    presence.set_agent_id(std::string(agent));
    presence.set_status(status);
    presence.set_session(session.empty() ? SessionOf(agent) : std::string(session));
    presence.set_incarnation(std::string(incarnation));
    return Apply(command);
  }
  Recorder& Available(std::string_view agent) {
    return Presence(agent, commands::v1::PRESENCE_STATUS_AVAILABLE);
  }

  static commands::v1::Enqueue NewEnqueue(std::string_view id, int32_t units, int64_t now_ms) {
    commands::v1::Enqueue enqueue;
    enqueue.set_conversation_id(std::string(id));
    enqueue.set_customer_id(fmt::format("customer-{}", id));
    enqueue.set_revision(1);
    enqueue.set_units(units);
    enqueue.set_eligible_unix_ms(now_ms);
    enqueue.add_steps()->set_queue("general");
    enqueue.mutable_facts()->set_band(classification::v1::PRIORITY_BAND_NORMAL);
    enqueue.mutable_facts()->set_language("es");
    enqueue.mutable_facts()->set_intent("order_status");
    *enqueue.add_messages() = Message(id, 1, now_ms);
    enqueue.set_first_sequence(1);
    return enqueue;
  }
  Recorder& Enqueue(const commands::v1::Enqueue& enqueue) {
    auto command = Command();
    *command.mutable_enqueue() = enqueue;
    return Apply(command);
  }
  Recorder& Enqueue(std::string_view id, int32_t units = 50) {
    return Enqueue(NewEnqueue(id, units, now));
  }

  Recorder& Append(std::string_view id, uint64_t sequence, uint64_t revision = 1) {
    auto command = Command();
    auto& append = *command.mutable_append();
    append.set_conversation_id(std::string(id));
    append.set_revision(revision);
    *append.mutable_message() = Message(id, sequence, now);
    return Apply(command);
  }

  commands::v1::Command Action(std::string_view agent, std::string_view conversation) {
    auto command = Command();
    auto& action = *command.mutable_action();
    action.set_agent_id(std::string(agent));
    action.set_action_id(fmt::format("action-{}", next_action++));
    action.set_conversation_id(std::string(conversation));
    action.set_session(SessionOf(agent));
    action.set_incarnation("gw1");
    return command;
  }
  Recorder& Accept(std::string_view agent, std::string_view conversation, int n = 1,
                   int revision = 1) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_accept()->set_offer_id(
        fmt::format("{}.{}.{}", conversation, revision, n));
    return Apply(command);
  }
  Recorder& Decline(std::string_view agent, std::string_view conversation, int n = 1,
                    bool undeliverable = false) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_decline()->set_offer_id(
        fmt::format("{}.1.{}", conversation, n));
    command.mutable_action()->mutable_decline()->set_undeliverable(undeliverable);
    return Apply(command);
  }
  Recorder& Reply(std::string_view agent, std::string_view conversation) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_reply()->set_text("Hola");
    return Apply(command);
  }
  Recorder& Hold(std::string_view agent, std::string_view conversation, int64_t until = 0) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_hold()->set_until_unix_ms(until);
    return Apply(command);
  }
  Recorder& Resolve(std::string_view agent, std::string_view conversation) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_resolve();
    return Apply(command);
  }
  Recorder& Transfer(std::string_view agent, std::string_view conversation) {
    auto command = Action(agent, conversation);
    command.mutable_action()->mutable_transfer()->set_to_queue("vip");
    return Apply(command);
  }
  Recorder& Tick(int64_t advance) {
    now += advance;
    commands::v1::Command command;
    command.mutable_tick();
    return Apply(command);
  }

  // Who has the offer that the last record made; empty if it made none.
  std::string OfferedTo() const {
    for (const auto& event : out.events) {
      if (event.has_offered()) return event.offered().agent_id();
    }
    return {};
  }
  std::string OfferedWork() const {
    for (const auto& event : out.events) {
      if (event.has_offered()) return event.conversation_id();
    }
    return {};
  }
  // The code of the rejection that the last record gave; empty if it gave none.
  std::string Rejection() const {
    for (const auto& event : out.events) {
      if (event.has_rejected()) return event.rejected().code();
    }
    return {};
  }
  // The first event of that kind; a default one (and a failure) if there is none.
  events::v1::Event Find(events::v1::Event::KindCase kind) const {
    for (const auto& event : out.events) {
      if (event.kind_case() == kind) return event;
    }
    ADD_FAILURE() << "no event of kind " << kind;
    return {};
  }
  bool Has(events::v1::Event::KindCase kind) const {
    for (const auto& event : out.events) {
      if (event.kind_case() == kind) return true;
    }
    return false;
  }

  static std::string SessionOf(std::string_view agent) { return fmt::format("session-{}", agent); }

  std::unique_ptr<Dispatch> machine;
  Recorder out;
  // What checkpoints have been given.
  Entries stored;
  int64_t now = kStart;
  uint64_t offset = 0;
  int next_action = 1;
};

}  // namespace centralita::dispatch
