#include "agent_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/rpc/status.h"

namespace centralita::gateway {
namespace {

using v1::ConnectRequest;
using v1::ConnectResponse;
using v1::Update;

// Updates that may wait for a slow client; then its stream is closed, and it comes again and gets a
// resync.
constexpr size_t kMaxWaiting = 10'000;
constexpr size_t kMaxPerFrame = 200;
constexpr size_t kMaxReplyBytes = 64 << 10;
// Shards keep these.
constexpr size_t kMaxWordsBytes = 4 << 10;

std::string Metadata(const grpc::CallbackServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

// Held by gRPC (through self_, until OnDone), and by the session table.
class AgentStream final : public grpc::ServerBidiReactor<ConnectRequest, ConnectResponse>,
                          public Session,
                          public std::enable_shared_from_this<AgentStream> {
 public:
  AgentStream(const Directory& directory, CommandWriter& commands, SessionTable& sessions,
              telemetry::Logger& logger, Credentials credentials, std::string id)
      : directory_(directory),
        commands_(commands),
        sessions_(sessions),
        logger_(logger),
        credentials_(std::move(credentials)),
        id_(std::move(id)) {}

  void Open() {
    self_ = shared_from_this();
    StartRead(&request_);
  }

  const std::string& id() const override { return id_; }
  const AgentIdentity& agent() const override { return agent_; }

  void Deliver(Update update) override {
    const std::scoped_lock lock(mutex_);
    if (finishing_) return;
    waiting_.push_back(std::move(update));
    if (waiting_.size() > kMaxWaiting) {
      FinishLocked(absl::ResourceExhaustedError(
          "This client reads too slowly. Connect again to be resynchronised."));
      return;
    }
    WriteNext();
  }

  void Close(const std::string& reason) override {
    const std::scoped_lock lock(mutex_);
    if (finishing_) return;
    Update update;
    update.mutable_closing()->set_reason(reason);
    waiting_.push_back(std::move(update));
    closing_ = true;
    WriteNext();
  }

  void Announce() override {
    commands::v1::PresenceStatus status;
    {
      const std::scoped_lock lock(mutex_);
      status = status_;
    }
    if (!SendPresence(status).ok()) Close("The log does not answer; connect again.");
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Left();
      return;
    }
    if (const absl::Status status = Handle(request_); !status.ok()) {
      {
        // First, since the client is to read why.
        const std::scoped_lock lock(mutex_);
        FinishLocked(status);
      }
      Left();
      return;
    }
    StartRead(&request_);
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    writing_ = false;
    if (finishing_) return;
    if (ok) {
      WriteNext();
    } else {
      FinishLocked(absl::CancelledError("The client has gone."));
    }
  }

  void OnCancel() override {
    Left();
    const std::scoped_lock lock(mutex_);
    FinishLocked(absl::CancelledError("The client has gone."));
  }

  void OnDone() override {
    Left();
    const auto last = std::move(self_);
  }

 private:
  absl::Status Handle(ConnectRequest& request) {
    if (request.has_hello()) return SayHello(request.hello());
    if (!joined_)
      return absl::FailedPreconditionError("The first request of a stream must be a hello.");
    if (request.has_status()) return SetStatus(request.status().status());
    if (request.has_actions()) {
      for (auto& action : *request.mutable_actions()->mutable_actions()) Act(action);
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError("A request must hold a hello, a status or actions.");
  }

  absl::Status SayHello(const v1::Hello& hello) {
    if (joined_)
      return absl::FailedPreconditionError("Only the first request of a stream may be a hello.");
    auto agent = directory_.Authenticate(credentials_, hello.agent_id());
    if (!agent.ok()) return agent.status();
    agent_ = *std::move(agent);
    if (!sessions_.Add(shared_from_this())) {
      return absl::UnavailableError(
          "This gateway takes no more agents now. Try another one, or again in a moment.");
    }
    joined_ = true;
    Update update;
    v1::Welcome& welcome = *update.mutable_welcome();
    welcome.set_session(id_);
    welcome.set_display_name(agent_.display_name);
    welcome.set_pool(agent_.pool);
    welcome.set_capacity_units(agent_.capacity_units);
    Deliver(std::move(update));
    return SendPresence(commands::v1::PRESENCE_STATUS_AVAILABLE);
  }

  absl::Status SetStatus(commands::v1::PresenceStatus status) {
    if (status != commands::v1::PRESENCE_STATUS_AVAILABLE &&
        status != commands::v1::PRESENCE_STATUS_AWAY &&
        status != commands::v1::PRESENCE_STATUS_OFFLINE) {
      return absl::InvalidArgumentError("A status must be AVAILABLE, AWAY or OFFLINE.");
    }
    {
      const std::scoped_lock lock(mutex_);
      status_ = status;
    }
    return SendPresence(status);
  }

  absl::Status SendPresence(commands::v1::PresenceStatus status) {
    commands::v1::Command command;
    command.set_tenant(agent_.tenant);
    command.set_pool(agent_.pool);
    auto& presence = *command.mutable_presence();
    presence.set_agent_id(agent_.agent_id);
    presence.set_incarnation(commands_.incarnation());
    presence.set_session(id_);
    presence.set_status(status);
    // A presence that is not written leaves the agent without offers: better that the client
    // connects again.
    return commands_.Append(std::move(command), [weak = weak_from_this()](const absl::Status&) {
      if (const auto self = weak.lock()) self->Close("The log does not answer; connect again.");
    });
  }

  void Act(v1::Action& action) {
    if (absl::Status bad = Check(action); !bad.ok()) {
      Refuse(action.action_id(), action.conversation_id(), bad);
      return;
    }
    commands::v1::Command command;
    command.set_tenant(agent_.tenant);
    command.set_pool(agent_.pool);
    auto& out = *command.mutable_action();
    out.set_agent_id(agent_.agent_id);
    out.set_action_id(action.action_id());
    out.set_incarnation(commands_.incarnation());
    out.set_session(id_);
    out.set_conversation_id(action.conversation_id());
    switch (action.kind_case()) {
      case v1::Action::kAccept:
        out.mutable_accept()->Swap(action.mutable_accept());
        break;
      case v1::Action::kDecline:
        out.mutable_decline()->Swap(action.mutable_decline());
        break;
      case v1::Action::kReply:
        out.mutable_reply()->Swap(action.mutable_reply());
        break;
      case v1::Action::kHold:
        out.mutable_hold()->Swap(action.mutable_hold());
        break;
      case v1::Action::kResolve:
        out.mutable_resolve()->Swap(action.mutable_resolve());
        break;
      case v1::Action::kTransfer:
        out.mutable_transfer()->Swap(action.mutable_transfer());
        break;
      case v1::Action::KIND_NOT_SET:
        break;
    }
    const absl::Status taken = commands_.Append(
        std::move(command), [weak = weak_from_this(), id = action.action_id(),
                             conversation = action.conversation_id()](const absl::Status& status) {
          if (const auto self = weak.lock()) self->Refuse(id, conversation, status);
        });
    if (!taken.ok()) Refuse(action.action_id(), action.conversation_id(), taken);
  }

  static absl::Status Check(const v1::Action& action) {
    const auto bad = [](std::string_view reason, std::string_view message) {
      return base::Error(absl::StatusCode::kInvalidArgument, reason, message);
    };
    if (action.action_id().empty() || action.action_id().size() > 128) {
      return bad("bad_action_id", "An action needs an id of its own of 1 to 128 bytes.");
    }
    if (action.conversation_id().empty() || action.conversation_id().size() > 128) {
      return bad("missing_conversation",
                 "An action needs the id of the conversation that it is about.");
    }
    if (action.kind_case() == v1::Action::KIND_NOT_SET) {
      return bad("unknown_action", "This action is of no kind that this gateway knows.");
    }
    if (action.reply().text().size() > kMaxReplyBytes) {
      return bad("oversize", "A reply has at most 64 KiB. Shorten it, or send it in parts.");
    }
    const std::array others = {&action.accept().offer_id(),  &action.decline().offer_id(),
                               &action.decline().reason(),   &action.resolve().intent(),
                               &action.transfer().to_pool(), &action.transfer().to_queue(),
                               &action.transfer().note()};
    if (std::ranges::any_of(
            others, [](const std::string* text) { return text->size() > kMaxWordsBytes; })) {
      return bad("oversize",
                 "A note, a reason or a name in an action has at most 4 KiB. Shorten it.");
    }
    return absl::OkStatus();
  }

  void Refuse(const std::string& action_id, const std::string& conversation_id,
              const absl::Status& status) {
    Update update;
    auto& result = *update.mutable_action_result();
    result.set_action_id(action_id);
    result.set_conversation_id(conversation_id);
    const bool invalid = status.code() == absl::StatusCode::kInvalidArgument;
    result.mutable_error()->set_code(invalid ? base::ReasonOf(status) : "not_written");
    result.mutable_error()->set_message(
        invalid ? std::string(status.message())
                : "The log did not take this action. Send it again with the same action_id.");
    Deliver(std::move(update));
  }

  // Once: out of the table, and the shard is told. Whatever ended the stream, it is a loss of this
  // session alone.
  void Left() {
    {
      const std::scoped_lock lock(mutex_);
      if (left_) return;
      left_ = true;
      if (!finishing_ && !closing_) FinishLocked(absl::OkStatus());
    }
    if (!joined_) return;
    sessions_.Remove(id_);
    if (const absl::Status status = SendPresence(commands::v1::PRESENCE_STATUS_LOST);
        !status.ok()) {
      // The lease or the next session makes it good.
      logger_.Warning("loss of a session not written", {{"error", status}});
    }
  }

  void WriteNext() {
    if (writing_ || finishing_) return;
    if (waiting_.empty()) {
      if (closing_)
        FinishLocked(
            absl::UnavailableError("The gateway has closed this stream; see the last update."));
      return;
    }
    writing_ = true;
    response_.Clear();
    while (!waiting_.empty() && static_cast<size_t>(response_.updates_size()) < kMaxPerFrame) {
      *response_.add_updates() = std::move(waiting_.front());
      waiting_.pop_front();
    }
    StartWrite(&response_);
  }

  void FinishLocked(const absl::Status& status) {
    if (finishing_) return;
    finishing_ = true;
    Finish(rpc::ToGrpc(status));
  }

  const Directory& directory_;
  CommandWriter& commands_;
  SessionTable& sessions_;
  telemetry::Logger& logger_;
  const Credentials credentials_;
  const std::string id_;
  std::shared_ptr<AgentStream> self_;
  // Set by the hello, before the session is in the table.
  AgentIdentity agent_;
  std::atomic<bool> joined_{false};
  ConnectRequest request_;

  std::mutex mutex_;
  commands::v1::PresenceStatus status_ = commands::v1::PRESENCE_STATUS_AVAILABLE;
  std::deque<Update> waiting_;
  ConnectResponse response_;
  bool writing_ = false;
  bool closing_ = false;
  bool finishing_ = false;
  bool left_ = false;
};

}  // namespace

grpc::ServerBidiReactor<ConnectRequest, ConnectResponse>* AgentService::Connect(
    grpc::CallbackServerContext* context) {
  Credentials credentials{.tenant = Metadata(*context, "x-tenant"),
                          .api_key = Metadata(*context, "x-api-key"),
                          .agent_token = Metadata(*context, "x-agent-token")};
  const auto stream = std::make_shared<AgentStream>(
      directory_, commands_, sessions_, logger_, std::move(credentials),
      fmt::format("{}/{}", commands_.incarnation(), next_session_++));
  stream->Open();
  return stream.get();
}

}  // namespace centralita::gateway
