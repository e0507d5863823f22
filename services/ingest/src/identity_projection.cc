#include "identity_projection.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::ingest {
namespace {

using identity::v1::IdentityRecord;

absl::Status Unavailable(const absl::Status& why) {
  return base::Error(
      absl::StatusCode::kUnavailable, "store_unavailable",
      fmt::format("The identity table could not be written: {}", std::string(why.message())));
}

}  // namespace

absl::Status IdentityProjection::Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                                         stage::PipelineOutputs& outputs) {
  // The last record of a handle wins, so only that one is written.
  std::map<std::string, IdentityRecord> latest;
  for (size_t i = 0; i < batch.records().size(); ++i) {
    const eventlog::Record& record = batch.records()[i];
    if (record.tombstone) continue;
    IdentityRecord parsed;
    if (!parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) ||
        !parsed.has_handle() || parsed.customer_id().empty()) {
      outputs.DeadLetter(i, "undecodable", "The record is no identity record.", 0);
      continue;
    }
    IdentityRecord& held = latest[ComputedCustomer(parsed.tenant(), parsed.handle())];
    if (parsed.revision() >= held.revision()) held = std::move(parsed);
  }
  if (latest.empty()) return absl::OkStatus();

  std::vector<store::Key> keys;
  for (const auto& [computed, record] : latest) keys.push_back(IdentityKey(computed));
  const auto present = store_.GetMany(keys);
  if (!present.ok()) return Unavailable(present.status());

  std::map<std::string, store::Transaction> transactions;
  size_t n = 0;
  for (const auto& [computed, record] : latest) {
    const auto& entry = (*present)[n];
    const store::Key& key = keys[n++];
    IdentityRecord held;
    if (entry && held.ParseFromString(*entry) && held.revision() >= record.revision()) continue;
    store::Transaction& transaction = transactions[key.partition];
    transaction.partition = key.partition;
    transaction.puts.push_back({.name = key.name, .value = record.SerializeAsString()});
  }
  std::vector<store::Transaction> all;
  for (auto& [partition, transaction] : transactions) all.push_back(std::move(transaction));
  for (const absl::Status& status : store_.CommitMany(all)) {
    if (!status.ok()) return Unavailable(status);
  }
  for (const auto& [computed, record] : latest) identity_.Forget(computed);
  return absl::OkStatus();
}

}  // namespace centralita::ingest
