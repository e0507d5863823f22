#include "centralita/sla/calendars.h"

namespace centralita::sla {

Calendars::Calendars(const google::protobuf::RepeatedPtrField<clocks::v1::Calendar>& calendars) {
  for (const clocks::v1::Calendar& calendar : calendars) {
    by_name_.try_emplace(calendar.name(), calendar);
  }
}

const Spans* Calendars::FindKnown(std::string_view name) const {
  if (name.empty()) return &always_;
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &found->second;
}

const Spans& Calendars::Find(std::string_view name) const {
  const Spans* const found = FindKnown(name);
  return found == nullptr ? always_ : *found;
}

}  // namespace centralita::sla
