#include "centralita/metrics/corrections.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/route/event_message.h"
#include "centralita/text/clean.h"
#include "log_scan.h"

namespace centralita::metrics {
namespace {

using events::v1::Event;
using message::v1::InboundMessage;

constexpr int kRowsPerResponse = 100;
// Brokers' clocks differ: what route takes for a message's time may differ from its record's by
// less.
constexpr int64_t kSkewMs = 3'600'000;

template <typename Message>
bool Parse(const eventlog::Record& record, Message& message) {
  return message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()));
}

const routing::v1::MessageRef* RefOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened:
      return &event.opened().message();
    case Event::kJoined:
      return &event.joined().message();
    case Event::kReopened:
      return &event.reopened().message();
    case Event::kMoved:
      return &event.moved().message();
    default:
      return nullptr;
  }
}

const commands::v1::WorkFacts* FactsOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened:
      return &event.opened().facts();
    case Event::kQueued:
      return &event.queued().facts();
    case Event::kAmended:
      return &event.amended().facts();
    default:
      return nullptr;
  }
}

struct Said {
  uint64_t sequence = 0;
  int64_t accepted_unix_ms = 0;
  std::string message_id;
};

struct Corrected {
  v1::Correction correction;
  uint64_t revision = 0;
  // Of the last reopening up to that revision; 0: it was not reopened.
  uint64_t reopened_revision = 0;
  uint64_t first_sequence = 0;
  // Last messages that answers answer.
  std::vector<uint64_t> answered;
  std::vector<Said> said;
  // By sequence, once found.
  std::map<uint64_t, std::string> texts;
};

// Appends as much as fits, whole characters.
void AppendUpTo(size_t max, std::string_view more, std::string& text) {
  if (text.size() >= max) return;
  size_t room = std::min(more.size(), max - text.size());
  while (room > 0 && room < more.size() && (static_cast<uint8_t>(more[room]) & 0xC0) == 0x80) {
    --room;
  }
  text.append(more.substr(0, room));
}

}  // namespace

// One export.
class Corrections::Run {
 public:
  Run(const Corrections& owner, const std::string& tenant,
      const v1::ExportCorrectionsRequest& request, const std::function<bool()>& wanted)
      : log_(owner.log_),
        clock_(owner.clock_),
        limits_(owner.limits_),
        tenant_(tenant),
        from_(request.from_unix_ms()),
        until_(request.until_unix_ms() > 0 ? request.until_unix_ms()
                                           : std::numeric_limits<int64_t>::max()),
        wanted_(wanted) {}

  absl::Status Collect() {
    ABSL_RETURN_IF_ERROR(Scan(base::topics::kEvents,
                              [this](const eventlog::Record& record) { FindCorrection(record); }));
    if (by_conversation_.empty()) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(Scan(base::topics::kEvents,
                              [this](const eventlog::Record& record) { FindMessages(record); }));
    ChooseMessages();
    if (by_message_.empty()) return absl::OkStatus();
    return Scan(base::topics::kInbound,
                [this](const eventlog::Record& record) { FindText(record); });
  }

  absl::Status Give(const Corrections::Give& give) {
    std::vector<Corrected*> rows;
    for (auto& [id, corrected] : by_conversation_) rows.push_back(&corrected);
    std::sort(rows.begin(), rows.end(), [](const Corrected* a, const Corrected* b) {
      const auto& x = a->correction;
      const auto& y = b->correction;
      return std::pair(x.resolved_unix_ms(), std::string_view(x.conversation_id())) <
             std::pair(y.resolved_unix_ms(), std::string_view(y.conversation_id()));
    });
    v1::ExportCorrectionsResponse response;
    for (Corrected* row : rows) {
      Finish(*row);
      if (row->correction.text().empty() && row->correction.subject().empty()) {
        response.set_without_text(response.without_text() + 1);
        continue;
      }
      *response.add_corrections() = std::move(row->correction);
      if (response.corrections_size() < kRowsPerResponse) continue;
      if (!give(response)) return Cancelled();
      response.Clear();
    }
    const bool any = response.corrections_size() > 0 || response.without_text() > 0;
    return any && !give(response) ? Cancelled() : absl::OkStatus();
  }

 private:
  static absl::Status Cancelled() {
    return base::Error(absl::StatusCode::kCancelled, "cancelled",
                       "Whoever asked for the corrections has gone.");
  }

