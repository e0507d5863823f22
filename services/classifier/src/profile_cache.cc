#include "centralita/classifier/profile_cache.h"

#include <string>
#include <utility>

namespace centralita::classifier {
namespace {

uint64_t RevisionOf(const SharedProfile& profile) {
  return profile == nullptr ? 0 : profile->revision();
}

}  // namespace

const ProfileCache::Entry* ProfileCache::Look(std::string_view key) const {
  if (const auto young = young_.find(key); young != young_.end()) return &young->second;
  const auto old = old_.find(key);
  return old == old_.end() ? nullptr : &old->second;
}

std::optional<SharedProfile> ProfileCache::Find(std::string_view key) {
  const auto now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  const Entry* const found = Look(key);
  if (found == nullptr || found->until <= now) return std::nullopt;
  Entry entry = *found;
  SharedProfile profile = entry.profile;
  Store(key, std::move(entry));
  return profile;
}

void ProfileCache::Put(std::string_view key, SharedProfile profile) {
  const auto now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  const Entry* const known = Look(key);
  const bool newer =
      known != nullptr && known->until > now && RevisionOf(known->profile) > RevisionOf(profile);
  if (!newer) Store(key, {std::move(profile), now + lifetime_});
}

void ProfileCache::Renew(std::string_view key, const profile::v1::Profile& profile) {
  const auto now = clock_.Monotonic();
  const std::lock_guard lock(mutex_);
  const Entry* const known = Look(key);
  if (known == nullptr || RevisionOf(known->profile) >= profile.revision()) return;
  Store(key, {std::make_shared<const profile::v1::Profile>(profile), now + lifetime_});
}

void ProfileCache::Store(std::string_view key, Entry entry) {
  if (half_ == 0 || lifetime_.count() <= 0) return;
  if (const auto young = young_.find(key); young != young_.end()) {
    young->second = std::move(entry);
    return;
  }
  if (young_.size() >= half_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.emplace(std::string(key), std::move(entry));
}

}  // namespace centralita::classifier
