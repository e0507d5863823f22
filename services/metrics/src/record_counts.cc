#include "record_counts.h"

#include <algorithm>

#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/message/v1/message.pb.h"

namespace centralita::metrics {
namespace {

// A replay's record begins with its origin; what ingest appended has none.
bool BeginsWithOrigin(std::string_view value) { return !value.empty() && value.front() == '\x0a'; }

}  // namespace

base::ApplyResult InboundCounts::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  if (BeginsWithOrigin(record.value)) {
    message::v1::InboundMessage message;
    if (message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) &&
        message.origin().has_replay()) {
      counters_.set_replays(counters_.replays() + 1);
      return base::ApplyResult::kApplied;
    }
  }
  const std::string_view tenant = record.key.substr(0, record.key.find('/'));
  auto& counts = *counters_.mutable_accepted();
  auto place = std::lower_bound(counts.begin(), counts.end(), tenant,
                                [](const auto& count, std::string_view name) { return count.tenant() < name; });
  if (place == counts.end() || place->tenant() != tenant) {
    const auto index = static_cast<int>(place - counts.begin());
    counts.Add()->set_tenant(std::string(tenant));
    std::rotate(counts.begin() + index, counts.end() - 1, counts.end());
    place = counts.begin() + index;
  }
  place->set_count(place->count() + 1);
  return base::ApplyResult::kApplied;
}

uint64_t InboundCounts::Accepted(const std::string& tenant) const {
  uint64_t sum = 0;
  for (const auto& count : counters_.accepted()) {
    if (tenant.empty() || tenant == count.tenant()) sum += count.count();
  }
  return sum;
}

base::ApplyResult DeadLetterCounts::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  deadletter::v1::DeadLetterRecord letter;
  if (!letter.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  if (letter.has_replayed()) {
    counters_.set_replayed_messages(counters_.replayed_messages() + letter.replayed().messages());
  } else {
    counters_.set_letters(counters_.letters() + 1);
    counters_.set_messages(counters_.messages() + letter.letter().messages());
  }
  return base::ApplyResult::kApplied;
}

}  // namespace centralita::metrics
