// What becomes of records when librdkafka's producer comes to an end. Its mock cluster stands for
// brokers that say what real ones say only when something is badly wrong.
// The order matters to it.
// clang-format off
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
// clang-format on

#include <ctime>
#include <mutex>

#include "centralita/eventlog/kafka_log.h"
#include "gmock/gmock.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

constexpr base::Duration kPatience{30'000};
constexpr int16_t kProduce = 0;

class KafkaProducerTest : public testing::Test {
 protected:
  KafkaProducerTest() : owner_(NewOwner()), cluster_(rd_kafka_mock_cluster_new(owner_, 1)) {
    rd_kafka_mock_topic_create(cluster_, "t", 2, 1);
    KafkaLogOptions options;
    options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_);
    log_ = *OpenKafkaLog(options, clock_);
  }
  ~KafkaProducerTest() override {
    producer_.reset();
    log_.reset();
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  KafkaProducerTest(const KafkaProducerTest&) = delete;
  KafkaProducerTest& operator=(const KafkaProducerTest&) = delete;

  static rd_kafka_t* NewOwner() {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, nullptr);
    return rd_kafka_new(RD_KAFKA_PRODUCER, conf, nullptr, 0);
  }
  void MakeProducer(bool gapless) {
    producer_ = *log_->NewProducer({.name = "p", .gapless = gapless});
  }
  absl::Status Append(int number) {
    return producer_->Append({.topic = "t", .key = "k", .value = std::to_string(number)},
                             [this, number](const absl::StatusOr<uint64_t>& offset) {
                               const std::lock_guard lock(mutex_);
                               (offset.ok() ? durable_ : failed_).push_back(number);
                             });
  }
  // The next answer to a producer says that it has lost count, which ends it.
  void EndTheNextProducer() {
    rd_kafka_mock_push_request_errors(cluster_, kProduce, 1,
                                      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  }
  std::vector<int> InTheLog(size_t count) {
    const auto reader = *log_->Read({{"t", 0}}, {});
    EXPECT_TRUE(reader->Seek({"t", 0}, 0).ok());
    std::vector<int> numbers;
    for (int i = 0; i < 100 && numbers.size() < count; ++i) {
      const auto result = reader->Poll(base::Duration(100));
      EXPECT_TRUE(result.ok()) << result.status();
      for (const RecordBatch& batch : result->batches) {
        for (const Record& record : batch.records())
          numbers.push_back(std::stoi(std::string(record.value)));
      }
    }
    return numbers;
  }
  static std::vector<int> Range(int from, int to) {
    std::vector<int> numbers;
    for (int i = from; i < to; ++i) numbers.push_back(i);
    return numbers;
  }

  base::SystemClock clock_;
  rd_kafka_t* const owner_;
  rd_kafka_mock_cluster_t* const cluster_;
  std::unique_ptr<EventLog> log_;
  std::mutex mutex_;
  std::vector<int> durable_;
  std::vector<int> failed_;
  std::unique_ptr<Producer> producer_;
};

TEST_F(KafkaProducerTest, SendsAllAgainInOrderWhenItsSessionEnds) {
  MakeProducer(/*gapless=*/false);
  ASSERT_TRUE(Append(0).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EndTheNextProducer();
  for (int i = 1; i < 500; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  for (int i = 500; i < 600; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(failed_, IsEmpty());
  EXPECT_THAT(durable_, ElementsAreArray(Range(0, 600)));
  EXPECT_THAT(InTheLog(600), ElementsAreArray(Range(0, 600)));
}

TEST_F(KafkaProducerTest, AGaplessOneFailsAllBehindTheFirstFailureAndIsClosed) {
  MakeProducer(/*gapless=*/true);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EndTheNextProducer();
  int taken = 10;
  while (taken < 500 && Append(taken).ok()) ++taken;
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(durable_, ElementsAreArray(Range(0, 10)));
  EXPECT_THAT(failed_, ElementsAreArray(Range(10, taken)));
  EXPECT_EQ(Append(taken).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(producer_->WaitForRoom(kPatience).code(), absl::StatusCode::kFailedPrecondition);

  // What the stage does then.
  MakeProducer(/*gapless=*/true);
  for (int i = 10; i < 500; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(durable_, ElementsAreArray(Range(0, 500)));
  EXPECT_THAT(InTheLog(500), ElementsAreArray(Range(0, 500)));
}

TEST_F(KafkaProducerTest, RetriesWhatPasses) {
  MakeProducer(/*gapless=*/true);
  rd_kafka_mock_push_request_errors(cluster_, kProduce, 2, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(failed_, IsEmpty());
  EXPECT_THAT(InTheLog(100), ElementsAreArray(Range(0, 100)));
}

// librdkafka's thread would ask all the time whether what waits behind the first ones may go.
TEST_F(KafkaProducerTest, WaitsForALateAckWithoutBurningAProcessor) {
  MakeProducer(/*gapless=*/true);
  ASSERT_TRUE(Append(0).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  rd_kafka_mock_broker_set_rtt(cluster_, 1, 1'500);
  for (int i = 1; i < 20; ++i) ASSERT_TRUE(Append(i).ok());
  // Until these are on their way.
  EXPECT_TRUE(absl::IsDeadlineExceeded(producer_->Flush(base::Duration(100))));
  for (int i = 20; i < 40; ++i) ASSERT_TRUE(Append(i).ok());
  const std::clock_t before = std::clock();
  EXPECT_TRUE(absl::IsDeadlineExceeded(producer_->Flush(base::Duration(1'000))));
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 5);
  rd_kafka_mock_broker_set_rtt(cluster_, 1, 0);
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(durable_, ElementsAreArray(Range(0, 40)));
  EXPECT_THAT(InTheLog(40), ElementsAreArray(Range(0, 40)));
}

TEST_F(KafkaProducerTest, WhatWaitsBehindARecordThatIsTooLateIsAnsweredWithIt) {
  KafkaLogOptions options;
  options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_);
  options.delivery_timeout = base::Duration(1'500);
  log_ = *OpenKafkaLog(options, clock_);
  MakeProducer(/*gapless=*/false);
  ASSERT_TRUE(Append(0).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  rd_kafka_mock_broker_set_rtt(cluster_, 1, 60'000);
  ASSERT_TRUE(Append(1).ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded(producer_->Flush(base::Duration(100))));
  for (int i = 2; i < 10; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(failed_, ElementsAreArray(Range(1, 10)));
}

TEST_F(KafkaProducerTest, ARecordThatWasTooLateSaysNothingOfThoseThatComeLongAfter) {
  KafkaLogOptions options;
  options.bootstrap_servers = rd_kafka_mock_cluster_bootstraps(cluster_);
  options.delivery_timeout = base::Duration(1'500);
  log_ = *OpenKafkaLog(options, clock_);
  MakeProducer(/*gapless=*/false);
  ASSERT_TRUE(Append(0).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  rd_kafka_mock_broker_set_rtt(cluster_, 1, 60'000);
  ASSERT_TRUE(Append(1).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(failed_, ElementsAreArray({1}));
  // While it is answered, the next ones wait.
  rd_kafka_mock_broker_set_rtt(cluster_, 1, 300);
  ASSERT_TRUE(Append(2).ok());
  EXPECT_TRUE(absl::IsDeadlineExceeded(producer_->Flush(base::Duration(50))));
  for (int i = 3; i < 6; ++i) ASSERT_TRUE(Append(i).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_THAT(failed_, ElementsAreArray({1}));
}

TEST_F(KafkaProducerTest, CallsEveryAckBeforeItIsGone) {
  MakeProducer(/*gapless=*/true);
  ASSERT_TRUE(Append(0).ok());
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  rd_kafka_mock_broker_set_down(cluster_, 1);
  for (int i = 1; i < 100; ++i) ASSERT_TRUE(Append(i).ok());
  producer_.reset();
  EXPECT_THAT(durable_, ElementsAreArray(Range(0, 1)));
  EXPECT_THAT(failed_, ElementsAreArray(Range(1, 100)));
}

}  // namespace
}  // namespace centralita::eventlog
