// The contract of the log against a real Kafka.
#include <fmt/format.h>

#include <atomic>

#include "centralita/eventlog/kafka_log.h"
#include "tests/contract/eventlog_contract.h"
#include "tests/support/kafka_server.h"

namespace centralita::eventlog {
namespace {

// Owned by GoogleTest.
const contract::KafkaEnvironment& kafka = *static_cast<contract::KafkaEnvironment*>(
    testing::AddGlobalTestEnvironment(new contract::KafkaEnvironment));

class KafkaLogFixture final : public LogFixture {
 public:
  explicit KafkaLogFixture(KafkaRebalance rebalance) : rebalance_(rebalance) {
    static std::atomic<int> count{0};
    prefix_ = fmt::format("test{}.", ++count);
  }
  LogTraits traits() const override {
    return {.has_injected_clock = false,
            .cleans_at_once = false,
            .lives_in_process = false,
            .refuses_same_member = false};
  }
  absl::StatusOr<std::unique_ptr<EventLog>> Open(const base::Clock& clock) override {
    return OpenKafkaLog({.bootstrap_servers = kafka.server().bootstrap(),
                         .prefix = prefix_,
                         .replication_factor = 1,
                         .min_insync_replicas = 1,
                         .rebalance = rebalance_},
                        clock);
  }

 private:
  const KafkaRebalance rebalance_;
  std::string prefix_;
};

INSTANTIATE_TEST_SUITE_P(
    Kafka, EventLogContract,
    testing::Values(LogImplementation{
        "Cooperative",
        [] { return std::make_unique<KafkaLogFixture>(KafkaRebalance::kCooperative); }}),
    NameOf);

}  // namespace
}  // namespace centralita::eventlog
