#include "client.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/uuid.h"
#include "errors.h"

namespace centralita::store::redis {
namespace {

constexpr base::Duration kSlotsInterval{15'000};
// While a slot is being moved, or a table is not settled yet.
constexpr base::Duration kFirstPause{2};
constexpr base::Duration kLongestPause{50};
constexpr int kMostRedirections = 16;

absl::Status TooLate(base::Duration timeout) {
  return base::Error(
      absl::StatusCode::kDeadlineExceeded, "redis_too_slow",
      fmt::format("Redis did not answer within {}. What was to be written may have been written. "
                  "See SLOWLOG and the load there, or raise the store's redis call_timeout.",
                  base::FormatDuration(timeout)));
}

absl::Status NoNode(uint16_t slot) {
  return base::Error(
      absl::StatusCode::kUnavailable, "redis_slot_unserved",
      fmt::format("No node of the Redis Cluster serves slot {}; see CLUSTER INFO.", slot));
}

}  // namespace

// One round of commands, sent again as far as Redis wants it.
class Client::Call final {
 public:
  Call(Client& client, const std::vector<Command>& commands, WhenMoving when_moving)
      : client_(client),
        commands_(commands),
        when_moving_(when_moving),
        deadline_(client.clock_.Monotonic() + client.settings_->options.call_timeout),
        progress_(commands.size()),
        answers_(commands.size()) {}

  std::vector<absl::StatusOr<Reply>> Run() {
    std::vector<size_t> todo(commands_.size());
    for (size_t i = 0; i < todo.size(); ++i) todo[i] = i;
    while (!todo.empty()) {
      todo = Round(todo);
      if (!todo.empty() && MustPause(todo) && !Pause()) {
        for (const size_t i : todo) answers_[i] = last_error_;
        break;
      }
    }
    return std::move(answers_);
  }

 private:
  // Sends these; returns those that are to be sent again.
  std::vector<size_t> Round(const std::vector<size_t>& todo) {
    auto batch = std::make_shared<Batch>(todo.size());
    Send(todo, batch);
    const auto left = std::max(deadline_ - client_.clock_.Monotonic(), Instant::duration(0));
    auto answers = batch->Wait(left, TooLate(client_.settings_->options.call_timeout));
    std::vector<size_t> again;
    for (size_t k = 0; k < todo.size(); ++k) {
      if (MustAskAgain(todo[k], answers[k])) {
        again.push_back(todo[k]);
      } else {
        answers_[todo[k]] = std::move(answers[k]);
      }
    }
    return again;
  }

  void Send(const std::vector<size_t>& todo, const std::shared_ptr<Batch>& batch) {
    std::map<Connection*, std::vector<Request>> requests;
    for (size_t k = 0; k < todo.size(); ++k) {
      const Command& command = commands_[todo[k]];
      Progress& progress = progress_[todo[k]];
      const bool asking = progress.asking != nullptr;
      progress.node =
          asking ? std::exchange(progress.asking, nullptr) : client_.NodeOf(command.slot);
      if (progress.node == nullptr) {
        client_.WantSlots();
        batch->Answer(k, NoNode(command.slot));
        continue;
      }
      const auto& connections = progress.node->connections;
      Request request{.head = HeadOf(command, progress.form),
                      .body = command.body,
                      .skip = asking ? 1 : 0,
                      .batch = batch,
                      .index = k};
      if (asking) request.head.insert(0, "*1\r\n$6\r\nASKING\r\n");
      requests[connections[command.slot % connections.size()].get()].push_back(std::move(request));
    }
    for (auto& [connection, list] : requests) connection->Submit(std::move(list));
    client_.loop_.Wake();
  }

