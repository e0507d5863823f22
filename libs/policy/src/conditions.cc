#include "centralita/policy/conditions.h"

#include <algorithm>

namespace centralita::policy {
namespace {

using Strings = google::protobuf::RepeatedPtrField<std::string>;

bool Allows(const Strings& wanted, std::string_view value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool Allows(const google::protobuf::RepeatedField<int>& wanted, int value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

bool HasTag(const Strings* tags, const std::string& tag) {
  return tags != nullptr && std::binary_search(tags->begin(), tags->end(), tag);
}

bool HasAnyTag(const Strings& wanted, const Subject& subject) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& tag) {
           return HasTag(subject.tags, tag) || HasTag(subject.profile_tags, tag);
         });
}

bool IsAnyOpen(const Strings& calendars, const Subject& subject) {
  return calendars.empty() ||
         (subject.hours != nullptr &&
          std::any_of(calendars.begin(), calendars.end(),
                      [&](const std::string& name) { return subject.hours->IsOpen(name); }));
}

bool AreAllClosed(const Strings& calendars, const Subject& subject) {
  return calendars.empty() ||
         (subject.hours != nullptr &&
          std::none_of(calendars.begin(), calendars.end(),
                       [&](const std::string& name) { return subject.hours->IsOpen(name); }));
}

// Where all of a list must hold, not any of it.
bool CoversAll(const Strings& wide, const Strings& narrow) {
  return std::all_of(wide.begin(), wide.end(), [&](const std::string& value) {
    return std::find(narrow.begin(), narrow.end(), value) != narrow.end();
  });
}

template <typename List>
bool CoversList(const List& wide, const List& narrow) {
  if (wide.empty()) return true;
  return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](const auto& value) {
    return std::find(wide.begin(), wide.end(), value) != wide.end();
  });
}

}  // namespace

// Cheap comparisons come first.
Condition FirstUnmet(const v1::Conditions& when, const Subject& subject) {
  if (!Allows(when.channels(), subject.channel)) return Condition::kChannel;
  if (when.visibility() != common::v1::VISIBILITY_UNSPECIFIED &&
      when.visibility() != subject.visibility) {
    return Condition::kVisibility;
  }
  if (!Allows(when.intents(), subject.intent)) return Condition::kIntent;
  if (!Allows(when.languages(), subject.language)) return Condition::kLanguage;
  if (!Allows(when.tiers(), subject.tier)) return Condition::kTier;
  if (!Allows(when.bands(), subject.band)) return Condition::kBand;
  if (subject.cart_at_risk_cents < when.min_cart_at_risk_cents()) return Condition::kCartAtRisk;
  if (subject.order_value_cents < when.min_order_value_cents()) return Condition::kOrderValue;
  if (!Allows(when.product_categories(), subject.product_category)) {
    return Condition::kProductCategory;
  }
  if (!HasAnyTag(when.tags(), subject)) return Condition::kTag;
  if (!IsAnyOpen(when.hours(), subject)) return Condition::kHours;
  if (!AreAllClosed(when.outside_hours(), subject)) return Condition::kOutsideHours;
  return Condition::kNone;
}

std::string_view NameOf(Condition condition) {
  switch (condition) {
    case Condition::kNone:
      return {};
    case Condition::kChannel:
      return "channels";
    case Condition::kVisibility:
      return "visibility";
    case Condition::kIntent:
      return "intents";
    case Condition::kLanguage:
      return "languages";
    case Condition::kTier:
      return "tiers";
    case Condition::kBand:
      return "bands";
    case Condition::kCartAtRisk:
      return "min_cart_at_risk";
    case Condition::kOrderValue:
      return "min_order_value";
    case Condition::kProductCategory:
      return "product_categories";
    case Condition::kTag:
      return "tags";
    case Condition::kHours:
      return "hours";
    case Condition::kOutsideHours:
      return "outside_hours";
  }
  return {};
}

bool IsUnconditional(const v1::Conditions& when) { return Covers(when, v1::Conditions()); }

bool Covers(const v1::Conditions& wide, const v1::Conditions& narrow) {
  const bool visibility = wide.visibility() == common::v1::VISIBILITY_UNSPECIFIED ||
                          wide.visibility() == narrow.visibility();
  // Zero asks nothing: an unknown cart counts as 0.
  const auto minimum = [](int64_t w, int64_t n) { return w <= std::max<int64_t>(n, 0); };
  return visibility && minimum(wide.min_cart_at_risk_cents(), narrow.min_cart_at_risk_cents()) &&
         minimum(wide.min_order_value_cents(), narrow.min_order_value_cents()) &&
         CoversList(wide.channels(), narrow.channels()) &&
         CoversList(wide.intents(), narrow.intents()) && CoversList(wide.tags(), narrow.tags()) &&
         CoversList(wide.languages(), narrow.languages()) &&
         CoversList(wide.tiers(), narrow.tiers()) && CoversList(wide.bands(), narrow.bands()) &&
         CoversList(wide.product_categories(), narrow.product_categories()) &&
         CoversList(wide.tenants(), narrow.tenants()) && CoversList(wide.hours(), narrow.hours()) &&
         CoversAll(wide.outside_hours(), narrow.outside_hours());
}

}  // namespace centralita::policy
