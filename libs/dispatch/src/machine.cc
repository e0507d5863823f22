#include "machine.h"

#include "actions.h"
#include "activation.h"
#include "agents.h"
#include "centralita/base/key.h"
#include "centralita/dispatch/dispatch.h"
#include "clocks.h"
#include "queueing.h"
#include "settings.h"
#include "tick.h"

namespace centralita::dispatch {
namespace {

// Enough for most records. The arena gives back every block but this one after each record, and to
// give back large ones makes malloc tidy up (half of all the time, measured).
constexpr size_t kFirstBlock = 64 * 1024;

google::protobuf::ArenaOptions ArenaFrom(char* block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = kFirstBlock;
  return options;
}

}  // namespace

Machine::Machine()
    : block_(std::make_unique<char[]>(kFirstBlock)), arena_(ArenaFrom(block_.get())) {
  header_.set_engine_level(kEngineLevel);
  MarkHeader();
}

base::ApplyResult Machine::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  if (header_.engine_level() > kEngineLevel) return base::ApplyResult::kApplied;
  arena_.Reset();
  Context context{outputs, base::ToUnixMillis(record.now), arena_};
  auto& command = context.Make<cmd::Command>();
  if (!command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  switch (command.kind_case()) {
    case cmd::Command::KIND_NOT_SET:
      return base::ApplyResult::kUndecodable;
    case cmd::Command::kTick:
      Tick(context);
      break;
    case cmd::Command::kEngineLevel:
      SetEngineLevel(command.engine_level().level());
      break;
    case cmd::Command::kGatewayLost:
      LoseGateway(command.gateway_lost().incarnation());
      ContinueLosses(context);
      break;
    default:
      ApplyToShard(command, context);
  }
  return base::ApplyResult::kApplied;
}

Shard* Machine::Find(std::string_view tenant, std::string_view pool) {
  const auto it = shards_.find(base::TenantKey(tenant, pool));
  return it == shards_.end() ? nullptr : it->second.get();
}

Shard& Machine::FindOrCreate(std::string_view tenant, std::string_view pool) {
  auto& slot = shards_[base::TenantKey(tenant, pool)];
  if (slot == nullptr) {
    slot = std::make_unique<Shard>(tenant, pool, changed_, sessions_);
    slot->UpdateCounters();
  }
  return *slot;
}

void Machine::ApplyToShard(const cmd::Command& command, Context& context) {
  const bool creates = command.kind_case() == cmd::Command::kEnqueue ||
                       command.kind_case() == cmd::Command::kActivate;
  Shard* const shard = creates ? &FindOrCreate(command.tenant(), command.pool())
                               : Find(command.tenant(), command.pool());
  if (shard == nullptr) {
    ApplyToUnknownShard(command, context);
    return;
  }
  switch (command.kind_case()) {
    case cmd::Command::kEnqueue:
      Enqueue(*shard, context, command.enqueue());
      break;
    case cmd::Command::kAppend:
      Append(*shard, context, command.append());
      break;
    case cmd::Command::kAmend:
      Amend(*shard, context, command.amend());
      break;
    case cmd::Command::kAction:
      Act(*shard, context, command.action());
      break;
    case cmd::Command::kPresence:
      SetPresence(*shard, context, command.presence());
      break;
    case cmd::Command::kAlarm:
      Alarm(*shard, context, command.alarm());
      break;
    case cmd::Command::kActivate:
      Activate(*shard, context, command.activate());
      break;
    default:
      // AgentReleased: agents do not move between pools yet.
      break;
  }
  NoteDue(*shard);
}

// A pool of which nothing is known: whoever acts there is refused, in the same words as always, and
// nothing is kept.
void Machine::ApplyToUnknownShard(const cmd::Command& command, Context& context) {
  ChangedKeys changed;
  Sessions sessions;
  Shard nobody(command.tenant(), command.pool(), changed, sessions);
  if (command.has_action()) Act(nobody, context, command.action());
  if (command.has_presence()) SetPresence(nobody, context, command.presence());
}

void Machine::Tick(Context& context) {
  ContinueLosses(context);
  DoTimers(context);
  ContinueSweeps(context);
}

void Machine::DoTimers(Context& context) {
  // Shards with a sweep are noted as due at 0, whatever their timers say; each shard is asked in
  // order.
  int budget = kTimersPerTick;
  auto it = due_.begin();
  while (budget > 0 && it != due_.end() && it->first <= context.now) {
    const std::pair<int64_t, std::string> here = *it;
    Shard& shard = *shards_.find(here.second)->second;
    bool worked = false;
    while (budget > 0 && DoOneTimer(shard, context)) {
      --budget;
      worked = true;
    }
    if (worked) NoteDue(shard);
    it = due_.upper_bound(here);
  }
}

void Machine::ContinueSweeps(Context& context) {
  int budget = kSweepPerTick;
  while (budget > 0 && !due_.empty() && due_.begin()->first == 0) {
    Shard& shard = *shards_.find(due_.begin()->second)->second;
    if (shard.counters.sweep() == state::DISPATCH_SWEEP_UNSPECIFIED) break;
    // Changing the stage counts as well, so that this ends.
    budget -= 1 + ContinueSweep(shard, context, budget);
    NoteDue(shard);
  }
}

void Machine::SetEngineLevel(uint32_t level) {
  if (level <= header_.engine_level()) return;
  header_.set_engine_level(level);
  MarkHeader();
}

void Machine::LoseGateway(const std::string& incarnation) {
  if (!sessions_.contains(incarnation)) return;
  for (const auto& known : header_.lost_incarnations()) {
    if (known == incarnation) return;
  }
  header_.add_lost_incarnations(incarnation);
  MarkHeader();
}

void Machine::ContinueLosses(Context& context) {
  int budget = kTimersPerTick;
  while (header_.lost_incarnations_size() > 0) {
    const auto it = sessions_.find(header_.lost_incarnations(0));
    if (it == sessions_.end()) {
      header_.mutable_lost_incarnations()->DeleteSubrange(0, 1);
      MarkHeader();
      continue;
    }
    if (budget-- <= 0) return;
    const auto [shard, agent] = it->second.begin()->second;
    LoseSession(*shard, context, *agent);
    NoteDue(*shard);
  }
}

void Machine::NoteDue(Shard& shard) {
  const int64_t due = shard.NextDue();
  int64_t& noted = noted_due_.try_emplace(shard.key(), kNoTime).first->second;
  if (noted == due) return;
  if (noted != kNoTime) due_.erase({noted, shard.key()});
  if (due != kNoTime) due_.emplace(due, shard.key());
  noted = due;
}

base::TimePoint Machine::NextDue() const {
  if (header_.engine_level() > kEngineLevel) return base::kNever;
  if (header_.lost_incarnations_size() > 0) return base::FromUnixMillis(0);
  return due_.empty() ? base::kNever : base::FromUnixMillis(due_.begin()->first);
}

void Machine::MarkHeader() {
  if (header_dirty_) return;
  header_dirty_ = true;
  changed_.push_back("h");
}

}  // namespace centralita::dispatch
