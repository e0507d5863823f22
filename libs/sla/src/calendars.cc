#include "centralita/sla/calendars.h"

namespace centralita::sla {

Calendars::Calendars(const google::protobuf::RepeatedPtrField<clocks::v1::Calendar>& calendars) {
  for (const clocks::v1::Calendar& calendar : calendars) {
    by_name_.try_emplace(calendar.name(), calendar);
  }
}

const Spans& Calendars::Find(std::string_view name) const {
  if (name.empty()) return always_;
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? always_ : found->second;
}

}  // namespace centralita::sla
