// The texts of messages, for agents to read: written from `inbound` by a projection, read by
// message id. Kept per customer, so that one customer's texts can be erased.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "centralita/base/strings.h"
#include "centralita/gateway/v1/gateway.pb.h"
#include "centralita/stage/pipeline_runner.h"
#include "centralita/store/store.h"

namespace centralita::gateway {

// The latest texts in memory, in front of the store. Thread-safe.
class History final {
 public:
  History(store::Store& store, base::Duration lifetime, size_t cached_messages = 50'000)
      : store_(store), lifetime_(lifetime), cached_messages_(cached_messages) {}

  struct Entry {
    std::string tenant;
    std::string customer_id;
    std::string message_id;
    std::string text;
    std::string subject;
    std::string handle;
  };

  absl::Status Write(std::vector<Entry> entries);
  // Of one customer.
  struct Views {
    std::string tenant;
    std::string customer_id;
    google::protobuf::RepeatedPtrField<v1::MessageView>* views = nullptr;
  };
  // Sets text, subject and handle, in as few rounds of the store as go. What is not there stays
  // empty, and so does the rest once the store does not answer.
  void Fill(const std::vector<Views>& all);
  void Fill(const std::string& tenant, const std::string& customer_id,
            google::protobuf::RepeatedPtrField<v1::MessageView>& views) {
    Fill({{tenant, customer_id, &views}});
  }
  // Deletes all of a customer's texts.
  absl::Status Erase(const std::string& tenant, const std::string& customer_id);

 private:
  using Value = std::shared_ptr<const Entry>;
  void Remember(Value entry);
  Value Recall(const std::string& message_id);

  store::Store& store_;
  const base::Duration lifetime_;
  const size_t cached_messages_;
  std::mutex mutex_;
  // Oldest first.
  std::list<Value> order_;
  base::StringMap<std::list<Value>::iterator> cache_;
};

// `inbound` -> History.
class HistoryProjection final : public stage::PipelineLogic {
 public:
  explicit HistoryProjection(History& history) : history_(history) {}
  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  History& history_;
};

}  // namespace centralita::gateway
