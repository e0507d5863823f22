// Feeds records to a Route as a log would, and keeps what comes out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "centralita/base/key.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/outbound/v1/outbound.pb.h"
#include "centralita/route/route.h"
#include "centralita/routing/v1/routing.pb.h"
#include "gtest/gtest.h"

namespace centralita::route {

using commands::v1::Command;
using events::v1::Event;
using routing::v1::RoutingRecord;

struct Output {
  base::OutputTopic topic;
  std::string key;
  std::string value;
  bool operator==(const Output&) const = default;
};

class Collector final : public base::Outputs {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    all.push_back({topic, std::string(key), value.SerializeAsString()});
  }
  void Notify(const google::protobuf::MessageLite&) override {
    ADD_FAILURE() << "route has nobody to notify";
  }

  template <typename Message>
  std::vector<Message> Of(base::OutputTopic topic) const {
    std::vector<Message> messages;
    for (const Output& output : all) {
      if (output.topic != topic) continue;
      EXPECT_TRUE(messages.emplace_back().ParseFromString(output.value));
    }
    return messages;
  }
  std::vector<Event> events() const { return Of<Event>(base::OutputTopic::kEvents); }
  std::vector<Command> commands() const { return Of<Command>(base::OutputTopic::kCommands); }

  std::vector<Output> all;
};

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override {
    order.emplace_back(key);
    all[std::string(key)] = std::string(value);
  }
  void Erase(std::string_view key) override {
    order.emplace_back(key);
    all.erase(std::string(key));
  }
  std::map<std::string, std::string> all;
  std::vector<std::string> order;
};

inline std::unique_ptr<Route> LoadFrom(const Entries& entries) {
  auto route = std::make_unique<Route>(0);
  for (const auto& [key, value] : entries.all) EXPECT_TRUE(route->Load(key, value).ok()) << key;
  EXPECT_TRUE(route->LoadDone().ok());
  return route;
}

inline constexpr int64_t kStart = 1'767'225'600'000;  // 2026-01-01

class Harness {
 public:
  Collector Apply(const RoutingRecord& record) {
    const std::string key = base::TenantKey(record.tenant(), record.customer_id());
    return ApplyBytes(key, record.SerializeAsString());
  }
  Collector ApplyBytes(const std::string& key, const std::string& value) {
    Collector out;
    const base::InputRecord input{0, offset++, base::FromUnixMillis(now), key, value};
    result = route->Apply(input, out);
    return out;
  }
  // As after a crash: through all entries, or through the changes of every checkpoint so far.
  void SaveAndLoad() {
    Entries all;
    route->ForEachEntry(all);
    route = LoadFrom(all);
  }
  Collector Tick() {
    RoutingRecord record;
    record.mutable_tick();
    return Apply(record);
  }
  Collector Activate(const policy::v1::RouteSection& section, uint64_t version = 1) {
    RoutingRecord record;
    record.mutable_activate()->set_tenant("acme");
    record.mutable_activate()->set_version(version);
    *record.mutable_activate()->mutable_route() = section;
    return Apply(record);
  }

  int64_t now = kStart;
  uint64_t offset = 0;
  base::ApplyResult result = base::ApplyResult::kApplied;
  std::unique_ptr<Route> route = std::make_unique<Route>(0);
};

inline RoutingRecord For(const std::string& customer) {
  RoutingRecord record;
  record.set_tenant("acme");
  record.set_customer_id(customer);
  return record;
}

inline RoutingRecord Message(const Harness& harness, const std::string& customer,
                             const std::string& id, const std::string& intent = "order_status",
                             common::v1::Channel channel = common::v1::CHANNEL_CHAT) {
  RoutingRecord record = For(customer);
  auto& tagged = *record.mutable_tagged();
  tagged.set_message_id(id);
  tagged.set_channel(channel);
  tagged.set_accepted_unix_ms(harness.now);
  tagged.mutable_classification()->set_intent(intent);
  tagged.mutable_classification()->set_language("es");
  return record;
}

inline RoutingRecord Closed(const std::string& customer, const std::string& conversation,
                            uint64_t revision, uint64_t last_sequence,
                            const std::string& agent = "ana") {
  RoutingRecord record = For(customer);
  auto& closed = *record.mutable_closed();
  closed.set_conversation_id(conversation);
  closed.set_revision(revision);
  closed.set_last_sequence(last_sequence);
  closed.set_agent_id(agent);
  closed.set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT);
  return record;
}

// "sales" for discounts, an automatic answer for praise, "care" with two steps for all else.
inline policy::v1::RouteSection SamplePolicy() {
  policy::v1::RouteSection section;
  auto& sales = *section.add_routes();
  sales.set_name("discounts");
  sales.mutable_when()->add_intents("discount_promo");
  sales.set_pool("sales");
  sales.add_steps()->set_queue("offers");
  auto& praise = *section.add_routes();
  praise.set_name("thanks");
  praise.mutable_when()->add_intents("praise_feedback");
  praise.mutable_answer()->set_text("¡Gracias!");
  auto& rest = *section.add_routes();
  rest.set_name("rest");
  rest.set_pool("care");
  rest.add_steps()->set_queue("first");
  rest.mutable_steps(0)->set_for_ms(60'000);
  rest.add_steps()->set_queue("second");
  section.set_default_pool("care");
  section.set_default_queue("first");
  section.set_reopen_window_ms(3'600'000);
  section.set_facts_kept_ms(60'000);
  auto& clock = *section.add_clocks();
  clock.mutable_spec()->set_name("first_response");
  clock.mutable_spec()->set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  clock.mutable_spec()->set_target_ms(600'000);
  return section;
}

}  // namespace centralita::route
