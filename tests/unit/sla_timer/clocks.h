// Events that carry a clock, and the calendar of a shop that never sleeps.
#pragma once

#include <memory>
#include <string>

#include "centralita/events/v1/events.pb.h"
#include "centralita/sla/spans.h"
#include "centralita/sla_timer/app.h"

namespace centralita::sla_timer {

class AlwaysOpenCalendars final : public Calendars {
 public:
  std::shared_ptr<const sla::Spans> Find(const std::string&, const std::string&) const override {
    return always_;
  }

 private:
  const std::shared_ptr<const sla::Spans> always_ = std::make_shared<const sla::Spans>();
};

// Warnings at 300 ms and 100 ms before the deadline.
inline clocks::v1::ClockState RunningClock(int64_t deadline, uint64_t generation = 1,
                                           uint32_t warned = 0) {
  clocks::v1::ClockState clock;
  clock.mutable_spec()->set_name("first_response");
  clock.mutable_spec()->set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  clock.mutable_spec()->set_target_ms(1000);
  clock.mutable_spec()->add_warn_before_ms(300);
  clock.mutable_spec()->add_warn_before_ms(100);
  clock.set_phase(clocks::v1::CLOCK_PHASE_RUNNING);
  clock.set_generation(generation);
  clock.set_started_unix_ms(deadline - 1000);
  clock.set_deadline_unix_ms(deadline);
  clock.set_warned(warned);
  return clock;
}

inline events::v1::Event EventWith(const std::string& conversation,
                                   const clocks::v1::ClockState& clock,
                                   const std::string& pool = "care", uint64_t revision = 1) {
  events::v1::Event event;
  event.set_tenant("acme");
  event.set_customer_id("customer");
  event.set_conversation_id(conversation);
  event.set_revision(revision);
  event.set_pool(pool);
  *event.add_clocks() = clock;
  event.mutable_queued();
  return event;
}

}  // namespace centralita::sla_timer
