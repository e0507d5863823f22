// `apply` over whole lives: enqueue, offer, accept, reply, resolve; a tenth of the offers is
// declined first. 1,000 agents who are all busy, in front of a backlog. Items are commands.
#include <benchmark/benchmark.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "centralita/base/time.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/events/v1/events.pb.h"
#include "fmt/format.h"

namespace centralita::dispatch {
namespace {

constexpr int kAgents = 1'000;
constexpr int64_t kStart = 1'800'000'000'000;

// Takes offers as a gateway would see them; serialises all outputs if asked to.
class Sink final : public base::Outputs {
 public:
  struct Offer {
    std::string conversation;
    std::string agent;
    std::string offer_id;
  };

  explicit Sink(bool serialise) : serialise_(serialise) {}
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    Count(value);
    if (topic != base::OutputTopic::kEvents) return;
    const auto& event = static_cast<const events::v1::Event&>(value);
    if (!event.has_offered()) return;
    offers.push_back(
        {event.conversation_id(), event.offered().agent_id(), event.offered().offer_id()});
  }
  void Notify(const google::protobuf::MessageLite& update) override { Count(update); }

  std::deque<Offer> offers;
  uint64_t bytes = 0;
  uint64_t outputs = 0;

 private:
  void Count(const google::protobuf::MessageLite& value) {
    ++outputs;
    if (!serialise_) return;
    value.SerializeToString(&buffer_);
    bytes += buffer_.size();
  }
  bool serialise_;
  std::string buffer_;
};

class Office final {
 public:
  Office(int backlog, bool serialise) : machine_(0), sink(serialise) {
    Activate();
    for (int i = 0; i < kAgents; ++i) Connect(i);
    for (int i = 0; i < backlog + kAgents * 3; ++i) Enqueue();
  }

  // One conversation comes, the oldest offer is worked to its end; how many commands that took.
  int Life() {
    Enqueue();
    int commands = 1;
    if (sink.offers.empty()) return commands;
    if (++lives_ % 10 == 0) {
      Act(sink.offers.front(), [](auto& action, const auto& offer) {
        action.mutable_decline()->set_offer_id(offer.offer_id);
      });
      sink.offers.pop_front();
      ++commands;
    }
    const Sink::Offer offer = sink.offers.front();
    sink.offers.pop_front();
    Act(offer,
        [](auto& action, const auto& of) { action.mutable_accept()->set_offer_id(of.offer_id); });
    Act(offer, [](auto& action, const auto&) {
      action.mutable_reply()->set_text("On its way, sorry for the wait!");
    });
    Act(offer, [](auto& action, const auto&) { action.mutable_resolve(); });
    return commands + 3;
  }

 private:
  void Apply(const commands::v1::Command& command) {
    command.SerializeToString(&bytes_);
    ++now_;
    const auto begin = std::chrono::steady_clock::now();
    machine_.Apply({0, offset_++, base::FromUnixMillis(now_), "acme/support", bytes_}, sink);
    applying += std::chrono::steady_clock::now() - begin;
  }

  commands::v1::Command Begin() {
    commands::v1::Command command;
    command.set_tenant("acme");
    command.set_pool("support");
    return command;
  }

