#include "centralita/text/priority.h"

#include <fmt/format.h>

#include <algorithm>

namespace centralita::text {
namespace {

using classification::v1::Addend;
using classification::v1::Classification;
using classification::v1::Facts;
using policy::v1::PriorityAddend;

constexpr int64_t kMaxPriority = 1000;
constexpr int64_t kCentsPerStep = 1000;  // ten units of currency
// Used for a band of which the policy says nothing.
constexpr int32_t kDefaultFloors[] = {250, 500, 750};

template <typename Strings>
bool Contains(const Strings& strings, std::string_view wanted) {
  return std::find(strings.begin(), strings.end(), wanted) != strings.end();
}

int32_t Capped(const PriorityAddend& term, int64_t points) {
  if (term.cap() > 0) points = std::min<int64_t>(points, term.cap());
  return static_cast<int32_t>(std::clamp<int64_t>(points, -kMaxPriority, kMaxPriority));
}

void Add(const PriorityAddend& term, int64_t points, std::string detail,
         google::protobuf::RepeatedPtrField<Addend>& to) {
  const int32_t capped = Capped(term, points);
  if (capped == 0) return;
  Addend& addend = *to.Add();
  addend.set_name(term.name());
  addend.set_points(capped);
  addend.set_detail(std::move(detail));
}

bool Names(const google::protobuf::RepeatedPtrField<Addend>& addends, std::string_view name) {
  return std::any_of(addends.begin(), addends.end(),
                     [&](const Addend& addend) { return addend.name() == name; });
}

std::string CartDetail(const Facts& facts) {
  std::string detail = FormatMoney(facts.cart_at_risk()) + " in the cart";
  if (!facts.cart_at_risk_why().empty()) detail += ", " + facts.cart_at_risk_why();
  return detail;
}

// Whether a term holds of the message itself.
bool Holds(const PriorityAddend& term, common::v1::Channel channel, const Classification& message) {
  switch (term.when_case()) {
    case PriorityAddend::kTag:
      return Contains(message.tags(), term.tag());
    case PriorityAddend::kIntent:
      return message.intent() == term.intent();
    case PriorityAddend::kChannel:
      return channel == term.channel();
    default:
      return false;
  }
}

}  // namespace

std::string FormatMoney(const common::v1::Money& money) {
  const uint64_t cents = money.cents() < 0 ? 0 - static_cast<uint64_t>(money.cents())
                                           : static_cast<uint64_t>(money.cents());
  return fmt::format("{}{}.{:02} {}", money.cents() < 0 ? "-" : "", cents / 100, cents % 100,
                     money.currency());
}

PriorityTerms::PriorityTerms(const policy::v1::ClassifierSection& section)
    : terms_(section.addends().begin(), section.addends().end()),
      base_(section.base_priority()),
      floors_(std::begin(kDefaultFloors), std::end(kDefaultFloors)) {
  for (const policy::v1::BandFloor& floor : section.bands()) {
    const int index = floor.band() - classification::v1::PRIORITY_BAND_NORMAL;
    if (index >= 0 && index < static_cast<int>(floors_.size())) {
      floors_[static_cast<size_t>(index)] = floor.from_priority();
    }
  }
}

void PriorityTerms::AddFactTerms(Facts& facts) const {
  for (const PriorityAddend& term : terms_) {
    if (term.when_case() == PriorityAddend::kTag && Contains(facts.tags(), term.tag())) {
      std::string detail = term.tag() == "cart_at_risk" && facts.has_cart_at_risk()
                               ? CartDetail(facts)
                               : "known of the customer";
      Add(term, term.points(), std::move(detail), *facts.mutable_addends());
    } else if (term.when_case() == PriorityAddend::kPerTenCartAtRisk &&
               term.per_ten_cart_at_risk() && facts.has_cart_at_risk()) {
      const int64_t steps = std::min<int64_t>(facts.cart_at_risk().cents() / kCentsPerStep,
                                              kMaxPriority * kMaxPriority);
      Add(term, steps * term.points(), CartDetail(facts), *facts.mutable_addends());
    }
  }
}

void PriorityTerms::AddMessageTerms(common::v1::Channel channel, Classification& message) const {
  Addend& base = *message.add_addends();
  base.set_name("base");
  base.set_points(static_cast<int32_t>(std::clamp<int64_t>(base_, 0, kMaxPriority)));
  for (const PriorityAddend& term : terms_) {
    if (!Holds(term, channel, message) || Names(message.facts().addends(), term.name())) continue;
    Add(term, term.points(), {}, *message.mutable_addends());
  }
  int64_t sum = 0;
  for (const Addend& addend : message.addends()) sum += addend.points();
  for (const Addend& addend : message.facts().addends()) sum += addend.points();
  message.set_priority(static_cast<int32_t>(std::clamp<int64_t>(sum, 0, kMaxPriority)));
  message.set_band(BandOf(message.priority()));
  message.mutable_band_floors()->Add(floors_.begin(), floors_.end());
}

classification::v1::PriorityBand PriorityTerms::BandOf(int32_t priority) const {
  int band = classification::v1::PRIORITY_BAND_LOW;
  for (size_t i = 0; i < floors_.size(); ++i) {
    if (priority >= floors_[i]) {
      band = classification::v1::PRIORITY_BAND_NORMAL + static_cast<int>(i);
    }
  }
  return static_cast<classification::v1::PriorityBand>(band);
}

}  // namespace centralita::text
