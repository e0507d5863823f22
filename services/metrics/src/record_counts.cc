#include "record_counts.h"

#include <google/protobuf/io/coded_stream.h>

#include <algorithm>

#include "centralita/base/topics.h"
#include "centralita/deadletter/v1/deadletter.pb.h"

namespace centralita::metrics {
namespace {

// The tag of field 1 (origin) of a record's value.
constexpr char kOriginTag = '\x0a';

// A replay's record begins with its origin, even if the rest cannot be decoded; what ingest
// appended has none.
bool IsReplay(std::string_view value) {
  if (value.empty() || value.front() != kOriginTag) return false;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(value.data()),
                                            static_cast<int>(value.size()));
  uint32_t size = 0;
  in.ReadTagNoLastTag();
  if (!in.ReadVarint32(&size)) return false;
  const auto from = static_cast<size_t>(in.CurrentPosition());
  common::v1::Origin origin;
  return size <= value.size() - from &&
         origin.ParseFromArray(value.data() + from, static_cast<int>(size)) && origin.has_replay();
}

std::string_view TenantOf(std::string_view key) {
  const size_t slash = key.find('/');
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash);
}

using TenantCounts = google::protobuf::RepeatedPtrField<snapshot::v1::TenantCount>;

snapshot::v1::TenantCount& CountOf(TenantCounts& counts, std::string_view tenant) {
  const auto place = std::lower_bound(
      counts.begin(), counts.end(), tenant,
      [](const auto& count, std::string_view name) { return count.tenant() < name; });
  if (place != counts.end() && place->tenant() == tenant) return *place;
  const auto index = static_cast<int>(place - counts.begin());
  counts.Add()->set_tenant(std::string(tenant));
  std::rotate(counts.begin() + index, counts.end() - 1, counts.end());
  return counts[index];
}

uint64_t Sum(const TenantCounts& counts, const std::string& tenant) {
  uint64_t sum = 0;
  for (const auto& count : counts) {
    if (tenant.empty() || tenant == count.tenant()) sum += count.count();
  }
  return sum;
}

}  // namespace

base::ApplyResult InboundCounts::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  if (IsReplay(record.value)) {
    counters_.set_replays(counters_.replays() + 1);
    snapshot::v1::TenantCount& count = CountOf(*counters_.mutable_replayed(), TenantOf(record.key));
    count.set_count(count.count() + 1);
    return base::ApplyResult::kApplied;
  }
  snapshot::v1::TenantCount& count = CountOf(*counters_.mutable_accepted(), TenantOf(record.key));
  count.set_count(count.count() + 1);
  return base::ApplyResult::kApplied;
}

uint64_t InboundCounts::Accepted(const std::string& tenant) const {
  return Sum(counters_.accepted(), tenant);
}

uint64_t InboundCounts::Replayed(const std::string& tenant) const {
  return Sum(counters_.replayed(), tenant);
}

base::ApplyResult DeadLetterCounts::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  deadletter::v1::DeadLetterRecord letter;
  if (!letter.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    return base::ApplyResult::kUndecodable;
  }
  snapshot::v1::TenantCount& waiting = CountOf(*counters_.mutable_waiting(), TenantOf(record.key));
  if (letter.has_replayed()) {
    const uint64_t messages = letter.replayed().messages();
    counters_.set_replayed_messages(counters_.replayed_messages() + messages);
    waiting.set_count(waiting.count() - std::min(messages, waiting.count()));
    if (letter.replayed().topic() == base::topics::kInbound) {
      snapshot::v1::TenantCount& replayed =
          CountOf(*counters_.mutable_replayed(), TenantOf(record.key));
      replayed.set_count(replayed.count() + messages);
    }
  } else {
    counters_.set_letters(counters_.letters() + 1);
    counters_.set_messages(counters_.messages() + letter.letter().messages());
    waiting.set_count(waiting.count() + letter.letter().messages());
  }
  return base::ApplyResult::kApplied;
}

uint64_t DeadLetterCounts::Messages(const std::string& tenant) const {
  return Sum(counters_.waiting(), tenant);
}

uint64_t DeadLetterCounts::Replayed(const std::string& tenant) const {
  return Sum(counters_.replayed(), tenant);
}

}  // namespace centralita::metrics