  // Stops at the first error in `status_`.
  template <typename Visit>
  absl::Status Scan(std::string_view name, Visit visit) {
    const std::string topic(name);
    ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(topic));
    for (uint32_t p = 0; p < info.spec.partitions; ++p) {
      ABSL_RETURN_IF_ERROR(ScanPartition(log_, clock_, {topic, p}, limits_.scan,
                                         [&](const eventlog::Record& record) {
                                           if (!wanted_()) status_ = Cancelled();
                                           if (status_.ok()) visit(record);
                                           return status_.ok();
                                         }));
      ABSL_RETURN_IF_ERROR(status_);
    }
    return absl::OkStatus();
  }

  void TooMany(std::string_view what) {
    status_ = base::Error(
        absl::StatusCode::kResourceExhausted, "too_many_corrections",
        fmt::format("The span has more than {}; ask for a shorter one (--since, --until).", what));
  }

  bool IsMine(const eventlog::Record& record, Event& event) const {
    return Parse(record, event) && event.tenant() == tenant_;
  }

  void FindCorrection(const eventlog::Record& record) {
    Event event;
    if (!IsMine(record, event) || !event.has_closed()) return;
    const events::v1::Closed& closed = event.closed();
    if (closed.classified_intent().empty() ||
        closed.reason() != routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT ||
        event.at_unix_ms() < from_ || event.at_unix_ms() >= until_) {
      return;
    }
    Corrected& corrected = by_conversation_[event.conversation_id()];
    if (by_conversation_.size() > limits_.conversations) {
      return TooMany(fmt::format("{} corrections", limits_.conversations));
    }
    if (event.revision() < corrected.revision) return;
    corrected.revision = event.revision();
    corrected.correction.set_conversation_id(event.conversation_id());
    corrected.correction.set_intent(closed.intent());
    corrected.correction.set_classified_intent(closed.classified_intent());
    corrected.correction.set_resolved_unix_ms(event.at_unix_ms());
  }

  void FindMessages(const eventlog::Record& record) {
    Event event;
    if (!IsMine(record, event)) return;
    const auto found = by_conversation_.find(event.conversation_id());
    if (found == by_conversation_.end() || event.revision() > found->second.revision) return;
    Corrected& corrected = found->second;
    if (const routing::v1::MessageRef* message = RefOf(event)) {
      corrected.said.push_back(
          {message->sequence(), message->accepted_unix_ms(), message->message_id()});
      if (event.has_reopened() && event.revision() > corrected.reopened_revision) {
        corrected.reopened_revision = event.revision();
        corrected.first_sequence = message->sequence();
      }
      KeepFirst(corrected);
    } else if (event.has_replied()) {
      corrected.answered.push_back(event.replied().up_to_sequence());
    }
    const commands::v1::WorkFacts* const facts = FactsOf(event);
    if (facts != nullptr && !facts->language().empty() && facts->language() != "und") {
      corrected.correction.set_language(facts->language());
    }
  }

  // Events of route and dispatch may cross, and repeats may be in the log: what counts is by
  // sequence.
  void KeepFirst(Corrected& corrected) const {
    auto& said = corrected.said;
    std::erase_if(said, [&](const Said& one) { return one.sequence < corrected.first_sequence; });
    std::sort(said.begin(), said.end(),
              [](const Said& a, const Said& b) { return a.sequence < b.sequence; });
    const auto same = [](const Said& a, const Said& b) { return a.sequence == b.sequence; };
    said.erase(std::unique(said.begin(), said.end(), same), said.end());
    if (said.size() > limits_.messages) said.resize(limits_.messages);
  }

  // What was said until the first answer.
  void ChooseMessages() {
    for (auto& [id, corrected] : by_conversation_) {
      uint64_t last = std::numeric_limits<uint64_t>::max();
      for (const uint64_t answered : corrected.answered) {
        if (answered >= corrected.first_sequence) last = std::min(last, answered);
      }
      for (const Said& said : corrected.said) {
        if (said.sequence > last) continue;
        by_message_[said.message_id] = {&corrected, said.sequence};
        earliest_ = std::min(earliest_, said.accepted_unix_ms);
        latest_ = std::max(latest_, said.accepted_unix_ms);
      }
      corrected.said.clear();
    }
  }

  void FindText(const eventlog::Record& record) {
    // Accepted is the append time: most records are of other times, and need no decoding.
    const int64_t at = base::ToUnixMillis(record.append_time);
    if (at < earliest_ - kSkewMs || at > latest_ + kSkewMs || !Parse(record, inbound_)) return;
    const auto found = by_message_.find(inbound_.message_id());
    if (found == by_message_.end() || inbound_.tenant() != tenant_) return;
    const auto [corrected, sequence] = found->second;
    // The first of a conversation has the subject.
    const bool first = corrected->texts.empty() || sequence < corrected->texts.begin()->first;
    cleaned_.Set(inbound_.subject(), {});
    if (first) corrected->correction.set_subject(std::string(cleaned_.text()));
    cleaned_.Set(inbound_.text(), {.email = inbound_.channel() == common::v1::CHANNEL_EMAIL});
    std::string& text = corrected->texts[sequence];
    bytes_ -= text.size();
    text.clear();
    AppendUpTo(limits_.bytes_per_conversation, cleaned_.text(), text);
    bytes_ += text.size();
    if (bytes_ > limits_.text_bytes) {
      TooMany(fmt::format("{} MiB of text in its corrections", limits_.text_bytes >> 20));
    }
  }

  void Finish(Corrected& corrected) const {
    std::string text;
    for (const auto& [sequence, piece] : corrected.texts) {
      if (piece.empty()) continue;
      if (!text.empty()) AppendUpTo(limits_.bytes_per_conversation, "\n", text);
      AppendUpTo(limits_.bytes_per_conversation, piece, text);
    }
    corrected.texts.clear();
    corrected.correction.set_text(std::move(text));
  }

  eventlog::EventLog& log_;
  const base::Clock& clock_;
  const CorrectionLimits limits_;
  const std::string& tenant_;
  const int64_t from_;
  const int64_t until_;
  const std::function<bool()>& wanted_;
  absl::Status status_;
  // Pointers to its values stay valid.
  std::map<std::string, Corrected, std::less<>> by_conversation_;
  struct Place {
    Corrected* corrected = nullptr;
    uint64_t sequence = 0;
  };
  base::StringMap<Place> by_message_;
  int64_t earliest_ = std::numeric_limits<int64_t>::max();
  int64_t latest_ = std::numeric_limits<int64_t>::min();
  size_t bytes_ = 0;
  InboundMessage inbound_;
  text::CleanedText cleaned_;
};

absl::Status Corrections::Export(const std::string& tenant,
                                 const v1::ExportCorrectionsRequest& request,
                                 const std::function<bool()>& wanted, const Give& give) const {
  Run run(*this, tenant, request, wanted);
  ABSL_RETURN_IF_ERROR(run.Collect());
  return run.Give(give);
}

}  // namespace centralita::metrics
