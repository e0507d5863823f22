// What the tests of the Kafka log alone share: one server, and logs whose names keep apart.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/eventlog/kafka_log.h"
#include "tests/support/kafka_server.h"

namespace centralita::eventlog {

// The server of this program.
contract::KafkaServer& TheKafka();

class KafkaLogTest : public testing::Test {
 protected:
  // For a log of this test's own topics and groups.
  KafkaLogOptions Options() const;
  std::unique_ptr<EventLog> Open(const KafkaLogOptions& options) const;
  // Appends "0", "1", ... to `partitions` partitions in turn, and waits for the acks.
  static void AppendNumbers(EventLog& log, const std::string& topic, uint32_t partitions,
                            int count);

  base::SystemClock clock_;
};

// Reads along in a group as a stage does: seeks what it gets to where the group is, commits what it
// has read.
class Member final {
 public:
  Member(EventLog& log, const std::string& name, const std::vector<std::string>& topics);
  // One poll. Values by partition and offset; a gap is a failure.
  void PollOnce(base::Duration wait, std::map<TopicPartition, std::vector<std::string>>& seen);
  size_t holds() const { return held_.size(); }
  // Partitions that it was told to have lost so far.
  size_t revoked() const { return revoked_; }
  Consumer& consumer() { return *consumer_; }

 private:
  std::unique_ptr<Consumer> consumer_;
  std::map<TopicPartition, uint64_t> held_;
  size_t revoked_ = 0;
};

}  // namespace centralita::eventlog
