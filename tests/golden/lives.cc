#include "tests/golden/lives.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <random>
#include <utility>

#include "centralita/base/key.h"
#include "centralita/base/time.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/owner/v1/owner.pb.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::golden {
namespace {

using commands::v1::Command;
using routing::v1::RoutingRecord;

constexpr int64_t kStart = 1'767'225'600'000;  // 2026-01-01
constexpr uint32_t kCustomers = 40;
constexpr size_t kRemembered = 200;

class World final : private base::Outputs {
 public:
  explicit World(uint32_t seed) : random_(seed) { Activate(); }

  Logs Live(int steps) {
    for (int i = 0; i < steps; ++i) {
      now_ += Draw(400);
      Step();
      Settle();
    }
    return std::move(logs_);
  }

 private:
  // Drawn without the library's distributions, which differ between implementations.
  uint32_t Draw(uint32_t below) { return static_cast<uint32_t>(random_()) % below; }

  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    const std::string bytes = value.SerializeAsString();
    if (topic == base::OutputTopic::kRouting) to_route_.push_back({0, std::string(key), bytes});
    if (topic == base::OutputTopic::kCommands) to_dispatch_.push_back({0, std::string(key), bytes});
    if (topic == base::OutputTopic::kEvents) Learn(bytes);
  }

  void Notify(const google::protobuf::MessageLite& message) override {
    owner::v1::AgentUpdate update;
    if (!update.ParseFromString(message.SerializeAsString())) return;
    const auto& what = update.update();
    if (what.has_offer()) PlanAnswer(update);
    if (what.has_assigned()) PlanWork(update, what.assigned().work().conversation_id());
    if (what.has_messages_added()) PlanWork(update, what.messages_added().conversation_id());
  }

  void Learn(const std::string& bytes) {
    events::v1::Event event;
    if (!event.ParseFromString(bytes)) return;
    for (const auto& clock : event.clocks())
      alarms_.push_back({event.pool(), event.conversation_id(), clock});
    if (alarms_.size() > kRemembered) alarms_.pop_front();
  }

