#include "identity.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/uuid.h"

namespace centralita::ingest {
namespace {

// An empty customer stands for "not linked", which is what nearly all handles are.
constexpr std::string_view kNotLinked;

absl::StatusOr<std::string> CustomerIn(const std::optional<std::string>& entry) {
  if (!entry) return std::string(kNotLinked);
  identity::v1::IdentityRecord record;
  if (!record.ParseFromString(*entry)) {
    return base::Error(absl::StatusCode::kDataLoss, "identity_damaged",
                       "An entry of the identity table is damaged.");
  }
  return std::move(*record.mutable_customer_id());
}

std::string PartitionName(uint32_t partition) { return fmt::format("identity/{}", partition); }

}  // namespace

std::string ComputedCustomer(std::string_view tenant, common::v1::Channel channel,
                             std::string_view account, std::string_view handle) {
  return base::NameUuid(
      "customer", {tenant, fmt::format_int(static_cast<int>(channel)).c_str(), account, handle});
}

std::string ComputedCustomer(std::string_view tenant, const identity::v1::Handle& handle) {
  return ComputedCustomer(tenant, handle.channel(), handle.account(), handle.handle());
}

store::Key IdentityKey(std::string_view computed) {
  return {PartitionName(base::PartitionOf(computed, kIdentityPartitions)), std::string(computed)};
}

// No id is called so.
store::Key IdentityMark(uint32_t partition) { return {PartitionName(partition), "generation"}; }

Identity::Identity(store::Store& store, size_t capacity)
    : store_(store), shard_capacity_(std::max<size_t>(capacity / shards_.size() / 2, 1)) {}

void Identity::Trust(std::string generation) {
  const std::scoped_lock lock(mutex_);
  generation_ = std::move(generation);
  suspicious_ = false;
}

absl::StatusOr<std::vector<std::optional<std::string>>> Identity::ReadEntries(
    const std::vector<std::string_view>& computed) {
  std::string generation;
  {
    const std::scoped_lock lock(mutex_);
    generation = generation_;
  }
  std::vector<store::Key> keys;
  std::set<uint32_t> partitions;
  for (const std::string_view each : computed) {
    keys.push_back(IdentityKey(each));
    partitions.insert(base::PartitionOf(each, kIdentityPartitions));
  }
  if (!generation.empty()) {
    for (const uint32_t partition : partitions) keys.push_back(IdentityMark(partition));
  }
  ABSL_ASSIGN_OR_RETURN(auto values, store_.GetMany(keys));
  for (size_t i = computed.size(); i < values.size(); ++i) {
    if (values[i] == generation) continue;
    suspicious_ = true;
    return base::Error(absl::StatusCode::kUnavailable, "identity_loading",
                       "The store has lost the identity table; it is loaded again. Send it again "
                       "in a moment.");
  }
  values.resize(computed.size());
  return values;
}

Identity::Shard& Identity::ShardOf(std::string_view computed) {
  return shards_[std::hash<std::string_view>{}(computed) % shards_.size()];
}

std::optional<std::string> Identity::Cached(std::string_view computed) {
  Shard& shard = ShardOf(computed);
  std::lock_guard lock(shard.mutex);
  if (auto it = shard.young.find(computed); it != shard.young.end()) return it->second;
  auto it = shard.old.find(computed);
  if (it == shard.old.end()) return std::nullopt;
  std::string customer = it->second;
  Keep(shard, std::string(computed), customer);
  return customer;
}

void Identity::Keep(Shard& shard, const std::string& computed, const std::string& customer) {
  if (shard.young.size() >= shard_capacity_) {
    shard.old = std::move(shard.young);
    shard.young.clear();
  }
  shard.young.insert_or_assign(computed, customer);
}

void Identity::Forget(std::string_view computed) {
  Shard& shard = ShardOf(computed);
  std::lock_guard lock(shard.mutex);
  ++shard.forgotten;
  if (auto it = shard.young.find(computed); it != shard.young.end()) shard.young.erase(it);
  if (auto it = shard.old.find(computed); it != shard.old.end()) shard.old.erase(it);
}

absl::StatusOr<std::vector<std::string>> Identity::Resolve(
    const std::vector<std::string>& computed) {
  std::vector<std::string> customers(computed.size());
  std::vector<size_t> missing;
  for (size_t i = 0; i < computed.size(); ++i) {
    if (auto cached = Cached(computed[i])) {
      customers[i] = *std::move(cached);
    } else {
      missing.push_back(i);
    }
  }
  if (!missing.empty()) ABSL_RETURN_IF_ERROR(ResolveMissing(computed, missing, customers));
  for (size_t i = 0; i < computed.size(); ++i) {
    if (customers[i].empty()) customers[i] = computed[i];
  }
  return customers;
}

absl::Status Identity::ResolveMissing(const std::vector<std::string>& computed,
                                      const std::vector<size_t>& missing,
                                      std::vector<std::string>& customers) {
  std::vector<std::string_view> names;
  std::vector<uint64_t> forgotten;
  for (const size_t i : missing) {
    names.push_back(computed[i]);
    Shard& shard = ShardOf(computed[i]);
    std::lock_guard lock(shard.mutex);
    forgotten.push_back(shard.forgotten);
  }
  ABSL_ASSIGN_OR_RETURN(const auto entries, ReadEntries(names));
  for (size_t n = 0; n < missing.size(); ++n) {
    const size_t i = missing[n];
    ABSL_ASSIGN_OR_RETURN(customers[i], CustomerIn(entries[n]));
    Shard& shard = ShardOf(computed[i]);
    std::lock_guard lock(shard.mutex);
    if (shard.forgotten == forgotten[n]) Keep(shard, computed[i], customers[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<identity::v1::IdentityRecord>> Identity::Find(
    std::string_view computed) {
  ABSL_ASSIGN_OR_RETURN(const auto entries, ReadEntries({computed}));
  const auto& entry = entries[0];
  if (!entry) return std::nullopt;
  identity::v1::IdentityRecord record;
  if (!record.ParseFromString(*entry)) {
    return base::Error(absl::StatusCode::kDataLoss, "identity_damaged",
                       "An entry of the identity table is damaged.");
  }
  return record;
}

}  // namespace centralita::ingest
