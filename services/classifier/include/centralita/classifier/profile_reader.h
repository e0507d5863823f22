// Profiles for whoever must not wait for them: from memory, else from the store in one round and
// within a deadline. A store that is slow or away costs a batch the deadline at most; what it says
// later is kept for the next one.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/classifier/metrics.h"
#include "centralita/classifier/profile_cache.h"
#include "centralita/classifier/profile_store.h"

namespace centralita::classifier {

struct ProfileReaderOptions {
  // Of one Read(), from the beginning.
  base::Duration deadline{250};
  // How long a profile is taken from memory; below the policies' `facts_kept` (profile_cache.h).
  base::Duration lifetime{2'000};
  size_t cached_profiles = 50'000;
};

struct KnownProfile {
  // Null: the customer is new.
  SharedProfile profile;
  // False: nobody could say in time, or what the store has is damaged; `profile` is null then.
  bool known = false;
};

// Thread-safe: calls that wait at the same time are read together, by a thread of its own. What it
// is given outlives it.
class ProfileReader final {
 public:
  ProfileReader(ProfileStore& profiles, const base::Clock& clock, ClassifierMetrics& metrics,
                const ProfileReaderOptions& options = {});
  // Waits for a read of the store that is under way.
  ~ProfileReader();

  // One per key (base::TenantKey), in order.
  std::vector<KnownProfile> Read(const std::vector<std::string_view>& keys);

  ProfileCache& cache() { return cache_; }

 private:
  struct Request;

  void ReadForEver();
  void ReadStore(const std::vector<std::shared_ptr<Request>>& requests);

  ProfileStore& profiles_;
  ClassifierMetrics& metrics_;
  const base::Duration deadline_;
  ProfileCache cache_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Request>> waiting_;
  bool stop_ = false;
  // Last: it uses all of the above.
  std::thread thread_;
};

}  // namespace centralita::classifier