  void Step() {
    const uint32_t what = Draw(100);
    if (what < 34) return Say();
    if (what < 70) return Act();
    if (what < 78) return Ring();
    if (what < 82) return Amend();
    if (what < 90) return Presence();
    if (what < 92) return Link();
    if (what < 93) return Activate();
    if (what < 94) return ToRoute({0, "broken", "\xff\xff\xff"});
    if (what < 95) return ToDispatch({0, "broken", "\x0a\xff"});
    if (what < 97) now_ += Draw(20'000);
    Tick();
  }

  // Everything that the stages told each other, and what is due.
  void Settle() {
    while (!to_route_.empty() || !to_dispatch_.empty()) {
      if (!to_route_.empty()) {
        const LoggedRecord record = std::move(to_route_.front());
        to_route_.pop_front();
        ToRoute(record);
      } else {
        const LoggedRecord record = std::move(to_dispatch_.front());
        to_dispatch_.pop_front();
        ToDispatch(record);
      }
    }
  }

  void Say() {
    static constexpr std::array kIntents = {"order_status", "discount_promo", "praise_feedback",
                                            "other"};
    static constexpr std::array kLanguages = {"es", "bg", "en", "pt"};
    RoutingRecord record = For(Draw(kCustomers));
    auto& tagged = *record.mutable_tagged();
    const bool again = messages_ > 0 && Draw(12) == 0;
    tagged.set_message_id(fmt::format("message-{}", again ? Draw(messages_) : messages_++));
    tagged.set_channel(static_cast<common::v1::Channel>(1 + Draw(12)));
    tagged.set_accepted_unix_ms(now_);
    if (Draw(20) == 0) tagged.set_not_before_unix_ms(now_ + Draw(10'000));
    auto& classification = *tagged.mutable_classification();
    classification.set_intent(kIntents[Draw(kIntents.size())]);
    classification.set_language(kLanguages[Draw(kLanguages.size())]);
    ToRoute(record);
  }

  void Amend() {
    RoutingRecord record = For(Draw(kCustomers));
    auto& facts = *record.mutable_amendment()->mutable_facts();
    record.mutable_amendment()->set_reason("cart");
    facts.set_profile_revision(++revisions_);
    facts.add_addends()->set_points(static_cast<int32_t>(Draw(600)));
    ToRoute(record);
  }

  void Link() {
    const uint32_t customer = Draw(kCustomers);
    RoutingRecord record = For(customer);
    record.mutable_link()->mutable_handle()->set_handle(std::to_string(customer));
    record.mutable_link()->set_to_customer_id(fmt::format("customer-{}", Draw(kCustomers)));
    ToRoute(record);
  }

  void Activate() {
    ++version_;
    ToRoute(RoutePolicy(version_));
    for (const Command& command : PoolPolicies(version_)) ToDispatch(command);
  }

  void Tick() {
    RoutingRecord route;
    route.mutable_tick();
    ToRoute(route);
    Command dispatch;
    dispatch.mutable_tick();
    ToDispatch(dispatch);
  }

  void Presence() {
    static constexpr std::array kStatuses = {
        commands::v1::PRESENCE_STATUS_AVAILABLE, commands::v1::PRESENCE_STATUS_AVAILABLE,
        commands::v1::PRESENCE_STATUS_AVAILABLE, commands::v1::PRESENCE_STATUS_AWAY,
        commands::v1::PRESENCE_STATUS_OFFLINE,   commands::v1::PRESENCE_STATUS_LOST};
    Command command;
    command.set_tenant(kTenant);
    command.set_pool(Draw(3) == 0 ? "sales" : "care");
    if (Draw(25) == 0) {
      command.mutable_gateway_lost()->set_incarnation("gateway");
    } else {
      auto& presence = *command.mutable_presence();
      presence.set_agent_id(fmt::format("{}-{}", command.pool(), Draw(kAgentsPerPool)));
      presence.set_incarnation("gateway");
      presence.set_session(fmt::format("session-{}-{}", presence.agent_id(), Draw(2)));
      presence.set_status(kStatuses[Draw(kStatuses.size())]);
    }
    ToDispatch(command);
  }

  // Rings a clock of the past, sometimes before its time, sometimes one that no longer runs.
  void Ring() {
    if (alarms_.empty()) return;
    const Alarm& known = alarms_[Draw(static_cast<uint32_t>(alarms_.size()))];
    Command command;
    command.set_tenant(kTenant);
    command.set_pool(known.pool.empty() ? "care" : known.pool);
    auto& alarm = *command.mutable_alarm()->mutable_alarm();
    alarm.set_conversation_id(known.conversation_id);
    alarm.set_clock(known.clock.spec().name());
    alarm.set_generation(known.clock.generation());
    alarm.set_threshold(Draw(2));
    alarm.set_due_unix_ms(known.clock.deadline_unix_ms());
    if (Draw(4) == 0) command.mutable_alarm()->mutable_forecast()->set_slack_ms(-1);
    ToDispatch(command);
  }

  Command Action(const owner::v1::AgentUpdate& update, const std::string& conversation_id) {
    Command command;
    command.set_tenant(update.tenant());
    command.set_pool(update.pool());
    auto& action = *command.mutable_action();
    action.set_agent_id(update.agent_id());
    action.set_action_id(fmt::format("action-{}", ++actions_));
    action.set_incarnation("gateway");
    action.set_session(update.session());
    action.set_conversation_id(conversation_id);
    return command;
  }

  void PlanAnswer(const owner::v1::AgentUpdate& update) {
    if (Draw(15) == 0) return;  // he looks away
    const auto& offer = update.update().offer();
    Command command = Action(update, offer.work().conversation_id());
    if (Draw(8) == 0) {
      command.mutable_action()->mutable_decline()->set_offer_id(offer.offer_id());
    } else {
      command.mutable_action()->mutable_accept()->set_offer_id(offer.offer_id());
    }
    planned_.push_back(std::move(command));
  }

  void PlanWork(const owner::v1::AgentUpdate& update, const std::string& conversation_id) {
    Command reply = Action(update, conversation_id);
    reply.mutable_action()->mutable_reply()->set_text("Hola, ya está en camino. Здравейте!");
    reply.mutable_action()->mutable_reply()->set_no_response_needed(Draw(10) == 0);
    planned_.push_back(std::move(reply));
    Command end = Action(update, conversation_id);
    const uint32_t what = Draw(10);
    if (what < 2) {
      end.mutable_action()->mutable_hold()->set_waiting_for(Draw(3) == 0 ? "carrier" : "");
    } else if (what < 3) {
      end.mutable_action()->mutable_transfer()->set_to_pool(update.pool() == "care" ? "sales"
                                                                                    : "care");
    } else {
      end.mutable_action()->mutable_resolve();
    }
    planned_.push_back(std::move(end));
  }

  void Act() {
    if (planned_.empty()) return Presence();
    const Command command = planned_.front();
    planned_.pop_front();
    ToDispatch(command);
    if (Draw(10) == 0) ToDispatch(command);  // a retry
  }

  static RoutingRecord For(uint32_t customer) {
    RoutingRecord record;
    record.set_tenant(kTenant);
    record.set_customer_id(fmt::format("customer-{}", customer));
    return record;
  }

  void ToRoute(const RoutingRecord& record) {
    ToRoute(
        {0, base::TenantKey(record.tenant(), record.customer_id()), record.SerializeAsString()});
  }
  void ToDispatch(const Command& command) {
    ToDispatch({0, base::TenantKey(command.tenant(), command.pool()), command.SerializeAsString()});
  }
  void ToRoute(LoggedRecord record) { Apply(route_, logs_.routing, std::move(record)); }
  void ToDispatch(LoggedRecord record) { Apply(dispatch_, logs_.commands, std::move(record)); }

  void Apply(base::StateMachine& stage, std::vector<LoggedRecord>& log, LoggedRecord record) {
    record.now_unix_ms = now_;
    const uint64_t offset = log.size();
    log.push_back(record);
    stage.Apply({0, offset, base::FromUnixMillis(now_), record.key, record.value}, *this);
  }

  struct Alarm {
    std::string pool;
    std::string conversation_id;
    clocks::v1::ClockState clock;
  };

  std::mt19937 random_;
  int64_t now_ = kStart;
  route::Route route_{0};
  dispatch::Dispatch dispatch_{0};
  Logs logs_;
  std::deque<LoggedRecord> to_route_;
  std::deque<LoggedRecord> to_dispatch_;
  std::deque<Command> planned_;
  std::deque<Alarm> alarms_;
  uint64_t version_ = 0;
  uint32_t messages_ = 0;
  uint64_t revisions_ = 0;
  uint64_t actions_ = 0;
};

}  // namespace

Logs DrawLives(uint32_t seed, int steps) { return World(seed).Live(steps); }

}  // namespace centralita::golden
