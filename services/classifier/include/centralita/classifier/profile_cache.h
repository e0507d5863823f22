// The profiles of customers who wrote lately, in memory.
//
// What lies here may be older than the store by up to its lifetime. What changed meanwhile goes to
// route as an amendment with the profile's revision, and the highest revision wins there, whichever
// comes first, as long as the lifetime is shorter than the policy's `facts_kept`. A contact makes
// no amendment: where `facts` of the partition runs in another process, a message within the
// lifetime may lack `repeat_contact` and facts of an order that was just named. The role `facts` of
// the same process puts its changes here at once.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "centralita/base/clock.h"
#include "centralita/base/strings.h"
#include "centralita/profile/v1/profile.pb.h"

namespace centralita::classifier {

// Null: the customer is new, there is none.
using SharedProfile = std::shared_ptr<const profile::v1::Profile>;

// Thread-safe. `clock` outlives it.
class ProfileCache final {
 public:
  // At most `capacity` profiles, each for `lifetime`; nothing is kept if either is 0.
  ProfileCache(const base::Clock& clock, base::Duration lifetime, size_t capacity)
      : clock_(clock), lifetime_(lifetime), half_(capacity / 2) {}

  // nullopt if it is not known, or too old.
  std::optional<SharedProfile> Find(std::string_view key);
  // What was read. A higher revision that is here already stays.
  void Put(std::string_view key, SharedProfile profile);
  // What was written; only if something older is here, since most customers of whom shops tell
  // something do not write.
  void Renew(std::string_view key, const profile::v1::Profile& profile);

 private:
  struct Entry {
    SharedProfile profile;
    std::chrono::steady_clock::time_point until;
  };
  using Entries = base::StringMap<Entry>;
  void Store(std::string_view key, Entry entry);
  // Null if it is in neither half.
  const Entry* Look(std::string_view key) const;

  const base::Clock& clock_;
  const base::Duration lifetime_;
  // Full, the younger half becomes the older one, and that one goes: whoever was asked for lately
  // is in the younger one.
  const size_t half_;
  std::mutex mutex_;
  Entries young_;
  Entries old_;
};

}  // namespace centralita::classifier
