// Clocks by the million, for the benchmarks of the sla-timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "centralita/events/v1/events.pb.h"
#include "centralita/sla_timer/app.h"

namespace centralita::sla_timer {

inline constexpr int64_t kStart = 1'800'000'000'000;
// Deadlines lie within three days, as those of replies and resolutions do.
inline constexpr int64_t kWithin = int64_t{72} * 3'600'000;

// A UUID that looks random, a different one for each number.
std::string Conversation(uint64_t number);
// The due time of the same: spread over kWithin.
int64_t DueOf(uint64_t number);

// What dispatch says when a clock starts (generation 1), is set anew, or stops.
events::v1::Event ClockEvent(uint64_t number, uint64_t generation, bool stopped);

class AlwaysOpen final : public Calendars {
 public:
  std::shared_ptr<const sla::Spans> Find(const std::string&, const std::string&) const override {
    return always_;
  }

 private:
  const std::shared_ptr<const sla::Spans> always_ = std::make_shared<const sla::Spans>();
};

// Bytes that this process has taken from the allocator and not given back.
size_t AllocatedBytes();

}  // namespace centralita::sla_timer
