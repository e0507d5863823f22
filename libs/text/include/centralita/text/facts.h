// What of a customer's profile counts for routing: a pure function of (profile, policy, now).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "centralita/base/time.h"
#include "centralita/classification/v1/classification.pb.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/profile/v1/profile.pb.h"

namespace centralita::text {

struct FactsConfig {
  explicit FactsConfig(const policy::v1::ClassifierSection& section);
  int64_t cart_at_risk_min_cents = 0;
  int64_t vip_lifetime_min_cents = 0;
  base::Duration repeat_window{0};
  struct Tier {
    std::string name;
    int64_t min_cents = 0;
  };
  // By lifetime value, the greatest first.
  std::vector<Tier> lifetime_tiers;
};

// Trouble in a cart that has not been touched for so long is history, not risk.
inline constexpr base::Duration kCartAtRiskFor{24 * 60 * 60 * 1000};

// Who has been so long on the site and is still in the checkout does not get on, though nothing has
// failed.
inline constexpr int64_t kLongInCheckoutSeconds = 15 * 60;

// A message that names no order is about the one that the customer named within so long before.
inline constexpr base::Duration kNamedOrderFor{24 * 60 * 60 * 1000};

// All of Facts but the addends. A customer whose profile names no tier has the policy's by lifetime
// value, else "vip" if that value makes a VIP. Tags: vip, cart_at_risk, chargeback, order_late,
// order_lost (of any order), order_delivered (of the one that is picked).
// `order_id` picks the order that value and category are of; empty or unknown: the one that the
// customer named lately, else the latest.
classification::v1::Facts FactsOf(const profile::v1::Profile& profile, std::string_view order_id,
                                  const FactsConfig& config, base::TimePoint now);

// Whether the customer wrote about this within the policy's window before `now`. "other" never
// repeats.
bool IsRepeatContact(const profile::v1::Profile& profile, std::string_view intent,
                     const FactsConfig& config, base::TimePoint now);

// Whether an amendment is due: what counts for routing differs, whatever the revision.
bool DifferForRouting(const classification::v1::Facts& a, const classification::v1::Facts& b);

}  // namespace centralita::text
