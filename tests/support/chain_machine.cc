#include "tests/support/chain_machine.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>

#include "centralita/base/key.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::testing {
namespace {

struct Said {
  bool decoded = false;
  bool tick = false;
  std::string tenant;
  std::string text;
};

Said Read(Link link, std::string_view value) {
  const int size = static_cast<int>(value.size());
  if (link == Link::kRoutingToCommands) {
    routing::v1::RoutingRecord record;
    if (!record.ParseFromArray(value.data(), size)) return {};
    return {true, record.has_tick(), record.tenant(), record.customer_id()};
  }
  commands::v1::Command record;
  if (!record.ParseFromArray(value.data(), size)) return {};
  return {true, record.has_tick(), record.tenant(), record.pool()};
}

}  // namespace

base::ApplyResult ChainMachine::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  const Said said = Read(link_, record.value);
  if (!said.decoded || said.text == "bad") return base::ApplyResult::kUndecodable;
  Fire(record.now, outputs);
  if (said.tick) return base::ApplyResult::kApplied;
  Tenant& tenant = tenants_[said.tenant];
  changed_.insert(said.tenant);
  ++tenant.count;
  tenant.digest = base::StableHash(fmt::format("{}/{}", tenant.digest, said.text));
  if (said.text.starts_with("due:")) {
    int64_t ms = 0;
    std::from_chars(said.text.data() + 4, said.text.data() + said.text.size(), ms);
    tenant.due_unix_ms = base::ToUnixMillis(record.now) + ms;
    return base::ApplyResult::kApplied;
  }
  Pass(said.tenant, said.text, outputs);
  if (tenant.count % 3 == 0) Pass(said.tenant, fmt::format("third {}", tenant.count), outputs);
  return base::ApplyResult::kApplied;
}

void ChainMachine::Fire(base::TimePoint now, base::Outputs& outputs) {
  for (auto& [name, tenant] : tenants_) {
    if (tenant.due_unix_ms == 0 || base::FromUnixMillis(tenant.due_unix_ms) > now) continue;
    tenant.due_unix_ms = 0;
    changed_.insert(name);
    Pass(name, "fired", outputs);
  }
}

void ChainMachine::Pass(std::string_view tenant, std::string_view text,
                        base::Outputs& outputs) const {
  const std::string key = base::TenantKey(tenant, "");
  if (link_ == Link::kRoutingToCommands) {
    commands::v1::Command command;
    command.set_tenant(std::string(tenant));
    command.set_pool(std::string(text));
    outputs.Emit(base::OutputTopic::kCommands, key, command);
    outputs.Notify(command);
    return;
  }
  events::v1::Event event;
  event.set_tenant(std::string(tenant));
  event.set_customer_id(std::string(text));
  outputs.Emit(base::OutputTopic::kEvents, key, event);
}

base::TimePoint ChainMachine::NextDue() const {
  base::TimePoint next = base::kNever;
  for (const auto& [name, tenant] : tenants_) {
    if (tenant.due_unix_ms == 0) continue;
    next = std::min(next, base::FromUnixMillis(tenant.due_unix_ms));
  }
  return next;
}

std::string ChainMachine::Bytes(const Tenant& tenant) {
  return fmt::format("{} {} {}", tenant.count, tenant.digest, tenant.due_unix_ms);
}

void ChainMachine::TakeChanges(base::EntrySink& sink) {
  for (const std::string& name : changed_) sink.Put(name, Bytes(tenants_.at(name)));
  changed_.clear();
}

void ChainMachine::ForEachEntry(base::EntrySink& sink) const {
  for (const auto& [name, tenant] : tenants_) sink.Put(name, Bytes(tenant));
}

absl::Status ChainMachine::Load(std::string_view key, std::string_view value) {
  unsigned long long count = 0;
  unsigned long long digest = 0;
  long long due = 0;
  if (std::sscanf(std::string(value).c_str(), "%llu %llu %lld", &count, &digest, &due) != 3) {
    return absl::DataLossError("not an entry of this machine");
  }
  tenants_[std::string(key)] = {.count = count, .digest = digest, .due_unix_ms = due};
  return absl::OkStatus();
}

std::string RoutingText(std::string_view tenant, std::string_view text) {
  routing::v1::RoutingRecord record;
  record.set_tenant(std::string(tenant));
  record.set_customer_id(std::string(text));
  return record.SerializeAsString();
}

std::map<std::string, std::string> EntriesOf(const base::StateMachine& machine) {
  class Sink final : public base::EntrySink {
   public:
    void Put(std::string_view key, std::string_view value) override {
      entries[std::string(key)] = value;
    }
    void Erase(std::string_view key) override { entries.erase(std::string(key)); }
    std::map<std::string, std::string> entries;
  } sink;
  machine.ForEachEntry(sink);
  return std::move(sink.entries);
}

}  // namespace centralita::testing
