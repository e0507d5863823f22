#include "dead_letters.h"

#include <algorithm>
#include <future>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "log_scan.h"

namespace centralita::metrics {
namespace {

constexpr base::Duration kLimit{20'000};
constexpr uint32_t kDefaultRows = 100;

bool IsOf(const std::string& tenant, std::string_view key) {
  const size_t border = key.find('/');
  return border == std::string_view::npos || key.substr(0, border) == tenant;
}

// Field 1 of the record that is to be appended again, whatever its type.
std::string MarkOf(uint64_t replay, uint64_t index) {
  message::v1::InboundMessage mark;
  auto& id = *mark.mutable_origin()->mutable_replay();
  id.set_replay(replay);
  id.set_index(index);
  return mark.SerializeAsString();
}

// With the mark of the replay in place of its origin, by which its readers would drop it as a
// repeat of what they have had.
std::string Marked(const deadletter::v1::DeadLetter& letter, uint64_t replay, uint64_t index) {
  const std::string& value = letter.original_value();
  const std::string& topic = letter.coordinates().topic();
  if (topic == base::topics::kInbound) {
    message::v1::InboundMessage message;
    if (!message.ParseFromString(value)) {
      // What cannot be decoded goes back as it was, behind the mark, and comes again if it still
      // cannot.
      return MarkOf(replay, index) + value;
    }
    message.clear_origin();
    return MarkOf(replay, index) + message.SerializeAsString();
  }
  if (topic == base::topics::kRouting) {
    routing::v1::RoutingRecord record;
    if (!record.ParseFromString(value)) return value;
    record.clear_origin();
    return MarkOf(replay, index) + record.SerializeAsString();
  }
  if (topic == base::topics::kCommands) {
    commands::v1::Command command;
    if (!command.ParseFromString(value)) return value;
    command.clear_origin();
    return MarkOf(replay, index) + command.SerializeAsString();
  }
  return value;
}

}  // namespace

struct DeadLetters::Letter {
  uint32_t partition = 0;
  uint64_t offset = 0;
  bool replayed = false;
  deadletter::v1::DeadLetter letter;
};

absl::StatusOr<std::vector<DeadLetters::Letter>> DeadLetters::ReadAll(const std::string& tenant) {
  const std::string topic(base::topics::kDeadLetter);
  ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(topic));
  std::vector<Letter> letters;
  std::set<std::pair<uint32_t, uint64_t>> replayed;
  for (uint32_t p = 0; p < info.spec.partitions; ++p) {
    ABSL_RETURN_IF_ERROR(
        ScanPartition(log_, clock_, {topic, p}, kLimit, [&](const eventlog::Record& record) {
          deadletter::v1::DeadLetterRecord parsed;
          if (!parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
            return true;
          if (parsed.has_replayed()) {
            replayed.emplace(parsed.replayed().letter().partition(),
                             parsed.replayed().letter().offset());
          } else if (IsOf(tenant, parsed.letter().original_key())) {
            letters.push_back({.partition = p,
                               .offset = record.offset,
                               .replayed = false,
                               .letter = std::move(*parsed.mutable_letter())});
          }
          return true;
        }));
  }
  for (Letter& letter : letters)
    letter.replayed = replayed.contains({letter.partition, letter.offset});
  std::ranges::sort(letters, {}, [](const Letter& l) {
    return std::tuple(l.letter.at_unix_ms(), l.partition, l.offset);
  });
  return letters;
}

absl::StatusOr<v1::ListDeadLettersResponse> DeadLetters::List(
    const std::string& tenant, const v1::ListDeadLettersRequest& request) {
  ABSL_ASSIGN_OR_RETURN(const auto letters, ReadAll(tenant));
  const size_t limit = request.limit() == 0 ? kDefaultRows : request.limit();
  v1::ListDeadLettersResponse response;
  for (const Letter& letter : letters) {
    if (static_cast<size_t>(response.rows_size()) >= limit) break;
    v1::DeadLetterRow& row = *response.add_rows();
    row.mutable_letter()->set_topic(std::string(base::topics::kDeadLetter));
    row.mutable_letter()->set_partition(letter.partition);
    row.mutable_letter()->set_offset(letter.offset);
    *row.mutable_original() = letter.letter.coordinates();
    row.set_stage(letter.letter.stage());
    row.set_reason(letter.letter.reason());
    row.set_detail(letter.letter.detail());
    row.set_attempts(letter.letter.attempts());
    row.set_at_unix_ms(letter.letter.at_unix_ms());
    row.set_size_bytes(letter.letter.original_value().size());
    row.set_replayed(letter.replayed);
  }
  return response;
}

absl::StatusOr<v1::ReplayDeadLettersResponse> DeadLetters::Replay(
    const std::string& tenant, const v1::ReplayDeadLettersRequest& request) {
  const std::scoped_lock lock(replaying_);
  ABSL_ASSIGN_OR_RETURN(const auto letters, ReadAll(tenant));
  std::set<std::pair<uint32_t, uint64_t>> wanted;
  for (const auto& coordinates : request.letters())
    wanted.emplace(coordinates.partition(), coordinates.offset());
  const auto replay = static_cast<uint64_t>(base::ToUnixMillis(clock_.Now()));
  v1::ReplayDeadLettersResponse response;
  for (const Letter& letter : letters) {
    if (!wanted.empty() && !wanted.contains({letter.partition, letter.offset})) continue;
    if (letter.replayed) {
      response.set_skipped(response.skipped() + 1);
      continue;
    }
    ABSL_RETURN_IF_ERROR(ReplayOne(letter, replay, response.replayed()));
    response.set_replayed(response.replayed() + 1);
  }
  return response;
}

absl::Status DeadLetters::ReplayOne(const Letter& letter, uint64_t replay, uint64_t index) {
  std::string value = Marked(letter.letter, replay, index);
  const auto append = [&](eventlog::Outgoing record) -> absl::Status {
    const auto done = std::make_shared<std::promise<absl::Status>>();
    ABSL_RETURN_IF_ERROR(producer_->Append(
        std::move(record),
        [done](const absl::StatusOr<uint64_t>& offset) { done->set_value(offset.status()); }));
    auto result = done->get_future();
    if (result.wait_for(kLimit) != std::future_status::ready) {
      return absl::DeadlineExceededError("The log did not acknowledge the replay in time.");
    }
    return result.get();
  };
  ABSL_RETURN_IF_ERROR(append({.topic = letter.letter.coordinates().topic(),
                               .partition = letter.letter.coordinates().partition(),
                               .key = letter.letter.original_key(),
                               .value = std::move(value),
                               .tombstone = false}));
  deadletter::v1::DeadLetterRecord note;
  auto& replayed = *note.mutable_replayed();
  replayed.mutable_letter()->set_topic(std::string(base::topics::kDeadLetter));
  replayed.mutable_letter()->set_partition(letter.partition);
  replayed.mutable_letter()->set_offset(letter.offset);
  replayed.set_replay(replay);
  replayed.set_messages(letter.letter.messages());
  replayed.set_topic(letter.letter.coordinates().topic());
  return append({.topic = std::string(base::topics::kDeadLetter),
                 .partition = letter.partition,
                 .key = letter.letter.original_key(),
                 .value = note.SerializeAsString(),
                 .tombstone = false});
}

}  // namespace centralita::metrics
