#include "centralita/classifier/profile_reader.h"

#include <algorithm>
#include <utility>

namespace centralita::classifier {

// Guarded by the reader's mutex, but for `keys`, which stay as they are.
struct ProfileReader::Request {
  std::vector<std::string> keys;
  std::vector<KnownProfile> found;
  bool done = false;
};

ProfileReader::ProfileReader(ProfileStore& profiles, const base::Clock& clock,
                             ClassifierMetrics& metrics, const ProfileReaderOptions& options)
    : profiles_(profiles),
      metrics_(metrics),
      deadline_(options.deadline),
      cache_(clock, options.lifetime, options.cached_profiles),
      thread_([this] { ReadForEver(); }) {}

ProfileReader::~ProfileReader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::vector<KnownProfile> ProfileReader::Read(const std::vector<std::string_view>& keys) {
  std::vector<KnownProfile> answers(keys.size());
  std::vector<size_t> missing;
  const auto request = std::make_shared<Request>();
  for (size_t i = 0; i < keys.size(); ++i) {
    if (auto cached = cache_.Find(keys[i])) {
      answers[i] = {*std::move(cached), true};
    } else {
      missing.push_back(i);
      request->keys.emplace_back(keys[i]);
    }
  }
  metrics_.profile_cache_hits.Add(static_cast<double>(keys.size() - missing.size()));
  if (missing.empty()) return answers;

  std::unique_lock lock(mutex_);
  waiting_.push_back(request);
  metrics_.profile_cache_misses.Add(static_cast<double>(missing.size()));
  changed_.notify_all();
  if (!changed_.wait_for(lock, deadline_, [&] { return request->done; })) {
    // Nobody waits for it any more, and whoever asks next must not stand behind it.
    std::erase(waiting_, request);
    metrics_.profile_deadlines_exceeded.Add();
    return answers;
  }
  for (size_t i = 0; i < missing.size() && i < request->found.size(); ++i) {
    answers[missing[i]] = std::move(request->found[i]);
  }
  return answers;
}

void ProfileReader::ReadForEver() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (stop_) return;
    std::vector<std::shared_ptr<Request>> requests(waiting_.begin(), waiting_.end());
    waiting_.clear();
    lock.unlock();
    ReadStore(requests);
    lock.lock();
    for (const auto& request : requests) request->done = true;
    changed_.notify_all();
  }
}

void ProfileReader::ReadStore(const std::vector<std::shared_ptr<Request>>& requests) {
  std::vector<std::string_view> keys;
  for (const auto& request : requests) {
    keys.insert(keys.end(), request->keys.begin(), request->keys.end());
  }
  auto stored = profiles_.Read(keys);
  // Found by nobody: each is unknown.
  if (!stored.ok()) return;
  std::vector<KnownProfile> found;
  for (size_t i = 0; i < keys.size(); ++i) {
    StoredProfile& one = (*stored)[i];
    if (one.damaged) {
      found.emplace_back();
      continue;
    }
    SharedProfile profile;
    if (one.bytes) profile = std::make_shared<const profile::v1::Profile>(std::move(one.profile));
    cache_.Put(keys[i], profile);
    found.push_back({std::move(profile), true});
  }
  const std::lock_guard lock(mutex_);
  auto next = std::make_move_iterator(found.begin());
  for (const auto& request : requests) {
    const auto end = next + static_cast<std::ptrdiff_t>(request->keys.size());
    request->found.assign(next, end);
    next = end;
  }
}

}  // namespace centralita::classifier
