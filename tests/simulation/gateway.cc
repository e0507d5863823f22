#include "tests/simulation/gateway.h"

#include <algorithm>
#include <set>
#include <utility>

#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::simulation {

using commands::v1::Command;

// One Watch call.
class Gateway::Stream final : public router::Watcher {
 public:
  bool Send(owner::v1::WatchResponse frame) override {
    if (ended) return false;
    frames.push_back(std::move(frame));
    return frames.size() < kMostFrames;
  }
  void End(const absl::Status& status) override { ended = true; }

  static constexpr size_t kMostFrames = 256;
  std::deque<owner::v1::WatchResponse> frames;
  bool ended = false;
};

Gateway::Gateway(Disks& disks, int number, std::vector<Agent>& agents)
    : disks_(disks),
      number_(number),
      agents_(agents),
      incarnation_(fmt::format("gateway-{}-0", number)) {}

void Gateway::Arrive(Agent& agent) {
  agent.Connect(number_, fmt::format("{}/{}", incarnation_, ++sessions_));
  Presence(agent, agent.session(), agent.status());
}

void Gateway::SetStatus(Agent& agent, commands::v1::PresenceStatus status) {
  agent.set_status(status);
  Presence(agent, agent.session(), status);
}

void Gateway::Lose(Agent& agent) {
  Presence(agent, agent.session(), commands::v1::PRESENCE_STATUS_LOST);
  agent.Disconnect();
}

void Gateway::Presence(const Agent& agent, const std::string& session,
                       commands::v1::PresenceStatus status) {
  Command command;
  command.set_tenant(golden::kTenant);
  command.set_pool(agent.pool());
  auto& presence = *command.mutable_presence();
  presence.set_agent_id(agent.id());
  presence.set_session(session);
  presence.set_incarnation(incarnation_);
  presence.set_status(status);
  Send(std::move(command));
}

void Gateway::Send(Command command) { outbox_.push_back(std::move(command)); }

void Gateway::Flush(uint32_t count) {
  for (; count > 0 && !outbox_.empty(); --count) {
    Command command = std::move(outbox_.front());
    outbox_.pop_front();
    auto& client = *command.mutable_origin()->mutable_client();
    client.set_incarnation(incarnation_);
    client.set_sequence(++sequence_);
    const std::string key = base::TenantKey(command.tenant(), command.pool());
    sent_.push_back({key, base::PartitionOf(key, kPartitions), command.SerializeAsString()});
    Append(sent_.back().key, sent_.back().partition, sent_.back().value);
  }
}

void Gateway::Resend(uint32_t count) {
  for (size_t i = sent_.size() - std::min<size_t>(count + 1, sent_.size()); i < sent_.size(); ++i)
    Append(sent_[i].key, sent_[i].partition, sent_[i].value);
}

void Gateway::Append(const std::string& key, uint32_t partition, const std::string& value) {
  disks_.log.Append(std::string(base::topics::kCommands), partition, key, value);
}

void Gateway::Watch(uint32_t partition, Router& router) {
  Link& link = links_[partition];
  if (link.stream != nullptr) router.hub().Remove(link.stream.get());
  link.stream = std::make_shared<Stream>();
  link.router = &router;
  link.live = false;
  owner::v1::WatchRequest request;
  request.set_incarnation(incarnation_);
  request.add_partitions(partition);
  router.hub().Add(request, link.stream);
}

bool Gateway::Watches(uint32_t partition) const {
  const auto found = links_.find(partition);
  return found != links_.end() && found->second.stream != nullptr && !found->second.stream->ended;
}

const Router* Gateway::Watched(uint32_t partition) const {
  return Watches(partition) ? links_.at(partition).router : nullptr;
}

void Gateway::Deliver(uint32_t partition) {
  Link& link = links_[partition];
  if (link.stream == nullptr) return;
  while (!link.stream->frames.empty()) {
    const owner::v1::WatchResponse frame = std::move(link.stream->frames.front());
    link.stream->frames.pop_front();
    Take(partition, link, frame);
  }
}

std::optional<uint64_t> Gateway::TakeResynced(uint32_t partition) {
  return std::exchange(links_[partition].resynced, std::nullopt);
}

// As OwnerWatcher does: what is not above the highest offset seen is old news, whoever brings it.
void Gateway::Take(uint32_t partition, Link& link, const owner::v1::WatchResponse& frame) {
  if (frame.resync() ? frame.offset() < link.seen : !link.live || frame.offset() <= link.seen)
    return;
  link.seen = frame.offset();
  link.resynced = frame.resync() ? std::optional(frame.offset()) : std::nullopt;
  std::set<std::string> known;
  for (const auto& update : frame.updates()) {
    known.insert(update.session());
    Agent* const agent = AgentAt(update.session());
    if (agent == nullptr) continue;
    if (update.update().has_closing()) {
      Lose(*agent);
    } else {
      agent->Take(update.update());
    }
  }
  if (!frame.resync()) return;
  link.live = true;
  gateway::v1::Update nothing;
  nothing.mutable_resync();
  for (Agent& agent : agents_) {
    if (agent.gateway() != number_ || known.contains(agent.session())) continue;
    const std::string key = base::TenantKey(golden::kTenant, agent.pool());
    if (base::PartitionOf(key, kPartitions) != partition) continue;
    agent.Take(nothing);
    Presence(agent, agent.session(), agent.status());
  }
}

Agent* Gateway::AgentAt(std::string_view session) {
  const auto found = std::ranges::find_if(agents_, [&](const Agent& agent) {
    return agent.gateway() == number_ && agent.session() == session;
  });
  return found == agents_.end() ? nullptr : &*found;
}

void Gateway::Crash() {
  for (Agent& agent : agents_) {
    if (agent.gateway() == number_) agent.Disconnect();
  }
  outbox_.clear();
  sent_.clear();
  for (auto& [partition, link] : links_) {
    if (link.stream != nullptr) link.stream->ended = true;
  }
  links_.clear();
  Command lost;
  lost.mutable_gateway_lost()->set_incarnation(incarnation_);
  for (uint32_t partition = 0; partition < kPartitions; ++partition)
    Append("", partition, lost.SerializeAsString());
  incarnation_ = fmt::format("gateway-{}-{}", number_, ++incarnations_);
  sequence_ = 0;
}

}  // namespace centralita::simulation
