#include <functional>
#include <optional>
#include <utility>

#include "block_format.h"
#include "books.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::ledger {
namespace {

constexpr size_t kHeaderBytes = 4 + 8 + 8;

std::optional<std::string> MessageIn(const deadletter::v1::DeadLetter& letter) {
  if (letter.coordinates().topic() == "inbound") {
    message::v1::InboundMessage message;
    if (message.ParseFromString(letter.original_value()) && !message.message_id().empty()) {
      return message.message_id();
    }
  }
  if (letter.coordinates().topic() == "routing") {
    routing::v1::RoutingRecord record;
    if (record.ParseFromString(letter.original_value()) && record.has_tagged()) {
      return record.tagged().message_id();
    }
  }
  return std::nullopt;
}

}  // namespace

absl::Status LetterBook::Read(std::string_view block) {
  if (block.size() < kHeaderBytes) return absl::DataLossError("too short for a dead letter");
  const At at(GetFixed<uint32_t>(block), GetFixed<uint64_t>(block.substr(4)));
  facts_.Moment(static_cast<int64_t>(GetFixed<uint64_t>(block.substr(12))));
  const std::string_view value = block.substr(kHeaderBytes);
  deadletter::v1::DeadLetterRecord record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return absl::DataLossError("not a DeadLetterRecord");
  }
  if (record.has_replayed()) {
    replayed_.emplace(record.replayed().letter().partition(), record.replayed().letter().offset());
    return absl::OkStatus();
  }
  if (record.origin().has_source() &&
      !sources_.insert(std::hash<std::string>{}(record.origin().source().SerializeAsString()))
           .second) {
    facts_.findings.Note("dead_letter_repeats_dropped");
    return absl::OkStatus();
  }
  if (record.letter().messages() == 0) return absl::OkStatus();
  Id message = kNoId;
  const auto& where = record.letter().coordinates();
  if (where.topic() == "inbound") {
    const auto known = facts_.deliveries.find(std::pair(where.partition(), where.offset()));
    if (known != facts_.deliveries.end()) message = known->second;
  }
  if (message == kNoId) {
    const auto id = MessageIn(record.letter());
    if (id.has_value()) message = facts_.message_ids.Find(*id);
  }
  if (message == kNoId) {
    facts_.findings.Note("dead_letters_of_nobody_told");
    return absl::OkStatus();
  }
  letters_.emplace(at, message);
  return absl::OkStatus();
}

void LetterBook::Finish() {
  for (const auto& [at, message] : letters_) {
    if (replayed_.contains(at)) {
      facts_.findings.Note("dead_letters_replayed");
      facts_.Message(message).replayed = true;
    } else {
      ++facts_.Message(message).letters;
    }
  }
}

}  // namespace centralita::ledger
