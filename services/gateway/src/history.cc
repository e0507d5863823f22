#include "history.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>

#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/message/v1/message.pb.h"

namespace centralita::gateway {
namespace {

constexpr uint32_t kStorePartitions = 64;
constexpr size_t kKeysAtOnce = 1000;

std::string StorePartition(const std::string& tenant, const std::string& customer_id) {
  return fmt::format("history/{}",
                     base::PartitionOf(base::TenantKey(tenant, customer_id), kStorePartitions));
}

std::string CustomerPrefix(const std::string& tenant, const std::string& customer_id) {
  return fmt::format("{}/{}/", tenant, customer_id);
}

}  // namespace

absl::Status History::Write(std::vector<Entry> entries) {
  std::map<std::string, store::Transaction> transactions;
  for (Entry& entry : entries) {
    v1::MessageView view;
    view.set_text(entry.text);
    view.set_subject(entry.subject);
    view.set_handle(entry.handle);
    std::string partition = StorePartition(entry.tenant, entry.customer_id);
    store::Transaction& transaction = transactions[partition];
    transaction.partition = std::move(partition);
    transaction.puts.push_back({CustomerPrefix(entry.tenant, entry.customer_id) + entry.message_id,
                                view.SerializeAsString(), lifetime_});
    Remember(std::make_shared<const Entry>(std::move(entry)));
  }
  std::vector<store::Transaction> list;
  list.reserve(transactions.size());
  for (auto& [partition, transaction] : transactions) list.push_back(std::move(transaction));
  for (const absl::Status& status : store_.CommitMany(list)) ABSL_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

void History::Fill(const std::vector<Views>& all) {
  std::vector<store::Key> keys;
  std::vector<v1::MessageView*> missing;
  for (const auto& [tenant, customer_id, views] : all) {
    for (v1::MessageView& view : *views) {
      if (const Value entry = Recall(view.message_id())) {
        if (entry->tenant != tenant || entry->customer_id != customer_id) continue;
        view.set_text(entry->text);
        view.set_subject(entry->subject);
        view.set_handle(entry->handle);
      } else {
        keys.push_back({StorePartition(tenant, customer_id),
                        CustomerPrefix(tenant, customer_id) + view.message_id()});
        missing.push_back(&view);
      }
    }
  }
  for (size_t from = 0; from < keys.size(); from += kKeysAtOnce) {
    const size_t to = std::min(keys.size(), from + kKeysAtOnce);
    // The work itself does not wait for texts.
    const auto values = store_.GetMany({keys.begin() + static_cast<std::ptrdiff_t>(from),
                                        keys.begin() + static_cast<std::ptrdiff_t>(to)});
    if (!values.ok()) return;
    for (size_t i = from; i < to; ++i) {
      const auto& value = (*values)[i - from];
      v1::MessageView stored;
      if (!value.has_value() || !stored.ParseFromString(*value)) continue;
      missing[i]->set_text(stored.text());
      missing[i]->set_subject(stored.subject());
      missing[i]->set_handle(stored.handle());
    }
  }
}

absl::Status History::Erase(const std::string& tenant, const std::string& customer_id) {
  const std::string partition = StorePartition(tenant, customer_id);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(
        const store::ScanPage page,
        store_.Scan(partition, CustomerPrefix(tenant, customer_id), std::nullopt, 1000));
    if (page.entries.empty()) break;
    store::Transaction transaction{
        .partition = partition, .conditions = {}, .puts = {}, .erases = {}};
    for (const auto& [name, value] : page.entries) transaction.erases.push_back(name);
    ABSL_RETURN_IF_ERROR(store_.Commit(transaction));
  }
  const std::scoped_lock lock(mutex_);
  for (auto entry = order_.begin(); entry != order_.end();) {
    if ((*entry)->tenant == tenant && (*entry)->customer_id == customer_id) {
      cache_.erase((*entry)->message_id);
      entry = order_.erase(entry);
    } else {
      ++entry;
    }
  }
  return absl::OkStatus();
}

void History::Remember(Value entry) {
  const std::scoped_lock lock(mutex_);
  const auto [place, added] = cache_.try_emplace(entry->message_id);
  if (!added) order_.erase(place->second);
  order_.push_back(std::move(entry));
  place->second = std::prev(order_.end());
  if (order_.size() > cached_messages_) {
    cache_.erase(order_.front()->message_id);
    order_.pop_front();
  }
}

History::Value History::Recall(const std::string& message_id) {
  const std::scoped_lock lock(mutex_);
  const auto found = cache_.find(message_id);
  return found == cache_.end() ? nullptr : *found->second;
}

absl::Status HistoryProjection::Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                                        stage::PipelineOutputs& outputs) {
  std::vector<History::Entry> entries;
  entries.reserve(batch.records().size());
  message::v1::InboundMessage message;
  for (const eventlog::Record& record : batch.records()) {
    // The classifier dead-letters what cannot be decoded.
    if (!message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
      continue;
    entries.push_back({.tenant = message.tenant(),
                       .customer_id = message.customer_id(),
                       .message_id = message.message_id(),
                       .text = std::move(*message.mutable_text()),
                       .subject = std::move(*message.mutable_subject()),
                       .handle = std::move(*message.mutable_handle())});
  }
  const absl::Status status = history_.Write(std::move(entries));
  // Texts are written again until they are there: no answer of the store is a reason to stop for
  // good.
  return status.ok() ? status : absl::UnavailableError(status.message());
}

}  // namespace centralita::gateway
