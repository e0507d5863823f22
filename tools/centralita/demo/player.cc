#include "demo/player.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/rpc/status.h"

namespace centralita::demo {
namespace {

absl::StatusOr<std::vector<std::string>> ReadLines(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(
        fmt::format("The demo's input {} cannot be read. Run it from the checkout, or name the "
                    "folder by --input.",
                    path));
  }
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

int64_t AtMs(const std::string& line) {
  const auto parsed = nlohmann::json::parse(line, nullptr, false);
  return parsed.is_object() ? parsed.value("at_ms", int64_t{0}) : 0;
}

}  // namespace

struct Player::Stubs {
  std::unique_ptr<ingest::v1::IngestService::Stub> ingest;
};

absl::StatusOr<Script> ReadScript(const std::string& folder) {
  Script script;
  ABSL_ASSIGN_OR_RETURN(script.links, ReadLines(folder + "/links.jsonl"));
  ABSL_ASSIGN_OR_RETURN(script.signals, ReadLines(folder + "/signals.jsonl"));
  ABSL_ASSIGN_OR_RETURN(script.messages, ReadLines(folder + "/messages.jsonl"));
  return script;
}

Player::Player(Script script, client::Endpoint endpoint, std::map<std::string, std::string> keys,
               const base::Clock& clock, ledger::LedgerWriter& ledger, Told told)
    : script_(std::move(script)),
      endpoint_(std::move(endpoint)),
      keys_(std::move(keys)),
      clock_(clock),
      ledger_(ledger),
      told_(std::move(told)),
      stubs_(std::make_shared<Stubs>()) {
  stubs_->ingest = ingest::v1::IngestService::NewStub(endpoint_.Connect());
  thread_ = std::thread([this] { Run(); });
}

Player::~Player() {
  stop_ = true;
  thread_.join();
}

absl::Status Player::status() const {
  const std::scoped_lock lock(mutex_);
  return status_;
}

void Player::Run() {
  std::vector<Cue> cues;
  for (const std::string& line : script_.links) cues.push_back({AtMs(line), 0, &line});
  for (const std::string& line : script_.signals) cues.push_back({AtMs(line), 1, &line});
  for (const std::string& line : script_.messages) cues.push_back({AtMs(line), 2, &line});
  std::ranges::stable_sort(cues, {},
                           [](const Cue& cue) { return std::pair(cue.at_ms, cue.order); });
  const auto start = clock_.Monotonic();
  for (const Cue& cue : cues) {
    std::this_thread::sleep_until(start + base::Duration(cue.at_ms));
    if (stop_) break;
    if (const absl::Status status = Play(cue); !status.ok()) {
      const std::scoped_lock lock(mutex_);
      status_.Update(status);
    }
  }
  done_ = true;
}

absl::Status Player::Play(const Cue& cue) {
  switch (cue.order) {
    case 0:
      return PlayLink(*cue.line);
    case 1:
      return PlaySignal(*cue.line);
    default:
      return PlayMessage(*cue.line);
  }
}

client::Endpoint Player::For(const std::string& tenant) const {
  client::Endpoint endpoint = endpoint_;
  endpoint.tenant = tenant;
  if (const auto key = keys_.find(tenant); key != keys_.end()) endpoint.api_key = key->second;
  return endpoint;
}

absl::Status Player::PlayMessage(const std::string& line) {
  ABSL_ASSIGN_OR_RETURN(client::PlayedMessage played, client::ParseMessage(line, clock_.Now()));
  ledger::Sending sending;
  sending.sent_unix_ms = base::ToUnixMillis(clock_.Now());
  grpc::ClientContext context;
  For(played.notes.tenant).Prepare(context);
  ingest::v1::SubmitRequest request;
  *request.mutable_message() = played.message;
  ingest::v1::SubmitResponse response;
  const grpc::Status status = stubs_->ingest->Submit(&context, request, &response);
  const ingest::v1::ItemResult& result = response.result();
  const std::string customer =
      fmt::format("{}/{}/{}", client::ChannelName(played.message.channel()),
                  played.message.account(), played.message.handle());
  sending.answered_unix_ms = base::ToUnixMillis(clock_.Now());
  sending.tenant = played.notes.tenant;
  sending.customer_key = customer;
  sending.message_id = result.message_id();
  sending.accepted = status.ok() && !result.has_error();
  sending.code = status.ok() ? std::string_view(result.error().code()) : "no_answer";
  sending.send_order = sent_++;
  sending.not_before_unix_ms = played.message.not_before_unix_ms();
  if (result.has_coordinates()) {
    sending.partition = result.coordinates().partition();
    sending.offset = result.coordinates().offset();
  }
  ledger_.Sent(sending);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (result.has_error()) {
    return absl::InvalidArgumentError(fmt::format("The message {} was refused: {}",
                                                  played.message.provider_message_id(),
                                                  result.error().message()));
  }
  told_(played, result);
  return absl::OkStatus();
}

absl::Status Player::PlaySignal(const std::string& line) {
  ABSL_ASSIGN_OR_RETURN(client::PlayedSignal played, client::ParseSignal(line, clock_.Now()));
  grpc::ClientContext context;
  For(played.notes.tenant).Prepare(context);
  ingest::v1::SubmitSignalsRequest request;
  *request.add_signals() = std::move(played.signal);
  ingest::v1::SubmitSignalsResponse response;
  const grpc::Status status = stubs_->ingest->SubmitSignals(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  for (const auto& result : response.results()) {
    if (result.has_error()) {
      return absl::InvalidArgumentError(
          fmt::format("A signal was refused: {}", result.error().message()));
    }
  }
  return absl::OkStatus();
}

absl::Status Player::PlayLink(const std::string& line) {
  ABSL_ASSIGN_OR_RETURN(client::PlayedLink played, client::ParseLink(line));
  grpc::ClientContext context;
  For(played.notes.tenant).Prepare(context);
  ingest::v1::LinkHandleResponse response;
  const grpc::Status status = stubs_->ingest->LinkHandle(&context, played.link, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  if (response.has_error()) {
    return absl::InvalidArgumentError(
        fmt::format("A link was refused: {}", response.error().message()));
  }
  return absl::OkStatus();
}

}  // namespace centralita::demo