  void Activate() {
    auto command = Begin();
    auto& activate = *command.mutable_activate();
    activate.set_version(1);
    activate.mutable_pool()->set_offer_lease_ms(1'000'000'000);
    activate.mutable_pool()->set_decline_cooldown_ms(60'000);
    for (const char* queue : {"orders", "returns", "vip"})
      activate.mutable_pool()->add_queues()->set_name(queue);
    for (int i = 0; i < kAgents; ++i) {
      auto& agent = *activate.add_agents();
      agent.set_agent_id(fmt::format("agent{}", i));
      agent.set_capacity_units(100);
      agent.add_languages(i % 2 == 0 ? "es" : "en");
      agent.add_languages("pt");
      auto& skill = *agent.add_skills();
      skill.set_name("returns");
      skill.set_level(1 + i % 10);
    }
    Apply(command);
  }

  void Connect(int i) {
    auto command = Begin();
    auto& presence = *command.mutable_presence();
    presence.set_agent_id(fmt::format("agent{}", i));
    presence.set_session("s");
    presence.set_incarnation("gateway");
    presence.set_status(commands::v1::PRESENCE_STATUS_AVAILABLE);
    Apply(command);
  }

  void Enqueue() {
    const int n = next_conversation_++;
    auto command = Begin();
    auto& enqueue = *command.mutable_enqueue();
    enqueue.set_conversation_id(fmt::format("5f0c1d9e-7a33-5b6e-9c1f-{:012d}", n));
    enqueue.set_customer_id(fmt::format("8b1d2c3e-1111-5222-8333-{:012d}", n));
    enqueue.set_revision(1);
    enqueue.set_units(33);
    enqueue.set_eligible_unix_ms(now_);
    enqueue.set_first_sequence(1);
    enqueue.set_route("orders");
    static constexpr const char* kQueues[] = {"orders", "returns", "vip"};
    auto& step = *enqueue.add_steps();
    step.set_queue(kQueues[n % 3]);
    step.set_match_language(true);
    if (n % 3 == 1) {
      auto& skill = *step.add_skills();
      skill.set_name("returns");
      skill.set_level(3);
    }
    auto& facts = *enqueue.mutable_facts();
    facts.set_intent("order_status");
    facts.set_language(n % 2 == 0 ? "es" : "en");
    facts.set_priority(400);
    facts.set_band(static_cast<classification::v1::PriorityBand>(1 + n % 4));
    facts.add_tags("vip");
    auto& addend = *facts.add_addends();
    addend.set_name("vip");
    addend.set_points(200);
    auto& message = *enqueue.add_messages();
    message.set_message_id(fmt::format("0a1b2c3d-4444-5555-8666-{:012d}", n));
    message.set_sequence(1);
    message.set_accepted_unix_ms(now_);
    message.set_said_unix_ms(now_);
    message.set_channel(common::v1::CHANNEL_CHAT);
    auto& clock = *enqueue.add_clocks();
    clock.mutable_spec()->set_name("first_response");
    clock.mutable_spec()->set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
    clock.mutable_spec()->set_target_ms(600'000);
    clock.mutable_spec()->add_warn_before_ms(60'000);
    Apply(command);
  }

  template <typename Fill>
  void Act(const Sink::Offer& offer, Fill fill) {
    auto command = Begin();
    auto& action = *command.mutable_action();
    action.set_agent_id(offer.agent);
    action.set_session("s");
    action.set_incarnation("gateway");
    action.set_action_id(fmt::format("action-{}", next_action_++));
    action.set_conversation_id(offer.conversation);
    fill(action, offer);
    Apply(command);
  }

  Dispatch machine_;

 public:
  Sink sink;
  // Spent in Apply().
  std::chrono::steady_clock::duration applying{};

 private:
  std::string bytes_;
  int64_t now_ = kStart;
  uint64_t offset_ = 0;
  int next_conversation_ = 0;
  int next_action_ = 0;
  int lives_ = 0;
};

// Timed is Apply() alone: decoding the command, all its effects, building (and serialising) what it
// says.
void BM_WholeLives(benchmark::State& state) {
  Office office(static_cast<int>(state.range(0)), state.range(1) != 0);
  int64_t commands = 0;
  const uint64_t outputs_before = office.sink.outputs;
  for (auto _ : state) {
    const auto before = office.applying;
    commands += office.Life();
    state.SetIterationTime(std::chrono::duration<double>(office.applying - before).count());
  }
  state.SetItemsProcessed(commands);
  state.counters["outputs_per_command"] =
      static_cast<double>(office.sink.outputs - outputs_before) / static_cast<double>(commands);
}
BENCHMARK(BM_WholeLives)
    ->ArgNames({"backlog", "serialise"})
    ->Args({0, 0})
    ->Args({0, 1})
    ->Args({100'000, 0})
    ->Args({100'000, 1})
    ->UseManualTime();

}  // namespace
}  // namespace centralita::dispatch
