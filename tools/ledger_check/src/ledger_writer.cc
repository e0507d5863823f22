#include "centralita/ledger/ledger_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>
#include <utility>

#include "block_format.h"
#include "centralita/gateway/v1/gateway.pb.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "json_line.h"

namespace centralita::ledger {
namespace {

constexpr size_t kBufferBytes = 256 * 1024;

std::string MessageIds(const gateway::v1::WorkView& work) {
  std::string ids = "[";
  for (const auto& message : work.messages()) {
    if (ids.size() > 1) ids += ',';
    ids += JsonLine::Quoted(message.message_id());
  }
  return ids + "]";
}

void AddWork(const gateway::v1::WorkView& work, JsonLine& line) {
  line.String("conversation_id", work.conversation_id())
      .Uint("revision", work.revision())
      .Int("units", work.units())
      .Uint("last_sequence", work.last_sequence())
      .Raw("message_ids", MessageIds(work));
}

void AddOffer(const gateway::v1::Offer& offer, JsonLine& line) {
  line.String("offer_id", offer.offer_id());
  AddWork(offer.work(), line);
}

void AddAssigned(const gateway::v1::Assigned& assigned, JsonLine& line) {
  line.String("offer_id", assigned.offer_id()).Bool("held", assigned.held());
  AddWork(assigned.work(), line);
}

// A JSON array of what `add` writes of each item.
template <typename Items, typename Add>
std::string Array(const Items& items, Add add) {
  std::string text = "[";
  for (const auto& item : items) {
    if (text.size() > 1) text += ',';
    JsonLine line;
    add(item, line);
    text += line.Object();
  }
  return text + "]";
}

void AddMessages(const gateway::v1::MessagesAdded& added, JsonLine& line) {
  std::string ids = "[";
  uint64_t last_sequence = 0;
  for (const auto& message : added.messages()) {
    if (ids.size() > 1) ids += ',';
    ids += JsonLine::Quoted(message.message_id());
    last_sequence = std::max(last_sequence, message.sequence());
  }
  line.String("conversation_id", added.conversation_id())
      .Uint("revision", added.revision())
      .Uint("last_sequence", last_sequence)
      .Raw("message_ids", ids + "]");
}

std::string_view KindOf(const gateway::v1::Action& action) {
  switch (action.kind_case()) {
    case gateway::v1::Action::kAccept:
      return "accept";
    case gateway::v1::Action::kDecline:
      return "decline";
    case gateway::v1::Action::kReply:
      return "reply";
    case gateway::v1::Action::kHold:
      return "hold";
    case gateway::v1::Action::kResolve:
      return "resolve";
    case gateway::v1::Action::kTransfer:
      return "transfer";
    case gateway::v1::Action::KIND_NOT_SET:
      break;
  }
  return "";
}

JsonLine AgentLine(int64_t unix_ms, std::string_view agent_id, std::string_view session,
                   std::string_view kind) {
  JsonLine line;
  line.Int("t_ms", unix_ms)
      .String("agent_id", agent_id)
      .String("session", session)
      .String("kind", kind);
  return line;
}

// Empty for an update of a kind that this version does not know.
std::string LineOf(int64_t t, std::string_view agent, std::string_view session,
                   const gateway::v1::Update& update) {
  using Update = gateway::v1::Update;
  switch (update.kind_case()) {
    case Update::kWelcome:
      return AgentLine(t, agent, update.welcome().session(), "welcome")
          .String("pool", update.welcome().pool())
          .Int("capacity", update.welcome().capacity_units())
          .Line();
    case Update::kResync:
      return AgentLine(t, agent, session, "resync")
          .Raw("offers", Array(update.resync().offers(), AddOffer))
          .Raw("assigned", Array(update.resync().assigned(), AddAssigned))
          .Line();
    case Update::kOffer: {
      JsonLine line = AgentLine(t, agent, session, "offer");
      AddOffer(update.offer(), line);
      return line.Line();
    }
    case Update::kOfferWithdrawn:
      return AgentLine(t, agent, session, "withdrawn")
          .String("offer_id", update.offer_withdrawn().offer_id())
          .String("reason", update.offer_withdrawn().reason())
          .Line();
    case Update::kAssigned: {
      JsonLine line = AgentLine(t, agent, session, "assigned");
      AddAssigned(update.assigned(), line);
      return line.Line();
    }
    case Update::kUnassigned:
      return AgentLine(t, agent, session, "unassigned")
          .String("conversation_id", update.unassigned().conversation_id())
          .Uint("revision", update.unassigned().revision())
          .String("reason", update.unassigned().reason())
          .Line();
    case Update::kMessagesAdded: {
      JsonLine line = AgentLine(t, agent, session, "messages_added");
      AddMessages(update.messages_added(), line);
      return line.Line();
    }
    case Update::kActionResult: {
      const auto& result = update.action_result();
      const std::string_view code = result.error().code();
      return AgentLine(t, agent, session, "result")
          .String("action_id", result.action_id())
          .String("conversation_id", result.conversation_id())
          .String("error", !result.has_error() ? ""
                           : code.empty()      ? "unknown"
                                               : code)
          .Line();
    }
    case Update::kClosing:
      return AgentLine(t, agent, session, "closing")
          .String("reason", update.closing().reason())
          .Line();
    case Update::KIND_NOT_SET:
      break;
  }
  return "";
}

absl::Status WriteAll(int fd, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      return absl::UnavailableError(
          fmt::format("Cannot write the ledger's file {}: {}. The ledger is incomplete.",
                      path.string(), std::strerror(errno)));
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

// One file with its buffer; created when its first record is written out.
class LedgerWriter::File final {
 public:
  explicit File(std::filesystem::path path) : path_(std::move(path)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }

  void Append(std::string_view record) {
    std::lock_guard lock(mutex_);
    if (!status_.ok()) return;
    if (closed_) {
      status_ = absl::FailedPreconditionError(fmt::format(
          "A record came for {} after the ledger was closed; close it last.", path_.string()));
      return;
    }
    buffer_ += record;
    if (buffer_.size() >= kBufferBytes) WriteOut();
  }

  absl::Status Flush(bool close) {
    std::lock_guard lock(mutex_);
    if (!buffer_.empty()) WriteOut();
    if (status_.ok() && fd_ >= 0 && ::fsync(fd_) != 0) {
      status_ = absl::UnavailableError(fmt::format("Cannot sync the ledger's file {}: {}.",
                                                   path_.string(), std::strerror(errno)));
    }
    closed_ = closed_ || close;
    return status_;
  }

 private:
  void WriteOut() {
    if (!status_.ok()) return;
    if (fd_ < 0) fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    status_ = fd_ >= 0
                  ? WriteAll(fd_, buffer_, path_)
                  : absl::UnavailableError(fmt::format("Cannot create the ledger's file {}: {}.",
                                                       path_.string(), std::strerror(errno)));
    buffer_.clear();
  }

  const std::filesystem::path path_;
  std::mutex mutex_;
  std::string buffer_;
  absl::Status status_;
  bool closed_ = false;
  int fd_ = -1;
};

LedgerWriter::LedgerWriter(std::unique_ptr<File> senders, std::unique_ptr<File> agents,
                           std::unique_ptr<File> events, std::unique_ptr<File> dead_letters)
    : senders_(std::move(senders)),
      agents_(std::move(agents)),
      events_(std::move(events)),
      dead_letters_(std::move(dead_letters)) {}

LedgerWriter::~LedgerWriter() { Close().IgnoreError(); }

absl::StatusOr<std::unique_ptr<LedgerWriter>> LedgerWriter::Open(
    const std::filesystem::path& folder, std::string_view writer) {
  const auto valid = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (writer.empty() || !std::all_of(writer.begin(), writer.end(), valid)) {
    return absl::InvalidArgumentError(fmt::format(
        "\"{}\" cannot name a ledger's writer; use letters, digits, '-' and '_'.", writer));
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::UnavailableError(
        fmt::format("Cannot create the ledger's folder {}: {}.", folder.string(), error.message()));
  }
  const auto path = [&](std::string_view topic, std::string_view ending) {
    return folder / fmt::format("{}.{}.{}", topic, writer, ending);
  };
  const auto senders = path("senders", "jsonl"), agents = path("agents", "jsonl");
  const auto events = path("events", "bin"), letters = path("dead_letters", "bin");
  for (const auto& file : {senders, agents, events, letters}) {
    if (std::filesystem::exists(file, error)) {
      return absl::AlreadyExistsError(fmt::format(
          "{} exists: give each process its own name and each run a new folder.", file.string()));
    }
  }
  return std::unique_ptr<LedgerWriter>(
      new LedgerWriter(std::make_unique<File>(senders), std::make_unique<File>(agents),
                       std::make_unique<File>(events), std::make_unique<File>(letters)));
}

void LedgerWriter::Sent(const Sending& s) {
  senders_->Append(JsonLine()
                       .Int("t_ms", s.sent_unix_ms)
                       .Int("answered_ms", s.answered_unix_ms)
                       .String("tenant", s.tenant)
                       .String("customer_key", s.customer_key)
                       .String("message_id", s.message_id)
                       .Bool("accepted", s.accepted)
                       .String("code", s.code)
                       .Uint("send_order", s.send_order)
                       .Int("partition", s.partition)
                       .Uint("offset", s.offset)
                       .Int("not_before_ms", s.not_before_unix_ms)
                       .Line());
}

void LedgerWriter::Connected(int64_t unix_ms, std::string_view agent_id) {
  agents_->Append(AgentLine(unix_ms, agent_id, "", "hello").Line());
}

void LedgerWriter::Saw(int64_t unix_ms, std::string_view agent_id, std::string_view session,
                       const gateway::v1::Update& update) {
  agents_->Append(LineOf(unix_ms, agent_id, session, update));
}

void LedgerWriter::Did(int64_t unix_ms, std::string_view agent_id, std::string_view session,
                       const gateway::v1::Action& action) {
  agents_->Append(AgentLine(unix_ms, agent_id, session, "action")
                      .String("action_id", action.action_id())
                      .String("action", KindOf(action))
                      .String("conversation_id", action.conversation_id())
                      .Line());
}

void LedgerWriter::Disconnected(int64_t unix_ms, std::string_view agent_id,
                                std::string_view session) {
  agents_->Append(AgentLine(unix_ms, agent_id, session, "disconnect").Line());
}

void LedgerWriter::Event(const metrics::v1::TracedEvent& event) {
  events_->Append(Block(event.SerializeAsString()));
}

void LedgerWriter::DeadLetter(uint32_t partition, uint64_t offset, int64_t append_unix_ms,
                              std::string_view record) {
  std::string body;
  PutFixed(partition, body);
  PutFixed(offset, body);
  PutFixed(static_cast<uint64_t>(append_unix_ms), body);
  dead_letters_->Append(Block(body.append(record)));
}

absl::Status LedgerWriter::Flush() {
  absl::Status status;
  for (File* file : {senders_.get(), agents_.get(), events_.get(), dead_letters_.get()}) {
    status.Update(file->Flush(false));
  }
  return status;
}

absl::Status LedgerWriter::Close() {
  absl::Status status;
  for (File* file : {senders_.get(), agents_.get(), events_.get(), dead_letters_.get()}) {
    status.Update(file->Flush(true));
  }
  return status;
}

}  // namespace centralita::ledger
