// What a message costs the role `fast` all in: decoding, profile from memory, classifying,
// serialising the outputs.
#include <benchmark/benchmark.h>

#include <map>

#include "centralita/base/key.h"
#include "centralita/classifier/fast_role.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/profile/v1/profile.pb.h"

namespace centralita::classifier {
namespace {

// Answers at once from a map.
class MemoryStore final : public store::Store {
 public:
  absl::StatusOr<std::optional<std::string>> Get(const store::Key& key) override {
    const auto it = values_.find(key);
    return it == values_.end() ? std::nullopt : std::optional<std::string>(it->second);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<store::Key>& keys) override {
    std::vector<std::optional<std::string>> answers;
    for (const store::Key& key : keys) answers.push_back(*Get(key));
    return answers;
  }
  absl::StatusOr<std::string> SetIfAbsent(const store::Key& key, const std::string& value,
                                          base::Duration) override {
    return values_.try_emplace(key, value).first->second;
  }
  absl::Status Commit(const store::Transaction& transaction) override {
    for (const store::Put& put : transaction.puts) {
      values_[{transaction.partition, put.name}] = put.value;
    }
    return absl::OkStatus();
  }
  std::vector<absl::Status> CommitMany(
      const std::vector<store::Transaction>& transactions) override {
    std::vector<absl::Status> statuses;
    for (const auto& transaction : transactions) statuses.push_back(Commit(transaction));
    return statuses;
  }
  absl::StatusOr<store::ScanPage> Scan(const std::string&, const std::string&,
                                       const std::optional<std::string>&, size_t) override {
    return store::ScanPage{};
  }

 private:
  std::map<store::Key, std::string> values_;
};

class OnePolicy final : public PolicySource {
 public:
  explicit OnePolicy(const policy::v1::ClassifierSection& section) {
    auto tenants = std::make_shared<TenantClassifiers>();
    (*tenants)["shop"] =
        std::make_shared<text::Classifier>(section, std::vector<std::string>{"es", "en"}, 1);
    current_ = std::move(tenants);
  }
  std::shared_ptr<const TenantClassifiers> Current() const override { return current_; }

 private:
  std::shared_ptr<const TenantClassifiers> current_;
};

class SerialisingOutputs final : public stage::PipelineOutputs {
 public:
  void Emit(size_t, std::string_view, std::string_view,
            const google::protobuf::MessageLite& value) override {
    value.SerializeToString(&buffer_);
    benchmark::DoNotOptimize(buffer_.data());
  }
  void DeadLetter(size_t, std::string_view, std::string_view, uint32_t) override {}

 private:
  std::string buffer_;
};

policy::v1::ClassifierSection Section(int phrases) {
  policy::v1::ClassifierSection section;
  for (int i = 0; i < phrases; ++i) {
    auto* rule = i % 5 == 0 ? section.add_rules() : section.mutable_rules(i / 5);
    rule->set_name("rule" + std::to_string(i / 5));
    rule->set_intent("order_status");
    rule->set_weight(10);
    rule->add_any(i == 0 ? "no ha llegado" : "word" + std::to_string(i));
  }
  auto* addend = section.add_addends();
  addend->set_name("vip");
  addend->set_tag("vip");
  addend->set_points(200);
  return section;
}

constexpr int kBatch = 1000;

eventlog::RecordBatch Messages() {
  auto storage = std::make_shared<std::vector<std::string>>();
  for (int i = 0; i < kBatch; ++i) {
    message::v1::InboundMessage message;
    message.set_message_id("5f0c1d2e-0000-5000-8000-00000000" + std::to_string(1000 + i));
    message.set_tenant("shop");
    message.set_customer_id("customer-" + std::to_string(i % 700));
    message.set_channel(common::v1::CHANNEL_CHAT);
    message.set_account("support");
    message.set_handle("handle-" + std::to_string(i % 700));
    message.set_text(
        "Hola, hice un pedido hace dos semanas y todavía no ha llegado, ¿dónde está? Gracias");
    storage->push_back(message.SerializeAsString());
  }
  std::vector<eventlog::Record> records;
  for (int i = 0; i < kBatch; ++i) {
    eventlog::Record record;
    record.offset = static_cast<uint64_t>(i);
    record.append_time = base::FromUnixMillis(1'800'000'000'000 + i);
    record.value = (*storage)[static_cast<size_t>(i)];
    records.push_back(record);
  }
  return eventlog::RecordBatch({"inbound", 0}, std::move(records), storage);
}

void FillProfiles(ProfileStore& profiles) {
  for (int i = 0; i < 700; ++i) {
    const std::string key = base::TenantKey("shop", "customer-" + std::to_string(i));
    profile::v1::Profile profile;
    profile.set_revision(2);
    profile.set_tier(i % 10 == 0 ? "vip" : "gold");
    profile.mutable_cart()->mutable_value()->set_cents(5000);
    profile.add_orders()->set_status("shipped");
    profile.add_contacts()->set_intent("order_status");
    const std::optional<std::string> nothing;
    (void)profiles.Write({{key, &nothing, &profile}});
  }
  (void)profiles.MarkFilled();
}

void BM_FastRole(benchmark::State& state) {
  MemoryStore memory;
  ProfileStore profiles(memory);
  FillProfiles(profiles);
  const OnePolicy policies(Section(1000));
  telemetry::Metrics registry;
  ClassifierMetrics metrics(registry);
  base::SystemClock clock;
  ProfileReader reader(profiles, clock, metrics);
  FastRole role(policies, reader, clock, metrics);
  const eventlog::RecordBatch batch = Messages();
  SerialisingOutputs outputs;
  for (auto _ : state) {
    benchmark::DoNotOptimize(role.Process(batch, 1, outputs));
  }
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BM_FastRole)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace centralita::classifier
