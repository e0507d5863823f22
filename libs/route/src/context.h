// One record being applied: its time, where outputs go, and memory for them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "centralita/base/key.h"
#include "centralita/base/state_machine.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "google/protobuf/arena.h"

namespace centralita::route {

struct Context {
  const base::InputRecord& input;
  const routing::v1::RoutingRecord& record;
  base::Outputs& outputs;
  // Emptied after each record.
  google::protobuf::Arena& arena;
  int64_t now_ms = 0;
  // TenantKey of the record's customer.
  std::string_view key;

  template <typename Message>
  Message& Make() const {
    return *google::protobuf::Arena::CreateMessage<Message>(&arena);
  }

  events::v1::Event& MakeEvent() const {
    auto& event = Make<events::v1::Event>();
    event.set_tenant(record.tenant());
    event.set_customer_id(record.customer_id());
    event.set_at_unix_ms(now_ms);
    return event;
  }
  void Emit(const events::v1::Event& event) const {
    outputs.Emit(base::OutputTopic::kEvents, key, event);
  }

  commands::v1::Command& MakeCommand(std::string_view pool) const {
    auto& command = Make<commands::v1::Command>();
    command.set_tenant(record.tenant());
    command.set_pool(pool.data(), pool.size());
    return command;
  }
  void Emit(const commands::v1::Command& command) const {
    outputs.Emit(base::OutputTopic::kCommands, base::TenantKey(command.tenant(), command.pool()),
                 command);
  }

  // Something that was asked for cannot be done; nothing changes.
  void Reject(std::string_view code, std::string_view detail) const {
    auto& event = MakeEvent();
    event.mutable_rejected()->set_code(code.data(), code.size());
    event.mutable_rejected()->set_detail(detail.data(), detail.size());
    Emit(event);
  }
};

}  // namespace centralita::route
