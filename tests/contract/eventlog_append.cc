// Appending: durability, order, bounds, time.
#include <future>
#include <thread>

#include "gmock/gmock.h"
#include "tests/contract/eventlog_contract.h"
#include "tests/contract/exception.h"
#include "tests/contract/kill.h"

namespace centralita::eventlog {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr base::Duration kPatience{30'000};

TEST_P(EventLogContract, GivesOffsetsFromZeroWithoutGapsForEachPartition) {
  Create({.name = "t", .partitions = 2});
  EXPECT_EQ(Append("t", 0, "k", "a"), 0U);
  EXPECT_EQ(Append("t", 0, "k", "b"), 1U);
  EXPECT_EQ(Append("t", 1, "k", "c"), 0U);
  EXPECT_EQ(Offsets("t", 0).end, 2U);
  EXPECT_EQ(Offsets("t", 1).end, 1U);
}

TEST_P(EventLogContract, KeepsTheOrderOfCallsWithinAPartition) {
  Create({.name = "t", .partitions = 3});
  constexpr int kRecords = 3'000;
  std::vector<uint64_t> acked(kRecords);
  for (int i = 0; i < kRecords; ++i) {
    ASSERT_TRUE(producer_
                    ->Append({.topic = "t",
                              .partition = static_cast<uint32_t>(i % 3),
                              .key = "k",
                              .value = std::to_string(i)},
                             [&acked, i](absl::StatusOr<uint64_t> offset) {
                               acked[i] = offset.value_or(999'999);
                             })
                    .ok());
  }
  ASSERT_TRUE(producer_->Flush(kPatience).ok());
  for (int i = 0; i < kRecords; ++i) EXPECT_EQ(acked[i], static_cast<uint64_t>(i / 3));
  for (uint32_t p = 0; p < 3; ++p) {
    const auto reader = ReaderAt({"t", p}, 0);
    const auto seen = Take(*reader, kRecords / 3);
    ASSERT_THAT(seen, SizeIs(kRecords / 3));
    for (size_t i = 0; i < seen.size(); ++i) {
      EXPECT_EQ(seen[i].offset, i);
      EXPECT_EQ(seen[i].value, std::to_string(i * 3 + p));
    }
  }
}

TEST_P(EventLogContract, KeepsEachProducersOrderWhenSeveralThreadsAppend) {
  Create({.name = "t"});
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t] {
        auto producer = *log_->NewProducer({.name = "p" + std::to_string(t)});
        for (int i = 0; i < kEach; ++i) {
          EXPECT_TRUE(
              producer
                  ->Append({.topic = "t", .key = std::to_string(t), .value = std::to_string(i)},
                           [](const absl::StatusOr<uint64_t>& offset) { EXPECT_TRUE(offset.ok()); })
                  .ok());
        }
        EXPECT_TRUE(producer->Flush(kPatience).ok());
      });
    }
  }
  const auto reader = ReaderAt({"t", 0}, 0);
  const auto seen = Take(*reader, kThreads * kEach);
  ASSERT_THAT(seen, SizeIs(kThreads * kEach));
  std::vector<int> next(kThreads, 0);
  for (const Seen& record : seen)
    EXPECT_EQ(record.value, std::to_string(next[std::stoi(record.key)]++));
}

TEST_P(EventLogContract, KeepsBytesAsTheyAre) {
  Create({.name = "t"});
  const std::string bytes("\0\xff\n\x01 \xd0\x96", 7);
  const std::string large(3 << 20, 'x');
  Append("t", 0, bytes, "");
  Append("t", 0, "", bytes);
  Append("t", 0, "k", large);
  const auto seen = Take(*ReaderAt({"t", 0}, 0), 3);
  ASSERT_THAT(seen, SizeIs(3));
  EXPECT_EQ(seen[0].key, bytes);
  EXPECT_EQ(seen[0].value, "");
  EXPECT_EQ(seen[1].key, "");
  EXPECT_EQ(seen[1].value, bytes);
  EXPECT_EQ(seen[2].value, large);
}

TEST_P(EventLogContract, HasWhatWasAcknowledgedAfterOpeningAgain) {
  Create({.name = "t"});
  Append("t", 0, "k", "a");
  Append("t", 0, "k", "b");
  Reopen();
  EXPECT_EQ(Append("t", 0, "k", "c"), 2U);
  EXPECT_THAT(Values(Take(*ReaderAt({"t", 0}, 0), 3)), ElementsAre("a", "b", "c"));
}

