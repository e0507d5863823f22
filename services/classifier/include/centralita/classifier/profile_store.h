// Profiles in the store, and how an empty store is filled again from the topic `profiles`.
//
// A profile lies in partition "profile/<0..63>" under the customer's log key. A marker says that
// the store holds all that the log does; without it nothing is known of anybody, and nothing may be
// written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/profile/v1/profile.pb.h"
#include "centralita/store/store.h"

namespace centralita::classifier {

inline constexpr uint32_t kProfilePartitions = 64;

struct StoredProfile {
  // As it lies in the store; nullopt if the customer is new.
  std::optional<std::string> bytes;
  // Empty if the customer is new or the bytes are damaged.
  profile::v1::Profile profile;
  bool damaged = false;
};

// A profile to write, if the store still holds `expected`.
struct ProfileWrite {
  std::string_view key;
  const std::optional<std::string>* expected = nullptr;
  const profile::v1::Profile* profile = nullptr;
};

// Thread-safe as the store is; `store` outlives it.
class ProfileStore final {
 public:
  explicit ProfileStore(store::Store& store) : store_(store) {}

  // One per key (base::TenantKey), in order, in one round. The store's own error if it is away;
  // FAILED_PRECONDITION if it answers and has not been filled.
  absl::StatusOr<std::vector<StoredProfile>> Read(const std::vector<std::string_view>& keys);
  // The same, whether it has been filled or not.
  absl::StatusOr<std::vector<StoredProfile>> ReadUnfilled(
      const std::vector<std::string_view>& keys);
  // Each key once. Not OK: some may have been written, others not; ABORTED if somebody else wrote
  // meanwhile.
  absl::Status Write(const std::vector<ProfileWrite>& writes);

  absl::StatusOr<bool> IsFilled();
  absl::Status MarkFilled();

 private:
  absl::StatusOr<std::vector<StoredProfile>> ReadKeys(const std::vector<std::string_view>& keys,
                                                      bool must_be_filled);

  store::Store& store_;
};

// Copies the newest profile of each customer from `profiles` into the store and sets the marker;
// returns how many were newer than what the store had. Idempotent. UNAVAILABLE: try again.
absl::StatusOr<size_t> FillProfileStore(eventlog::EventLog& log, ProfileStore& profiles,
                                        const base::Clock& clock);

}  // namespace centralita::classifier
