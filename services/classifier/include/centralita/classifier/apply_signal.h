// What a signal does to a profile: a pure function.
#pragma once

#include <string_view>

#include "centralita/base/time.h"
#include "centralita/profile/v1/profile.pb.h"
#include "centralita/signals/v1/signals.pb.h"

namespace centralita::classifier {

inline constexpr int kMaxOrders = 10;
inline constexpr int kMaxContacts = 10;

// Applies `signal`, appended to the log at `now`, and counts the revision up.
void ApplySignal(const signals::v1::Signal& signal, base::TimePoint now,
                 profile::v1::Profile& profile);

// "cart", "payment", "profile", "degraded", "contact"; empty for a kind that this binary does not
// know.
std::string_view ReasonOfSignal(const signals::v1::Signal& signal);

}  // namespace centralita::classifier