  // Leaves in `answer` what the caller gets if not.
  bool MustAskAgain(size_t i, absl::StatusOr<Reply>& answer) {
    Progress& progress = progress_[i];
    progress.pause = false;
    if (!answer.ok()) {
      if (absl::IsUnavailable(answer.status())) client_.WantSlots();
      return false;
    }
    if (!IsError(**answer)) return false;
    const std::string_view error = Text(**answer);
    if (error.starts_with("NOSCRIPT") && progress.form == ScriptForm::kDigest) {
      progress.form = ScriptForm::kText;
      return true;
    }
    if (client_.settings_->options.mode == RedisMode::kCluster) {
      if (const auto redirection = ParseRedirection(error, progress.node->endpoint)) {
        return Follow(progress, *redirection, answer);
      }
    }
    last_error_ = TranslateError(error, progress.node->address);
    if (absl::IsUnavailable(last_error_)) client_.WantSlots();
    const bool moving = base::ReasonOf(last_error_) == kSlotMoving;
    answer = last_error_;
    progress.pause = true;
    return moving && when_moving_ == WhenMoving::kWait;
  }

  bool Follow(Progress& progress, const Redirection& redirection, absl::StatusOr<Reply>& answer) {
    last_error_ = base::Error(
        absl::StatusCode::kUnavailable, "redis_redirections",
        fmt::format("The nodes of the Redis Cluster do not agree who serves slot {}; see CLUSTER "
                    "SLOTS of each.",
                    redirection.slot));
    if (++progress.redirections > kMostRedirections) {
      answer = last_error_;
      return false;
    }
    if (redirection.ask) {
      progress.asking = client_.NodeAt(redirection.address);
    } else {
      client_.Learn(redirection);
    }
    progress.pause = progress.redirections > 2;
    return true;
  }

  bool MustPause(const std::vector<size_t>& todo) const {
    return std::all_of(todo.begin(), todo.end(), [this](size_t i) { return progress_[i].pause; });
  }

  // False if there is no time left.
  bool Pause() {
    const bool late = client_.clock_.Monotonic() + pause_ >= deadline_;
    if (late || !client_.Pause(pause_)) return false;
    pause_ = std::min(2 * pause_, kLongestPause);
    return true;
  }

  Client& client_;
  const std::vector<Command>& commands_;
  const WhenMoving when_moving_;
  const Instant deadline_;
  std::vector<Progress> progress_;
  std::vector<absl::StatusOr<Reply>> answers_;
  absl::Status last_error_;
  base::Duration pause_ = kFirstPause;
};

absl::StatusOr<std::unique_ptr<Client>> Client::Open(const RedisStoreOptions& options,
                                                     const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(auto settings, MakeSettings(options));
  auto client = std::unique_ptr<Client>(new Client(std::move(settings), clock));
  if (options.mode == RedisMode::kCluster) {
    ABSL_RETURN_IF_ERROR(client->ReadSlots());
    client->reader_ = std::make_unique<base::Periodic>(kSlotsInterval, [c = client.get()] {
      (void)c->ReadSlots();
      // Many find out at once that the table is old.
      c->Pause(kLongestPause);
    });
  } else {
    const std::shared_ptr<Node> node = client->NodeAt(options.addresses.front());
    client->slots_.assign(kSlots, node);
  }
  ABSL_RETURN_IF_ERROR(client->CheckServers());
  return client;
}

Client::Client(std::unique_ptr<ConnectionSettings> settings, const base::Clock& clock)
    : settings_(std::move(settings)),
      clock_(clock),
      loop_(clock),
      random_(static_cast<uint32_t>(base::StableHash(base::RandomUuid()))),
      slots_(kSlots) {}

Client::~Client() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  ending_.notify_all();
  reader_.reset();
}

absl::Status Client::CheckServers() {
  std::vector<std::shared_ptr<Node>> nodes;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, node] : nodes_) nodes.push_back(node);
  }
  absl::Status status;
  for (const auto& node : nodes) {
    const absl::Status one = CheckServer(*node);
    // A cluster may lack a node when we come.
    if (!one.ok() && (nodes.size() == 1 || !absl::IsUnavailable(one))) status = one;
  }
  return status;
}

absl::Status Client::CheckServer(Node& node) {
  ABSL_ASSIGN_OR_RETURN(const Reply info, Ask(node, MakeCommand(0, {"INFO", "all"})));
  return CheckInfo(Text(*info), settings_->options.mode, node.address);
}

std::vector<absl::StatusOr<Reply>> Client::Run(const std::vector<Command>& commands,
                                               WhenMoving when_moving) {
  return Call(*this, commands, when_moving).Run();
}

