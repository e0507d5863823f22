// The calendars of one policy version, ready to count with.
#pragma once

#include <string_view>

#include "centralita/base/strings.h"
#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/sla/spans.h"

namespace centralita::sla {

// Made once per policy version. Thread-safe while it is not assigned to.
class Calendars final {
 public:
  Calendars() = default;
  // Of two with the same name the first counts.
  explicit Calendars(const google::protobuf::RepeatedPtrField<clocks::v1::Calendar>& calendars);

  // All day, every day for the empty name and for one that there is not. Good as long as this.
  const Spans& Find(std::string_view name) const;
  // Null for a name that there is not.
  const Spans* FindKnown(std::string_view name) const;

 private:
  base::StringMap<Spans> by_name_;
  Spans always_;
};

}  // namespace centralita::sla
