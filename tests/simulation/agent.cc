#include "tests/simulation/agent.h"

#include <algorithm>
#include <utility>

#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::simulation {

using commands::v1::Command;
using gateway::v1::Update;

void Agent::Connect(int gateway, std::string session) {
  Disconnect();
  gateway_ = gateway;
  session_ = std::move(session);
  status_ = commands::v1::PRESENCE_STATUS_AVAILABLE;
}

void Agent::Disconnect() {
  session_.clear();
  gateway_ = -1;
  work_.clear();
  unanswered_.clear();
}

void Agent::Put(const gateway::v1::WorkView& view, const std::string& offer_id, bool held) {
  Work& work = work_[view.conversation_id()];
  work.revision = view.revision();
  work.units = view.units();
  work.offer_id = offer_id;
  work.held = held;
}

void Agent::Take(const Update& update) {
  switch (update.kind_case()) {
    case Update::kResync:
      work_.clear();
      // Their answers may have been lost on the way: what he sees now says what became of them.
      unanswered_.clear();
      for (const auto& offer : update.resync().offers()) Put(offer.work(), offer.offer_id(), false);
      for (const auto& mine : update.resync().assigned()) Put(mine.work(), "", mine.held());
      break;
    case Update::kOffer:
      Put(update.offer().work(), update.offer().offer_id(), false);
      break;
    case Update::kOfferWithdrawn:
      std::erase_if(work_, [&](const auto& entry) {
        return entry.second.offer_id == update.offer_withdrawn().offer_id();
      });
      break;
    case Update::kAssigned:
      Put(update.assigned().work(), "", update.assigned().held());
      break;
    case Update::kUnassigned:
      work_.erase(update.unassigned().conversation_id());
      break;
    case Update::kMessagesAdded:
      if (const auto found = work_.find(update.messages_added().conversation_id());
          found != work_.end()) {
        found->second.replied = false;
      }
      break;
    case Update::kActionResult:
      TakeResult(update.action_result());
      break;
    default:
      break;
  }
}

void Agent::TakeResult(const gateway::v1::ActionResult& result) {
  const auto found = unanswered_.find(result.action_id());
  if (found == unanswered_.end()) return;
  const Command command = std::move(found->second);
  unanswered_.erase(found);
  if (result.has_error()) return;
  const auto& action = command.action();
  const auto work = work_.find(action.conversation_id());
  if (work == work_.end()) return;
  if (action.has_hold()) work->second.held = true;
  if (action.has_resolve() || action.has_transfer()) work_.erase(work);
  if (action.has_decline() && work->second.offer_id == action.decline().offer_id())
    work_.erase(work);
}

Command Agent::New(const std::string& conversation) {
  Command command;
  command.set_tenant(golden::kTenant);
  command.set_pool(pool_);
  auto& action = *command.mutable_action();
  action.set_agent_id(id_);
  action.set_action_id(fmt::format("{}-{}", id_, ++actions_));
  action.set_session(session_);
  action.set_incarnation(session_.substr(0, session_.find('/')));
  action.set_conversation_id(conversation);
  return command;
}

Command Agent::Remember(Command command) {
  unanswered_[command.action().action_id()] = command;
  last_ = command;
  return command;
}

std::optional<Command> Agent::Act(uint32_t choice) {
  if (!connected() || work_.empty()) return std::nullopt;
  const auto at = std::next(work_.begin(), choice % static_cast<uint32_t>(work_.size()));
  Work& work = at->second;
  Command command = New(at->first);
  auto& action = *command.mutable_action();
  if (!work.offer_id.empty()) {
    if (choice < 70) {
      action.mutable_accept()->set_offer_id(work.offer_id);
    } else if (choice < 90) {
      action.mutable_decline()->set_offer_id(work.offer_id);
      action.mutable_decline()->set_undeliverable(choice < 75);
    } else {
      return std::nullopt;
    }
  } else if (choice < 30) {
    action.mutable_reply()->set_text("Ya está en camino. Пътува към Вас.");
    work.replied = true;
  } else if (choice < 45) {
    action.mutable_hold();
  } else if (choice < 55) {
    action.mutable_transfer()->set_to_pool(choice < 50 ? (pool_ == "care" ? "sales" : "care") : "");
  } else {
    action.mutable_resolve();
  }
  return Remember(std::move(command));
}

std::optional<Command> Agent::Finish() {
  for (auto& [conversation, work] : work_) {
    const bool asked = std::any_of(unanswered_.begin(), unanswered_.end(), [&](const auto& entry) {
      return entry.second.action().conversation_id() == conversation;
    });
    if (asked) continue;
    Command command = New(conversation);
    if (!work.offer_id.empty()) {
      command.mutable_action()->mutable_accept()->set_offer_id(work.offer_id);
    } else {
      command.mutable_action()->mutable_resolve();
    }
    return Remember(std::move(command));
  }
  return std::nullopt;
}

std::optional<Command> Agent::Again() const {
  if (!connected() || !last_.has_value()) return std::nullopt;
  Command command = *last_;
  command.mutable_action()->set_session(session_);
  command.mutable_action()->set_incarnation(session_.substr(0, session_.find('/')));
  return command;
}

int32_t Agent::Load() const {
  int32_t load = 0;
  for (const auto& [id, work] : work_) {
    if (!work.held) load += work.units;
  }
  return load;
}

std::string Agent::View() const {
  std::string view;
  for (const auto& [id, work] : work_) {
    view += fmt::format("{}.{}{} ", id, work.revision,
                        !work.offer_id.empty() ? " offered as " + work.offer_id
                        : work.held            ? " held"
                                               : "");
  }
  return view;
}

}  // namespace centralita::simulation