TEST_P(EventLogContract, HasWhatWasAcknowledgedWhenTheProcessIsKilled) {
  if (!fixture_->traits().lives_in_process)
    CENTRALITA_NO_MEANING_HERE("the log lives in servers of its own");
  Create({.name = "t"});
  producer_.reset();
  log_.reset();
  const std::string last = contract::RunUntilKilled(50, [this](const contract::Say& say) {
    auto log = fixture_->Open(clock_);
    if (!log.ok()) return;
    auto producer = *(*log)->NewProducer({});
    for (int i = 0;; ++i) {
      std::promise<bool> acked;
      (void)producer->Append(
          {.topic = "t", .key = "k", .value = std::to_string(i)},
          [&acked](const absl::StatusOr<uint64_t>& offset) { acked.set_value(offset.ok()); });
      if (acked.get_future().get()) say(std::to_string(i));
    }
  });
  Reopen();
  const auto count = static_cast<size_t>(std::stoi(last)) + 1;
  ASSERT_GE(Offsets("t", 0).end, count);
  const auto seen = Take(*ReaderAt({"t", 0}, 0), count);
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(seen.at(i).value, std::to_string(i));
}

TEST_P(EventLogContract, RefusesWhatHasNoTopic) {
  Create({.name = "t", .partitions = 2});
  const auto never = [](const absl::StatusOr<uint64_t>&) {
    ADD_FAILURE() << "a refused record was acknowledged";
  };
  EXPECT_EQ(producer_->Append({.topic = "other", .key = "k", .value = "v"}, never).code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      producer_->Append({.topic = "t", .partition = 2, .key = "k", .value = "v"}, never).code(),
      absl::StatusCode::kNotFound);
  EXPECT_TRUE(producer_->Flush(kPatience).ok());
  EXPECT_EQ(log_->Describe("other").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(log_->Offsets({"t", 2}).status().code(), absl::StatusCode::kNotFound);
}

// The ack that does not return stands for a disk or a broker that is slow.
TEST_P(EventLogContract, RefusesAppendsWhileTheBufferIsFull) {
  Create({.name = "t"});
  auto producer = *log_->NewProducer({.name = "small", .max_bytes = 1'000});
  std::promise<void> release;
  std::promise<void> second;
  ASSERT_TRUE(producer
                  ->Append({.topic = "t", .key = "k", .value = std::string(2'000, 'x')},
                           [blocked = release.get_future().share()](
                               const absl::StatusOr<uint64_t>&) { blocked.wait(); })
                  .ok());
  const Outgoing more{.topic = "t", .key = "k", .value = "y"};
  EXPECT_EQ(producer->Append(more, [](const absl::StatusOr<uint64_t>&) {}).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(producer->WaitForRoom(base::Duration(5)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(producer->Flush(base::Duration(5)).code(), absl::StatusCode::kDeadlineExceeded);
  release.set_value();
  EXPECT_TRUE(producer->WaitForRoom(kPatience).ok());
  EXPECT_TRUE(
      producer->Append(more, [&second](const absl::StatusOr<uint64_t>&) { second.set_value(); })
          .ok());
  second.get_future().wait();
  EXPECT_TRUE(producer->Flush(kPatience).ok());
}

TEST_P(EventLogContract, NeverLetsTimeGoBackWithinAPartition) {
  if (!fixture_->traits().has_injected_clock)
    CENTRALITA_NO_MEANING_HERE("the servers' clock cannot be set");
  Create({.name = "t"});
  const base::TimePoint start = clock_.Now();
  Append("t", 0, "k", "a");
  clock_.JumpTo(start - base::Duration(60'000));
  Append("t", 0, "k", "b");
  Reopen();
  Append("t", 0, "k", "c");
  clock_.JumpTo(start + base::Duration(5));
  Append("t", 0, "k", "d");
  const auto seen = Take(*ReaderAt({"t", 0}, 0), 4);
  ASSERT_THAT(seen, SizeIs(4));
  EXPECT_EQ(seen[0].append_time, start);
  EXPECT_EQ(seen[1].append_time, start);
  EXPECT_EQ(seen[2].append_time, start);
  EXPECT_EQ(seen[3].append_time, start + base::Duration(5));
}

}  // namespace
}  // namespace centralita::eventlog
