#include "benchmarks/micro/sla/sample_clocks.h"

#include <malloc.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "packed_id.h"

namespace centralita::sla_timer {
namespace {

constexpr base::Duration kLimit{300'000};

// The finaliser of SplitMix64: a permutation of all numbers.
uint64_t Mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

std::string Conversation(uint64_t number) {
  Uuid uuid;
  const uint64_t words[] = {Mix(number), Mix(~number)};
  std::memcpy(uuid.data(), words, uuid.size());
  return PrintUuid(uuid);
}

int64_t DueOf(uint64_t number) {
  return kStart + static_cast<int64_t>(Mix(number * 3 + 1) % kWithin);
}

events::v1::Event ClockEvent(uint64_t number, uint64_t generation, bool stopped) {
  events::v1::Event event;
  event.set_tenant("luna");
  event.set_customer_id(Conversation(number ^ 1));
  event.set_conversation_id(Conversation(number));
  event.set_revision(1);
  event.set_at_unix_ms(kStart);
  event.set_pool("care");
  event.set_queue("general");
  auto& clock = *event.add_clocks();
  auto& spec = *clock.mutable_spec();
  spec.set_name("first_response");
  spec.set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  spec.set_target_ms(7'200'000);
  spec.add_warn_before_ms(1'800'000);
  spec.add_warn_before_ms(600'000);
  spec.set_stop(clocks::v1::STOP_CONDITION_HUMAN_REPLY);
  clock.set_phase(stopped ? clocks::v1::CLOCK_PHASE_STOPPED : clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(generation);
  clock.set_started_unix_ms(kStart);
  clock.set_deadline_unix_ms(DueOf(number + generation));
  event.mutable_queued();
  return event;
}

absl::Status WriteEvents(eventlog::EventLog& log, uint64_t count,
                         const std::function<events::v1::Event(uint64_t)>& make) {
  ABSL_ASSIGN_OR_RETURN(const auto producer, log.NewProducer({.name = "benchmark"}));
  for (uint64_t i = 0; i < count; ++i) {
    const events::v1::Event event = make(i);
    for (;;) {
      const absl::Status taken = producer->Append({.topic = std::string(base::topics::kEvents),
                                                   .partition = 0,
                                                   .key = event.customer_id(),
                                                   .value = event.SerializeAsString(),
                                                   .tombstone = false},
                                                  [](const absl::StatusOr<uint64_t>&) {});
      if (taken.ok()) break;
      if (!absl::IsResourceExhausted(taken)) return taken;
      ABSL_RETURN_IF_ERROR(producer->WaitForRoom(kLimit));
    }
  }
  return producer->Flush(kLimit);
}

size_t ResidentBytes() {
  ::malloc_trim(0);
  std::ifstream statm("/proc/self/statm");
  size_t all = 0;
  size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace centralita::sla_timer
