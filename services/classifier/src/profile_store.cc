#include "centralita/classifier/profile_store.h"

#include <fmt/format.h>

#include <map>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"

namespace centralita::classifier {
namespace {

store::Key MarkerKey() { return {"profile/meta", "loaded"}; }

std::string PartitionOfProfile(std::string_view key) {
  return fmt::format("profile/{}", base::PartitionOf(key, kProfilePartitions));
}

StoredProfile Parse(std::optional<std::string> bytes) {
  StoredProfile stored;
  if (bytes && !stored.profile.ParseFromString(*bytes)) {
    stored.profile.Clear();
    stored.damaged = true;
  }
  stored.bytes = std::move(bytes);
  return stored;
}

}  // namespace

absl::StatusOr<std::vector<StoredProfile>> ProfileStore::Read(
    const std::vector<std::string_view>& keys) {
  return ReadKeys(keys, true);
}

absl::StatusOr<std::vector<StoredProfile>> ProfileStore::ReadUnfilled(
    const std::vector<std::string_view>& keys) {
  return ReadKeys(keys, false);
}

absl::StatusOr<std::vector<StoredProfile>> ProfileStore::ReadKeys(
    const std::vector<std::string_view>& keys, bool must_be_filled) {
  std::vector<store::Key> wanted = {MarkerKey()};
  wanted.reserve(keys.size() + 1);
  for (std::string_view key : keys) {
    wanted.push_back({PartitionOfProfile(key), std::string(key)});
  }
  ABSL_ASSIGN_OR_RETURN(auto values, store_.GetMany(wanted));
  if (must_be_filled && !values[0]) {
    return base::Error(absl::StatusCode::kFailedPrecondition, "profiles_loading",
                       "The store does not hold the profiles yet; the role `facts` fills it from "
                       "the topic `profiles`.");
  }
  std::vector<StoredProfile> profiles;
  profiles.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) profiles.push_back(Parse(std::move(values[i + 1])));
  return profiles;
}

absl::Status ProfileStore::Write(const std::vector<ProfileWrite>& writes) {
  std::map<std::string, store::Transaction> by_partition;
  for (const ProfileWrite& write : writes) {
    std::string partition = PartitionOfProfile(write.key);
    store::Transaction& transaction = by_partition[partition];
    transaction.partition = std::move(partition);
    transaction.conditions.push_back({std::string(write.key), *write.expected});
    transaction.puts.push_back({std::string(write.key), write.profile->SerializeAsString()});
  }
  std::vector<store::Transaction> transactions;
  for (auto& [partition, transaction] : by_partition) {
    transactions.push_back(std::move(transaction));
  }
  for (const absl::Status& status : store_.CommitMany(transactions)) {
    ABSL_RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ProfileStore::IsFilled() {
  ABSL_ASSIGN_OR_RETURN(const auto marker, store_.Get(MarkerKey()));
  return marker.has_value();
}

absl::Status ProfileStore::MarkFilled() {
  return store_.SetIfAbsent(MarkerKey(), "1", base::Duration(0)).status();
}

}  // namespace centralita::classifier