absl::StatusOr<Reply> Client::Run(const Command& command, WhenMoving when_moving) {
  return std::move(Run(std::vector<Command>{command}, when_moving).front());
}

std::shared_ptr<Client::Node> Client::NodeOf(uint16_t slot) {
  const std::lock_guard lock(mutex_);
  return slots_[slot];
}

std::shared_ptr<Client::Node> Client::NodeAt(const std::string& address) {
  const std::lock_guard lock(mutex_);
  return NodeAtLocked(address);
}

std::shared_ptr<Client::Node> Client::NodeAtLocked(const std::string& address) {
  if (const auto found = nodes_.find(address); found != nodes_.end()) return found->second;
  auto endpoint = ParseAddress(address);
  if (!endpoint.ok()) return nullptr;
  auto node = std::make_shared<Node>();
  node->address = address;
  node->endpoint = *endpoint;
  for (size_t i = 0; i < settings_->options.connections; ++i) {
    node->connections.push_back(std::make_shared<Connection>(*settings_, *endpoint, address,
                                                             static_cast<uint32_t>(random_())));
    loop_.Add(node->connections.back());
  }
  nodes_.emplace(address, node);
  return node;
}

void Client::Learn(const Redirection& redirection) {
  {
    const std::lock_guard lock(mutex_);
    slots_[redirection.slot] = NodeAtLocked(redirection.address);
  }
  WantSlots();
}

void Client::WantSlots() {
  if (reader_ != nullptr) reader_->Wake();
}

absl::Status Client::ReadSlots() {
  std::vector<std::string> addresses;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [address, node] : nodes_) addresses.push_back(address);
  }
  for (const std::string& seed : settings_->options.addresses) {
    if (std::find(addresses.begin(), addresses.end(), seed) == addresses.end()) {
      addresses.push_back(seed);
    }
  }
  absl::Status why;
  for (const std::string& address : addresses) {
    const std::shared_ptr<Node> node = NodeAt(address);
    const auto reply = Ask(*node, MakeCommand(0, {"CLUSTER", "SLOTS"}));
    if (!reply.ok()) {
      why = reply.status();
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(const auto ranges, ParseSlots(**reply, node->endpoint));
    if (ranges.empty()) {
      why = NoNode(0);
      continue;
    }
    UseSlots(ranges);
    return absl::OkStatus();
  }
  return why;
}

void Client::UseSlots(const std::vector<SlotRange>& ranges) {
  const std::lock_guard lock(mutex_);
  slots_.assign(kSlots, nullptr);
  base::StringMap<bool> used;
  for (const SlotRange& range : ranges) {
    const std::shared_ptr<Node> node = NodeAtLocked(range.address);
    used[range.address] = true;
    std::fill(slots_.begin() + range.first, slots_.begin() + range.last + 1, node);
  }
  for (auto it = nodes_.begin(); it != nodes_.end();) {
    const auto& connections = it->second->connections;
    // A node without slots may be about to get some.
    if (used.contains(it->first) || !connections.front()->down()) {
      ++it;
      continue;
    }
    for (const auto& connection : connections) connection->Close();
    nodes_.erase(it++);
  }
  loop_.Wake();
}

absl::StatusOr<Reply> Client::Ask(Node& node, const Command& command) {
  auto batch = std::make_shared<Batch>(1);
  std::vector<Request> requests;
  requests.push_back({.head = HeadOf(command, ScriptForm::kDigest),
                      .body = command.body,
                      .skip = 0,
                      .batch = batch,
                      .index = 0});
  node.connections.front()->Submit(std::move(requests));
  loop_.Wake();
  const base::Duration timeout = settings_->options.call_timeout;
  absl::StatusOr<Reply> reply = std::move(batch->Wait(timeout, TooLate(timeout)).front());
  if (reply.ok() && IsError(**reply)) return TranslateError(Text(**reply), node.address);
  return reply;
}

bool Client::Pause(base::Duration time) {
  std::unique_lock lock(mutex_);
  return !ending_.wait_for(lock, time, [this] { return ends_; });
}

}  // namespace centralita::store::redis
