// Clocks by the million, for the benchmarks of the sla-timer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/eventlog/eventlog.h"
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

// The first `count` of make(0), make(1) and so on into the one partition of `events`; durable when
// it returns.
absl::Status WriteEvents(eventlog::EventLog& log, uint64_t count,
                         const std::function<events::v1::Event(uint64_t)>& make);

class AlwaysOpen final : public Calendars {
 public:
  std::shared_ptr<const sla::Spans> Find(const std::string&, const std::string&) const override {
    return always_;
  }

 private:
  const std::shared_ptr<const sla::Spans> always_ = std::make_shared<const sla::Spans>();
};

class Everybody final : public Access {
 public:
  absl::Status Check(const std::string&, const std::string&) const override {
    return absl::OkStatus();
  }
};

// Memory that this process really has; what its allocator could give back to the system is given
// back first.
size_t ResidentBytes();

}  // namespace centralita::sla_timer
