// What the tests of both roles share: a policy, a store and a log in a folder of their own, batches
// and collected outputs.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/base/uuid.h"
#include "centralita/classifier/metrics.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_reader.h"
#include "centralita/classifier/profile_store.h"
#include "centralita/eventlog/sqlite_log.h"
#include "centralita/profile/v1/profile.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/signals/v1/signals.pb.h"
#include "centralita/stage/pipeline_runner.h"
#include "centralita/store/sqlite_store.h"

namespace centralita::classifier {

inline constexpr int64_t kNowMs = 1'800'000'000'000;

template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

class FixedPolicy final : public PolicySource {
 public:
  FixedPolicy() {
    const auto section = FromText<policy::v1::ClassifierSection>(R"pb(
      intents: [ "order_status", "return_refund" ]
      rules { name: "where" any: "where is" intent: "order_status" weight: 10 }
      rules { name: "refund" any: "refund" intent: "return_refund" weight: 10 }
      addends { name: "vip" tag: "vip" points: 300 }
      addends { name: "unread" tag: "engine_failed" points: 40 }
      addends { name: "cart" per_ten_cart_at_risk: true points: 5 cap: 150 }
      base_priority: 100
      cart_at_risk_min_cents: 5000
      repeat_window_ms: 3600000)pb");
    classifiers_["shop"] =
        std::make_shared<text::Classifier>(section, std::vector<std::string>{"en"}, 4);
  }
  std::shared_ptr<const TenantClassifiers> Current() const override {
    return std::make_shared<TenantClassifiers>(classifiers_);
  }
  void Put(const std::string& tenant, std::shared_ptr<const text::Classifier> classifier) {
    classifiers_[tenant] = std::move(classifier);
  }

 private:
  TenantClassifiers classifiers_;
};

// A store that can be made to fail.
class SwitchedStore final : public store::Store {
 public:
  explicit SwitchedStore(store::Store& inner) : inner_(inner) {}
  void SetReadError(absl::Status status) { read_error_ = std::move(status); }
  void SetWriteError(absl::Status status) { write_error_ = std::move(status); }

  absl::StatusOr<std::optional<std::string>> Get(const store::Key& key) override {
    if (!read_error_.ok()) return read_error_;
    return inner_.Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<store::Key>& keys) override {
    ++reads;
    if (before_read) before_read();
    if (!read_error_.ok()) return read_error_;
    return inner_.GetMany(keys);
  }
  absl::StatusOr<std::string> SetIfAbsent(const store::Key& key, const std::string& value,
                                          base::Duration ttl) override {
    return inner_.SetIfAbsent(key, value, ttl);
  }
  absl::Status Commit(const store::Transaction& transaction) override {
    return inner_.Commit(transaction);
  }
  // With a write error the first transaction is written and the others are not.
  std::vector<absl::Status> CommitMany(
      const std::vector<store::Transaction>& transactions) override {
    if (write_error_.ok()) return inner_.CommitMany(transactions);
    std::vector<absl::Status> statuses(transactions.size(), write_error_);
    if (transactions.size() > 1) statuses[0] = inner_.Commit(transactions[0]);
    return statuses;
  }
  absl::StatusOr<store::ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                       const std::optional<std::string>& after,
                                       size_t limit) override {
    return inner_.Scan(partition, prefix, after, limit);
  }

  int reads = 0;
  std::function<void()> before_read;

 private:
  store::Store& inner_;
  absl::Status read_error_;
  absl::Status write_error_;
};

struct Emitted {
  size_t record = 0;
  std::string topic;
  std::string key;
  std::string value;
  uint32_t messages = 0;
};

class CollectedOutputs final : public stage::PipelineOutputs {
 public:
  void Emit(size_t record, std::string_view topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    all.push_back({record, std::string(topic), std::string(key), value.SerializeAsString(), 0});
  }
  void DeadLetter(size_t record, std::string_view reason, std::string_view detail,
                  uint32_t messages) override {
    EXPECT_FALSE(detail.empty());
    all.push_back({record, "dead-letter", "", std::string(reason), messages});
  }
  // What went to one topic, decoded.
  template <typename Message>
  std::vector<Message> Of(std::string_view topic) const {
    std::vector<Message> messages;
    for (const Emitted& emitted : all) {
      if (emitted.topic != topic) continue;
      EXPECT_TRUE(messages.emplace_back().ParseFromString(emitted.value));
    }
    return messages;
  }
  std::vector<std::string> Topics() const {
    std::vector<std::string> topics;
    for (const Emitted& emitted : all) topics.push_back(emitted.topic);
    return topics;
  }

  std::vector<Emitted> all;
};

class ClassifierFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("classifier-" + base::RandomUuid());
    std::filesystem::create_directories(folder_);
    auto store = store::OpenSqliteStore({(folder_ / "store.db").string()}, clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    sqlite_store_ = *std::move(store);
    store_ = std::make_unique<SwitchedStore>(*sqlite_store_);
    profiles_ = std::make_unique<ProfileStore>(*store_);
    ASSERT_TRUE(profiles_->MarkFilled().ok());
    // No machine is so slow; and the tests that follow say when they want a cache.
    reader_ = ReaderWith({.deadline = base::Duration(60'000), .lifetime = base::Duration(0)});
  }
  std::unique_ptr<ProfileReader> ReaderWith(const ProfileReaderOptions& options) {
    return std::make_unique<ProfileReader>(*profiles_, clock_, metrics_, options);
  }
  void TearDown() override {
    reader_.reset();
    log_.reset();
    sqlite_store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void OpenLog() {
    eventlog::SqliteLogOptions options;
    options.path = (folder_ / "log.db").string();
    auto log = eventlog::OpenSqliteLog(options, clock_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  // Records at consecutive offsets of partition 3, a second apart.
  static eventlog::RecordBatch BatchOf(std::string_view topic, std::vector<std::string> values,
                                       uint64_t first_offset = 0) {
    auto storage = std::make_shared<std::vector<std::string>>(std::move(values));
    std::vector<eventlog::Record> records;
    for (size_t i = 0; i < storage->size(); ++i) {
      eventlog::Record record;
      record.offset = first_offset + i;
      record.append_time = base::FromUnixMillis(kNowMs + static_cast<int64_t>(i) * 1000);
      record.value = (*storage)[i];
      records.push_back(record);
    }
    return eventlog::RecordBatch({std::string(topic), 3}, std::move(records), storage);
  }

  profile::v1::Profile StoredProfileOf(const std::string& customer) {
    const std::string key = base::TenantKey("shop", customer);
    const auto stored = profiles_->ReadUnfilled({key});
    EXPECT_TRUE(stored.ok());
    return (*stored)[0].profile;
  }
  void PutProfile(const std::string& customer, const profile::v1::Profile& profile) {
    const std::string key = base::TenantKey("shop", customer);
    const auto stored = profiles_->ReadUnfilled({key});
    ASSERT_TRUE(stored.ok());
    ASSERT_TRUE(profiles_->Write({{key, &(*stored)[0].bytes, &profile}}).ok());
  }

  base::ManualClock clock_{base::FromUnixMillis(kNowMs)};
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> sqlite_store_;
  std::unique_ptr<SwitchedStore> store_;
  std::unique_ptr<ProfileStore> profiles_;
  std::unique_ptr<eventlog::EventLog> log_;
  telemetry::Metrics registry_;
  ClassifierMetrics metrics_{registry_};
  FixedPolicy policies_;
  std::unique_ptr<ProfileReader> reader_;
};

}  // namespace centralita::classifier
