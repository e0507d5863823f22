// What every implementation of eventlog::EventLog must do. An implementation joins with one
// INSTANTIATE_TEST_SUITE_P line that gives a fixture; what has no meaning for it is an exception
// named in its traits.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::eventlog {

// Listed exceptions.
struct LogTraits {
  // The log's time comes from the test's clock (a broker has its own).
  bool has_injected_clock = true;
  // Records beyond the retention go, and superseded ones of compacted topics, without waiting for a
  // broker's cleaner.
  bool cleans_at_once = true;
  // The process may be killed with all its memory, and the log is opened again from what is on
  // disk.
  bool lives_in_process = true;
  // A group with two members of one name is refused.
  bool refuses_same_member = true;
};

// Where one test keeps its log. Opening again gives the same log.
class LogFixture {
 public:
  virtual ~LogFixture() = default;
  virtual LogTraits traits() const = 0;
  virtual absl::StatusOr<std::unique_ptr<EventLog>> Open(const base::Clock& clock) = 0;
};

struct LogImplementation {
  std::string name;
  std::function<std::unique_ptr<LogFixture>()> make;
};

inline std::string NameOf(const testing::TestParamInfo<LogImplementation>& info) {
  return info.param.name;
}

// Conveniences for tests; every failure is a test failure.
class EventLogContract : public testing::TestWithParam<LogImplementation> {
 protected:
  void SetUp() override;

  void Reopen();
  // Creates the topic; its name is `spec.name`.
  void Create(const TopicSpec& spec);
  // Appends and waits for the ack.
  uint64_t Append(const std::string& topic, uint32_t partition, const std::string& key,
                  const std::string& value);
  uint64_t AppendTombstone(const std::string& topic, uint32_t partition, const std::string& key);
  OffsetRange Offsets(const std::string& topic, uint32_t partition);
  std::unique_ptr<Consumer> ReaderAt(const TopicPartition& partition, uint64_t offset,
                                     ConsumerOptions options = {});
  std::unique_ptr<Consumer> Member(const std::string& group, const std::string& name,
                                   const std::vector<std::string>& topics);

  struct Seen {
    TopicPartition partition;
    uint64_t offset = 0;
    base::TimePoint append_time;
    std::string key;
    std::string value;
    bool tombstone = false;
  };
  // Polls until `count` records came, or long enough that they never will.
  std::vector<Seen> Take(Consumer& consumer, size_t count);
  static std::vector<std::string> Values(const std::vector<Seen>& seen);
  // Polls until it gives a status that is not OK.
  absl::Status PollError(Consumer& consumer);
  // Polls until partitions are assigned, and seeks each to what was committed.
  std::vector<Assignment> TakeAssigned(Consumer& consumer, size_t count);
  std::vector<TopicPartition> TakeRevoked(Consumer& consumer, size_t count);

  std::unique_ptr<LogFixture> fixture_;
  base::ManualClock clock_{base::FromUnixMillis(1'800'000'000'000)};
  std::unique_ptr<EventLog> log_;
  std::unique_ptr<Producer> producer_;
};

}  // namespace centralita::eventlog
