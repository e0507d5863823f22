#include <fmt/format.h>

#include <algorithm>

#include "books.h"

namespace centralita::ledger {
namespace {

// Answers after which nobody knows whether the message was written.
bool IsUncertain(std::string_view code) {
  for (const std::string_view known : {"unavailable", "deadline_exceeded", "cancelled", "unknown",
                                       "internal", "aborted", "log_unavailable", "no_answer", ""}) {
    if (code == known) return true;
  }
  return false;
}

}  // namespace

absl::Status SenderBook::Read(const nlohmann::json& line) {
  const int64_t sent = IntOf(line, "t_ms");
  const int64_t answered = std::max(sent, IntOf(line, "answered_ms"));
  facts_.Moment(answered);
  if (!BoolOf(line, "accepted")) {
    ++facts_.refused;
    if (IsUncertain(StringOf(line, "code"))) ++facts_.uncertain;
    return absl::OkStatus();
  }
  const std::string id = StringOf(line, "message_id");
  if (id.empty()) return absl::DataLossError("accepted, but without a message_id");
  ++facts_.accepted;
  const Id number = facts_.MessageId(id);
  MessageFacts& message = facts_.Message(number);
  const int64_t partition = IntOf(line, "partition", -1);
  const uint64_t offset = UintOf(line, "offset");
  if (partition < 0) {
    facts_.findings.Note("accepted_without_coordinates");
  } else {
    const auto [other, is_new] =
        facts_.deliveries.emplace(std::pair(static_cast<uint32_t>(partition), offset), number);
    // An ingest that sees a retry may answer with the first delivery's place; two messages cannot
    // share one.
    if (!is_new && other->second != number) {
      facts_.findings.Add("conservation", 1, [&] {
        return fmt::format("messages {} and {} were both accepted at inbound {}/{}",
                           facts_.NameOf(other->second), id, partition, offset);
      });
    }
    if (message.partition < 0 || offset < message.offset) {
      message.partition = static_cast<int32_t>(partition);
      message.offset = offset;
    }
  }
  if (message.accepted == 0 || sent < message.first_sent_ms) message.first_sent_ms = sent;
  message.last_answered_ms = std::max(message.last_answered_ms, answered);
  message.delayed = message.delayed || IntOf(line, "not_before_ms") > 0;
  ++message.accepted;
  return absl::OkStatus();
}

}  // namespace centralita::ledger
