// Whether the `when` of a route or of a clock rule holds for a piece of work, and if not, what
// spoke against it.
//
// Pure; nothing is allocated; safe from any thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::policy {

// Which calendars are open at the time that counts.
class OpenHours {
 public:
  virtual bool IsOpen(std::string_view calendar) const = 0;

 protected:
  ~OpenHours() = default;
};

// What conditions are asked about. Views: everything outlives the call. What is unknown stays
// empty, and then meets no condition on it.
struct Subject {
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  common::v1::Visibility visibility = common::v1::VISIBILITY_UNSPECIFIED;
  std::string_view intent;
  // Both sorted, either may be null; a tag counts if one of them has it. Two lists, since tags of
  // the words and tags of the profile are kept apart (Facts.tags).
  const google::protobuf::RepeatedPtrField<std::string>* tags = nullptr;
  const google::protobuf::RepeatedPtrField<std::string>* profile_tags = nullptr;
  std::string_view language;
  std::string_view tier;
  classification::v1::PriorityBand band = classification::v1::PRIORITY_BAND_UNSPECIFIED;
  // Hundredths of the currency's unit; 0 if nothing is at risk.
  int64_t cart_at_risk_cents = 0;
  int64_t order_value_cents = 0;
  std::string_view product_category;
  // May be null.
  const OpenHours* hours = nullptr;
};

// In the order in which they are tried.
enum class Condition {
  kNone,
  kChannel,
  kVisibility,
  kIntent,
  kLanguage,
  kTier,
  kBand,
  kCartAtRisk,
  kOrderValue,
  kProductCategory,
  kTag,
  kHours,
  kOutsideHours,
};

// The first condition that does not hold; kNone if all do. No conditions at all hold for
// everything.
Condition FirstUnmet(const v1::Conditions& when, const Subject& subject);

inline bool Matches(const v1::Conditions& when, const Subject& subject) {
  return FirstUnmet(when, subject) == Condition::kNone;
}

// The condition's key in the policy file ("channels", "min_cart_at_risk"), for decision records;
// empty for kNone.
std::string_view NameOf(Condition condition);

// Whether `when` holds for everything.
bool IsUnconditional(const v1::Conditions& when);

// Whether everything that meets `narrow` is sure to meet `wide`, so that a route with `narrow`
// behind one with `wide` is never reached. May say false when it is so by a roundabout way, never
// true when it is not.
bool Covers(const v1::Conditions& wide, const v1::Conditions& narrow);

}  // namespace centralita::policy
