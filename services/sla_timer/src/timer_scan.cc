#include "timer_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "centralita/base/error.h"

namespace centralita::sla_timer {
namespace {

constexpr uint32_t kDefaultLimit = 100;
constexpr uint32_t kMaxLimit = 1000;

absl::Status BadPage() {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_page",
                     "page: is no next_page of an answer; leave it empty to begin anew");
}

clocks::v1::ClockPhase PhaseOf(const Timer& timer) {
  return timer.state == TimerState::kPaused ? clocks::v1::CLOCK_PHASE_PAUSED
                                            : clocks::v1::CLOCK_PHASE_RUNNING;
}

timer::v1::TimerRow RowOf(uint32_t partition, const TimerTable& table, const Timer& timer) {
  timer::v1::TimerRow row;
  row.set_partition(partition);
  row.set_conversation_id(table.ConversationOf(timer));
  row.set_clock(table.SpecOf(timer).name());
  row.set_kind(table.SpecOf(timer).kind());
  row.set_pool(table.PlaceOf(timer).pool);
  row.set_generation(timer.generation);
  row.set_phase(PhaseOf(timer));
  row.set_breached(timer.state == TimerState::kBreached);
  if (timer.state == TimerState::kPaused) {
    row.set_remaining_ms(timer.deadline);
  } else {
    row.set_deadline_unix_ms(timer.deadline);
  }
  row.set_next_unix_ms(timer.due);
  row.set_threshold(timer.warned);
  row.set_attempts(timer.attempts);
  row.set_forecast(timer.forecast);
  return row;
}

}  // namespace

bool TimerScan::Look(const AskedPartition& asked, size_t& left) {
  const TimerTable& table = asked.timers.table();
  for (; next_ < table.end(); ++next_, --left) {
    if (left == 0) return false;
    const Timer& timer = table[next_];
    if (timer.state != TimerState::kRemoved) See(asked.partition, table, timer);
  }
  current_.reset();
  return true;
}

bool TimerScan::Step(const std::vector<AskedPartition>& owned) {
  size_t left = kSlice;
  if (current_.has_value()) {
    const auto present = std::find_if(owned.begin(), owned.end(), [&](const auto& asked) {
      return asked.partition == *current_;
    });
    if (present != owned.end() && !Look(*present, left)) return false;
  }
  for (const AskedPartition& asked : owned) {
    if (!begun_.insert(asked.partition).second || !Begin(asked)) continue;
    current_ = asked.partition;
    next_ = 0;
    if (!Look(asked, left)) return false;
  }
  return true;
}

absl::StatusOr<ListScan> ListScan::Create(const std::string& tenant,
                                          const timer::v1::ListTimersRequest& request) {
  if (request.limit() > kMaxLimit) {
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_limit",
                       fmt::format("limit: is {}; ask for at most {}, and for the next page",
                                   request.limit(), kMaxLimit));
  }
  Place after{.next = INT64_MIN, .clock = {}, .conversation = {}};
  const std::string& page = request.page();
  if (!page.empty()) {
    const size_t clock = page.find('/');
    const size_t conversation = clock == std::string::npos ? clock : page.find('/', clock + 1);
    if (conversation == std::string::npos) return BadPage();
    const char* const end = page.data() + clock;
    const auto parsed = std::from_chars(page.data(), end, after.next);
    if (parsed.ec != std::errc() || parsed.ptr != end) return BadPage();
    after.clock = page.substr(clock + 1, conversation - clock - 1);
    after.conversation = page.substr(conversation + 1);
  }
  return ListScan(tenant, request, request.limit() == 0 ? kDefaultLimit : request.limit(),
                  std::move(after));
}

bool ListScan::Begin(const AskedPartition& asked) {
  if (request_.has_partition() && request_.partition() != asked.partition) return false;
  partitions_.insert(asked.partition);
  if (request_.conversation_id().empty()) return true;
  // Those of one are found without looking at all.
  const TimerTable& table = asked.timers.table();
  for (const std::string& clock : table.ClockNames()) {
    const uint32_t number = table.Find(tenant_, request_.conversation_id(), clock);
    if (number != kNone) See(asked.partition, table, table[number]);
  }
  return false;
}

void ListScan::See(uint32_t partition, const TimerTable& table, const Timer& timer) {
  const bool full = rows_.size() > limit_;
  // Most go by their time alone.
  if (timer.due < after_.next || (full && timer.due > rows_.rbegin()->first.next)) return;
  if (table.PlaceOf(timer).tenant != tenant_) return;
  Place place{.next = timer.due,
              .clock = table.SpecOf(timer).name(),
              .conversation = table.ConversationOf(timer)};
  if (place <= after_) return;
  rows_.emplace(std::move(place), RowOf(partition, table, timer));
  if (rows_.size() > limit_ + 1) rows_.erase(std::prev(rows_.end()));
}

absl::StatusOr<timer::v1::ListTimersResponse> ListScan::Answer() const {
  if (request_.has_partition() && partitions_.empty()) {
    return base::Error(absl::StatusCode::kNotFound, "partition_not_owned",
                       fmt::format("Partition {} of events is not this process's; ask the other "
                                   "sla-timers.",
                                   request_.partition()));
  }
  timer::v1::ListTimersResponse response;
  for (const uint32_t partition : partitions_) response.add_partitions(partition);
  const Place* last = nullptr;
  for (const auto& [place, row] : rows_) {
    if (static_cast<size_t>(response.timers_size()) == limit_) {
      response.set_next_page(fmt::format("{}/{}/{}", last->next, last->clock, last->conversation));
      break;
    }
    *response.add_timers() = row;
    last = &place;
  }
  return response;
}

bool PeekScan::Begin(const AskedPartition& asked) {
  timer::v1::PartitionPeek& row = rows_[asked.partition];
  row.set_partition(asked.partition);
  row.set_now_unix_ms(base::ToUnixMillis(asked.now));
  row.set_behind_ms((asked.now - asked.timers.FirstDue(asked.now)).count());
  return true;
}

void PeekScan::See(uint32_t partition, const TimerTable& table, const Timer& timer) {
  if (table.PlaceOf(timer).tenant != tenant_) return;
  timer::v1::PartitionPeek& row = rows_[partition];
  if (timer.state == TimerState::kPaused) row.set_paused(row.paused() + 1);
  if (timer.state == TimerState::kBreached) row.set_breached(row.breached() + 1);
  if (timer.state != TimerState::kRunning) return;
  row.set_running(row.running() + 1);
  if (row.next_unix_ms() == 0 || timer.due < row.next_unix_ms()) row.set_next_unix_ms(timer.due);
}

timer::v1::PeekResponse PeekScan::Answer() const {
  timer::v1::PeekResponse response;
  for (const auto& [partition, row] : rows_) *response.add_partitions() = row;
  return response;
}

}  // namespace centralita::sla_timer
