#include "agents/simulated_agent.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "centralita/base/uuid.h"

namespace centralita::agents {
namespace {

using gateway::v1::Action;
using gateway::v1::Update;

constexpr base::Duration kReconnect{300};
constexpr base::Duration kRetry{200};

std::string_view ReplyIn(std::string_view language) {
  struct Phrase {
    std::string_view language;
    std::string_view text;
  };
  static constexpr std::array kPhrases = {
      Phrase{"es", "¡Hola! Gracias por escribirnos. Lo acabo de revisar y ya está en marcha."},
      Phrase{"bg", "Здравейте! Благодарим Ви, че ни писахте. Проверих и вече се погрижихме."},
      Phrase{"pt", "Olá! Obrigado pela sua mensagem. Já verifiquei e está a ser tratado."},
      Phrase{"fr", "Bonjour ! Merci pour votre message. J'ai vérifié et c'est en cours."},
      Phrase{"de", "Hallo! Danke für Ihre Nachricht. Ich habe es geprüft, es ist auf dem Weg."},
      Phrase{"it", "Ciao! Grazie per averci scritto. Ho controllato ed è tutto avviato."},
  };
  const auto found = std::ranges::find(kPhrases, language, &Phrase::language);
  return found == kPhrases.end()
             ? "Hello! Thanks for writing to us. I have looked into it and it is on its way."
             : found->text;
}

}  // namespace

SimulatedAgent::SimulatedAgent(std::string agent_id, uint64_t seed,
                               const SimulatedAgentsOptions& options,
                               std::shared_ptr<grpc::Channel> channel, TaskLoop& loop,
                               AgentObserver* observer, SimulatedAgentsStats& stats)
    : agent_id_(std::move(agent_id)),
      options_(options),
      channel_(std::move(channel)),
      loop_(loop),
      observer_(observer),
      stats_(stats),
      random_(seed),
      run_(base::RandomUuid().substr(0, 8)) {}

void SimulatedAgent::Connect() {
  if (leaving_) return;
  client_.reset();
  ++connection_;
  if (observer_ != nullptr) observer_->OnConnecting(agent_id_);
  client_ = AgentClient::Connect(channel_, options_.credentials, agent_id_, *this);
  if (options_.drop_out_every.count() > 0) PlanDropOut();
}

void SimulatedAgent::Leave() {
  leaving_ = true;
  if (client_ == nullptr) return;
  client_->SetStatus(commands::v1::PRESENCE_STATUS_OFFLINE);
  client_->Close();
}

void SimulatedAgent::OnUpdate(Update update) {
  loop_.Post([this, connection = connection_, update = std::move(update)] {
    if (connection == connection_) Saw(update);
  });
}

void SimulatedAgent::OnClosed(const absl::Status& status) {
  loop_.Post([this, connection = connection_, status] {
    if (connection != connection_) return;
    if (!status.ok()) stats_.last_error = std::string(status.message());
    Lost();
    loop_.After(Around(kReconnect), [this] { Connect(); });
  });
}

void SimulatedAgent::Lost() {
  if (!session_.empty()) {
    --stats_.connected;
    if (observer_ != nullptr) observer_->OnDisconnected(agent_id_, session_);
  }
  session_.clear();
  // What is still his, the resync of the next connection says.
  work_.clear();
  unanswered_.clear();
}

void SimulatedAgent::PlanDropOut() {
  std::exponential_distribution<double> gap(1.0 /
                                            static_cast<double>(options_.drop_out_every.count()));
  loop_.After(base::Duration(static_cast<int64_t>(gap(random_)) + 1),
              [this, connection = connection_] {
                if (connection != connection_ || leaving_) return;
                ++stats_.drop_outs;
                client_.reset();
                ++connection_;  // What the old connection still said is not heard.
                Lost();
                loop_.After(Around(kReconnect), [this] { Connect(); });
              });
}

void SimulatedAgent::Saw(const Update& update) {
  if (update.has_welcome()) {
    session_ = update.welcome().session();
    ++stats_.connected;
  }
  if (observer_ != nullptr) observer_->OnSaw(agent_id_, session_, update);
  switch (update.kind_case()) {
    case Update::kResync:
      Resynced(update.resync());
      break;
    case Update::kOffer:
      Offered(update.offer());
      break;
    case Update::kAssigned:
      Assigned(update.assigned());
      break;
    case Update::kUnassigned:
      work_.erase(update.unassigned().conversation_id());
      break;
    case Update::kMessagesAdded:
      Added(update.messages_added());
      break;
    case Update::kActionResult:
      Result(update.action_result());
      break;
    default:
      break;
  }
}

void SimulatedAgent::Resynced(const gateway::v1::Resync& resync) {
  std::set<std::string> mine;
  for (const auto& assigned : resync.assigned()) {
    mine.insert(assigned.work().conversation_id());
    Assigned(assigned);
  }
  std::erase_if(work_, [&mine](const auto& entry) { return !mine.contains(entry.first); });
  for (const auto& offer : resync.offers()) Offered(offer);
}

void SimulatedAgent::Offered(const gateway::v1::Offer& offer) {
  ++stats_.offers;
  if (Chance(options_.ignore)) return;
  const bool decline = Chance(options_.decline);
  loop_.After(Around(options_.think),
              [this, connection = connection_, decline, id = offer.offer_id(),
               conversation = offer.work().conversation_id()] {
                if (connection != connection_) return;
                Action action;
                action.set_conversation_id(conversation);
                if (decline) {
                  ++stats_.declined;
                  action.mutable_decline()->set_offer_id(id);
                  action.mutable_decline()->set_reason("busy with something else");
                } else {
                  ++stats_.accepted;
                  action.mutable_accept()->set_offer_id(id);
                }
                Do(std::move(action));
              });
}

void SimulatedAgent::Assigned(const gateway::v1::Assigned& assigned) {
  const std::string& id = assigned.work().conversation_id();
  Work& work = work_[id];
  work.last_sequence = std::max(work.last_sequence, assigned.work().last_sequence());
  work.language = assigned.work().facts().language();
  work.held = assigned.held();
  if (!work.held) PlanReply(id);
}

void SimulatedAgent::Added(const gateway::v1::MessagesAdded& added) {
  const auto found = work_.find(added.conversation_id());
  if (found == work_.end()) return;
  for (const auto& message : added.messages()) {
    found->second.last_sequence = std::max(found->second.last_sequence, message.sequence());
  }
  found->second.held = false;
  PlanReply(added.conversation_id());
}

void SimulatedAgent::PlanReply(const std::string& conversation_id) {
  const uint64_t plan = ++work_[conversation_id].plan;
  loop_.After(Around(options_.handling * 6 / 10),
              [this, connection = connection_, conversation_id, plan] {
                if (connection == connection_) Reply(conversation_id, plan);
              });
}

void SimulatedAgent::Reply(const std::string& conversation_id, uint64_t plan) {
  const auto found = work_.find(conversation_id);
  if (found == work_.end() || found->second.plan != plan) return;
  ++stats_.replied;
  found->second.replied_up_to = found->second.last_sequence;
  Action action;
  action.set_conversation_id(conversation_id);
  action.mutable_reply()->set_text(std::string(ReplyIn(found->second.language)));
  Do(std::move(action));
  loop_.After(Around(options_.handling * 4 / 10),
              [this, connection = connection_, conversation_id, plan] {
                if (connection == connection_) Finish(conversation_id, plan);
              });
}

void SimulatedAgent::Finish(const std::string& conversation_id, uint64_t plan) {
  const auto found = work_.find(conversation_id);
  if (found == work_.end() || found->second.plan != plan) return;
  Action action;
  action.set_conversation_id(conversation_id);
  if (Chance(options_.hold)) {
    found->second.held = true;
    action.mutable_hold();
  } else {
    ++stats_.resolved;
    action.mutable_resolve();
  }
  Do(std::move(action));
}

void SimulatedAgent::Result(const gateway::v1::ActionResult& result) {
  const auto found = unanswered_.find(result.action_id());
  if (found == unanswered_.end()) return;
  const Action action = std::move(found->second);
  unanswered_.erase(found);
  if (!result.has_error()) {
    if (action.has_resolve()) work_.erase(action.conversation_id());
    return;
  }
  ++stats_.refused_actions;
  if (result.error().code() != "not_written") return;
  loop_.After(kRetry, [this, connection = connection_, action] {
    if (connection == connection_) Do(action);
  });
}

void SimulatedAgent::Do(Action action) {
  if (client_ == nullptr || session_.empty()) return;
  if (action.action_id().empty())
    action.set_action_id(fmt::format("{}-{}-{}", agent_id_, run_, next_action_++));
  unanswered_[action.action_id()] = action;
  if (observer_ != nullptr) observer_->OnDid(agent_id_, session_, action);
  client_->Act(std::move(action));
}

base::Duration SimulatedAgent::Around(base::Duration mean) {
  std::uniform_real_distribution<double> factor(0.5, 1.5);
  return base::Duration(static_cast<int64_t>(static_cast<double>(mean.count()) * factor(random_)));
}

bool SimulatedAgent::Chance(double probability) {
  return probability > 0 && std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

}  // namespace centralita::agents
