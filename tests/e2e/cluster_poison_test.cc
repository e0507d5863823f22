// Records that nobody can use, in every topic: they are put aside, and what comes behind them goes
// on.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "centralita/base/topics.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "tests/e2e/cluster_fixture.h"
#include "tests/e2e/topic_reader.h"

namespace centralita::e2e {
namespace {

using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAreArray;

namespace topics = base::topics;

// Read by a stage or a pipeline; each of their readers writes a dead letter.
constexpr std::string_view kRead[] = {topics::kInbound, topics::kRouting, topics::kCommands,
                                      topics::kSignals, topics::kEvents,  topics::kIdentity};
// Read whole at a start, by whoever fills a store or a memory from them; what is of no use is
// skipped. Nobody reads `outbound` yet.
constexpr std::string_view kSkipped[] = {topics::kPolicy, topics::kProfiles, topics::kOutbound};

std::map<std::string, std::string> Poisons() {
  return {
      {"no protobuf", "\xff\xff\xff this is no protobuf \x01"},
      {"an origin cut short", std::string("\x0a\x7f\x0a", 3)},
      // Field 100, a varint: a record of whatever kind, with nothing in it that anybody knows.
      {"nothing known in it", std::string("\xa0\x06\x01", 3)},
      {"empty", ""},
      {"huge", std::string(2 << 20, '\xff')},
  };
}

class ClusterPoisonTest : public ClusterTest {
 protected:
  // All of it into each partition of the topic.
  void Poison(eventlog::EventLog& log, std::string_view topic) {
    const auto info = log.Describe(std::string(topic));
    ASSERT_TRUE(info.ok()) << info.status();
    const auto producer = log.NewProducer({.name = "poison"});
    ASSERT_TRUE(producer.ok()) << producer.status();
    for (uint32_t p = 0; p < info->spec.partitions; ++p) {
      for (const auto& [name, value] : Poisons()) {
        const absl::Status taken = (*producer)->Append(
            {.topic = std::string(topic), .partition = p, .key = "poison", .value = value},
            [&topic, &name = name](const absl::StatusOr<uint64_t>& offset) {
              EXPECT_TRUE(offset.ok()) << topic << ", " << name << ": " << offset.status();
            });
        ASSERT_TRUE(taken.ok()) << taken;
      }
    }
    ASSERT_TRUE((*producer)->Flush(base::Duration(30'000)).ok());
  }
  // How many letters came of each topic's poison, by reader.
  std::map<std::string, int> Letters(eventlog::EventLog& log) {
    std::map<std::string, int> letters;
    const absl::Status read =
        ReadTopic(log, topics::kDeadLetter, [&](uint32_t, const eventlog::Record& record) {
          deadletter::v1::DeadLetterRecord parsed;
          ASSERT_TRUE(
              parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
          EXPECT_FALSE(parsed.letter().reason().empty());
          ++letters[parsed.letter().coordinates().topic()];
        });
    EXPECT_TRUE(read.ok()) << read;
    return letters;
  }
};

TEST_F(ClusterPoisonTest, PoisonInEachTopicIsPutAsideAndThePartitionGoesOn) {
  StartAgents();
  StartLoad(Full() ? 300 : 100);
  ASSERT_NO_FATAL_FAILURE(After(300));
  const auto log = cluster.Log();
  ASSERT_TRUE(log.ok()) << log.status();
  for (const std::string_view topic : kRead) ASSERT_NO_FATAL_FAILURE(Poison(**log, topic));
  for (const std::string_view topic : kSkipped) ASSERT_NO_FATAL_FAILURE(Poison(**log, topic));
  ASSERT_NO_FATAL_FAILURE(After(300));
  for (const std::string_view topic : kRead) {
    EXPECT_TRUE(Eventually([&] { return Letters(**log)[std::string(topic)] > 0; }, kSoon)) << topic;
  }
  EXPECT_THAT(cluster.LogOf("ingest-0"), ::testing::HasSubstr("policy_damaged"));
  // Those who read everything at their start meet it there.
  ASSERT_EQ(cluster.Kill("redis").exit_code, 0);
  ASSERT_EQ(cluster.EmptyRedis().exit_code, 0);
  ASSERT_EQ(cluster.Start("redis").exit_code, 0);
  for (const char* part : {"router-0", "classifier-0", "gateway-0", "ingest-0", "sla-timer-0"}) {
    ASSERT_NO_FATAL_FAILURE(KillAndStart(part));
  }
  ASSERT_NO_FATAL_FAILURE(After(300));
  Judge();
}

}  // namespace
}  // namespace centralita::e2e
