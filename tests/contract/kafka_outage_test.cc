// A broker that is killed, and comes back with what it had.
#include <atomic>
#include <mutex>

#include "gmock/gmock.h"
#include "tests/contract/kafka_test.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAreArray;
using testing::SizeIs;

constexpr base::Duration kPatience{60'000};

// What became of the numbers that were appended through one producer to one partition.
class Numbers final {
 public:
  Numbers(EventLog& log, ProducerOptions options, std::string topic)
      : topic_(std::move(topic)), producer_(*log.NewProducer(options)) {}

  absl::Status Append(int count) {
    for (int i = 0; i < count; ++i) {
      const absl::Status taken =
          producer_->Append({.topic = topic_, .key = "k", .value = std::to_string(next_)},
                            [this, number = next_](const absl::StatusOr<uint64_t>& offset) {
                              const std::lock_guard lock(mutex_);
                              (offset.ok() ? durable_ : failed_).push_back(number);
                            });
      if (!taken.ok()) return taken;
      ++next_;
    }
    return absl::OkStatus();
  }
  Producer& producer() { return *producer_; }
  std::vector<int> durable() const {
    const std::lock_guard lock(mutex_);
    return durable_;
  }
  std::vector<int> failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  const std::string topic_;
  mutable std::mutex mutex_;
  std::vector<int> durable_;
  std::vector<int> failed_;
  int next_ = 0;
  // Destroyed first: its acks use the rest.
  std::unique_ptr<Producer> producer_;
};

std::vector<int> Range(int from, int to) {
  std::vector<int> numbers;
  for (int i = from; i < to; ++i) numbers.push_back(i);
  return numbers;
}

std::vector<int> ReadAll(EventLog& log, const std::string& topic) {
  const uint64_t end = log.Offsets({topic, 0})->end;
  const auto reader = *log.Read({{topic, 0}}, {});
  EXPECT_TRUE(reader->Seek({topic, 0}, 0).ok());
  std::vector<int> numbers;
  for (int i = 0; i < 300 && numbers.size() < end; ++i) {
    const auto result = reader->Poll(base::Duration(100));
    if (!result.ok()) continue;
    for (const RecordBatch& batch : result->batches) {
      for (const Record& record : batch.records())
        numbers.push_back(std::stoi(std::string(record.value)));
    }
  }
  return numbers;
}

TEST_F(KafkaLogTest, ABrokerThatIsKilledAndComesBackCostsNothing) {
  KafkaLogOptions options = Options();
  const auto patient_log = Open(options);
  for (const char* topic : {"patient", "hasty", "careless", "read"})
    ASSERT_TRUE(patient_log->EnsureTopic({.name = topic}).ok());
  options.delivery_timeout = base::Duration(1'500);
  options.request_timeout = base::Duration(1'000);
  const auto hasty_log = Open(options);

  Numbers patient(*patient_log, {.name = "patient"}, "patient");
  Numbers hasty(*hasty_log, {.name = "hasty"}, "hasty");
  Numbers careless(*hasty_log, {.name = "careless", .gapless = false}, "careless");
  Member member(*hasty_log, "m", {"read"});
  AppendNumbers(*patient_log, "read", 1, 100);
  std::map<TopicPartition, std::vector<std::string>> seen;
  for (int i = 0; i < 300 && seen[{"read", 0}].size() < 100; ++i)
    member.PollOnce(base::Duration(50), seen);
  ASSERT_THAT((seen[{"read", 0}]), SizeIs(100));
  ASSERT_TRUE(hasty.Append(1'000).ok());
  ASSERT_TRUE(careless.Append(1'000).ok());
  ASSERT_TRUE(hasty.producer().Flush(kPatience).ok());
  ASSERT_TRUE(careless.producer().Flush(kPatience).ok());

  // In the middle of what the patient one sends.
  ASSERT_TRUE(patient.Append(5'000).ok());
  TheKafka().Kill();
  ASSERT_TRUE(patient.Append(5'000).ok());
  ASSERT_TRUE(hasty.Append(100).ok());
  ASSERT_TRUE(careless.Append(100).ok());

  // What waits too long fails; the gapless one is closed by that.
  ASSERT_TRUE(hasty.producer().Flush(kPatience).ok());
  EXPECT_THAT(hasty.failed(), ElementsAreArray(Range(1'000, 1'100)));
  EXPECT_EQ(hasty.Append(1).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(careless.producer().Flush(kPatience).ok());
  EXPECT_THAT(careless.failed(), ElementsAreArray(Range(1'000, 1'100)));

  // Nothing waits without a bound.
  EXPECT_TRUE(member.consumer().Poll(base::Duration(10)).ok());
  EXPECT_EQ(member.consumer().Commit({"read", 0}, 100).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(hasty_log->Offsets({"read", 0}).status().code(), absl::StatusCode::kUnavailable);

  ASSERT_TRUE(TheKafka().Restart().ok());
  ASSERT_TRUE(patient.producer().Flush(kPatience).ok());
  EXPECT_THAT(patient.durable(), ElementsAreArray(Range(0, 10'000)));
  EXPECT_THAT(ReadAll(*patient_log, "patient"), ElementsAreArray(Range(0, 10'000)));

  // Each record of the other goes its own way.
  ASSERT_TRUE(careless.Append(100).ok());
  ASSERT_TRUE(careless.producer().Flush(kPatience).ok());
  EXPECT_THAT(careless.durable(), SizeIs(1'100));
  EXPECT_EQ(careless.durable().back(), 1'199);
  const std::vector<int> kept = ReadAll(*patient_log, "hasty");
  ASSERT_GE(kept.size(), 1'000U);
  EXPECT_TRUE(std::ranges::is_sorted(kept));

  AppendNumbers(*patient_log, "read", 1, 100);
  for (int i = 0; i < 600 && seen[{"read", 0}].size() < 200; ++i)
    member.PollOnce(base::Duration(50), seen);
  EXPECT_THAT((seen[{"read", 0}]), SizeIs(200));
}

}  // namespace
}  // namespace centralita::eventlog
