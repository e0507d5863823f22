// Checkpoints as a log: whatever changed, was cleaned and was dropped, what is loaded is what there
// was; and the log stays within its bound.
#include "segment_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace centralita::sla_timer {
namespace {

using State = std::map<std::string, std::string>;

class Entries final : public base::EntrySink {
 public:
  void Put(std::string_view key, std::string_view value) override { all[std::string(key)] = value; }
  void Erase(std::string_view key) override {
    EXPECT_EQ(all.erase(std::string(key)), 1u) << key << " is not there";
  }
  size_t Lines() const {
    size_t lines = 0;
    int64_t now = 0;
    for (const auto& [key, value] : all) {
      EXPECT_TRUE(ReadSegment(value, now, [&](const WrittenTimer&) { ++lines; }).ok());
    }
    return lines;
  }
  State all;
};

struct Partition {
  TimerTable table;
  SegmentLog log{table};

  void Set(const std::string& tenant, const std::string& conversation, const std::string& clock,
           uint32_t generation) {
    clocks::v1::ClockSpec spec;
    spec.set_name(clock);
    spec.set_target_ms(generation % 3);
    uint32_t number = table.Find(tenant, conversation, clock);
    if (number == kNone) number = table.Add({tenant, "care"}, conversation, spec);
    table.SetSpec(number, spec);
    table.SetPlace(number, {tenant, generation % 2 == 0 ? "care" : "vip"});
    Timer& timer = table[number];
    timer.state = static_cast<TimerState>(generation % 3);
    timer.generation = generation;
    timer.warned = generation % 9;
    timer.deadline = 1'800'000'000'000 + generation;
    timer.due = timer.state == TimerState::kRunning ? 0 : timer.deadline + 1;
    log.Changed(number);
  }
  void Remove(const std::string& tenant, const std::string& conversation,
              const std::string& clock) {
    const uint32_t number = table.Find(tenant, conversation, clock);
    if (number == kNone) return;
    log.Removing(number);
    table.Remove(number);
  }
  // All that is written of each timer, by what identifies it.
  State Show() const {
    State shown;
    for (uint32_t number = 0; number < table.end(); ++number) {
      const Timer& timer = table[number];
      if (timer.state == TimerState::kRemoved) continue;
      const auto& place = table.PlaceOf(timer);
      const auto& spec = table.SpecOf(timer);
      shown[place.tenant + "|" + table.ConversationOf(timer) + "|" + spec.name()] =
          place.pool + " " + std::to_string(spec.target_ms()) + " " +
          std::to_string(timer.generation) + " " + std::to_string(timer.warned) + " " +
          std::to_string(timer.deadline) + " " + std::to_string(static_cast<int>(timer.state)) +
          " " + std::to_string(timer.due);
    }
    return shown;
  }
};

State Loaded(const State& entries, std::mt19937_64& random) {
  std::vector<std::pair<std::string, std::string>> mixed(entries.begin(), entries.end());
  std::shuffle(mixed.begin(), mixed.end(), random);
  Partition partition;
  for (const auto& [key, value] : mixed) EXPECT_TRUE(partition.log.Load(key, value).ok());
  EXPECT_TRUE(partition.log.LoadDone().ok());
  return partition.Show();
}

std::string Conversation(uint64_t number) {
  if (number % 10 == 0) return "named " + std::to_string(number);
  Uuid uuid{};
  for (size_t i = 0; i < 8; ++i) uuid[i] = static_cast<uint8_t>(number >> (8 * i));
  return PrintUuid(uuid);
}

TEST(SegmentLogTest, WhateverChangesWhatIsLoadedInAnyOrderIsWhatThereIs) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    auto partition = std::make_unique<Partition>();
    Entries saved;
    uint32_t generation = 0;
    for (int round = 0; round < 20; ++round) {
      // Few of a few, or many of many.
      const uint64_t many = seed % 2 == 0 ? 50 : 8000;
      for (uint64_t i = random() % many; i > 0; --i) {
        const std::string tenant = random() % 2 == 0 ? "luna" : "sol";
        const std::string conversation = Conversation(random() % many);
        const std::string clock = random() % 2 == 0 ? "first" : "next";
        if (random() % 3 == 0) {
          partition->Remove(tenant, conversation, clock);
        } else {
          partition->Set(tenant, conversation, clock, ++generation);
        }
      }
      partition->log.TakeChanges(round, saved);
      const State expected = partition->Show();
      if (round % 3 != 0) continue;
      ASSERT_EQ(Loaded(saved.all, random), expected);
      ASSERT_LE(saved.Lines(), 2 * expected.size() + 16'384 + many);
      Entries whole;
      partition->log.ForEachEntry(round, whole);
      ASSERT_EQ(Loaded(whole.all, random), expected);
      if (round % 6 == 3) {
        // A new owner goes on from what was saved, or from a snapshot.
        if (round % 12 == 3) saved.all = whole.all;
        partition = std::make_unique<Partition>();
        for (const auto& [key, value] : saved.all) {
          ASSERT_TRUE(partition->log.Load(key, value).ok());
        }
        ASSERT_TRUE(partition->log.LoadDone().ok());
      }
    }
  }
}

TEST(SegmentLogTest, WhatCameAndWentBetweenTwoCheckpointsIsNotWritten) {
  Partition partition;
  Entries saved;
  for (int i = 0; i < 1000; ++i) {
    partition.Set("luna", Conversation(7), "first", 1);
    partition.Remove("luna", Conversation(7), "first");
  }
  partition.log.TakeChanges(1, saved);
  EXPECT_TRUE(saved.all.empty());
}

TEST(SegmentLogTest, ACheckpointOfNothingNewWritesNothing) {
  Partition partition;
  Entries saved;
  for (uint64_t i = 0; i < 10'000; ++i) partition.Set("luna", Conversation(i), "first", 1);
  partition.log.TakeChanges(1, saved);
  const State before = saved.all;
  EXPECT_EQ(before.size(), 3u) << "a few large entries";
  partition.log.TakeChanges(2, saved);
  EXPECT_EQ(saved.all, before);
}

TEST(SegmentLogTest, WhenAllHaveGoneNothingIsLeft) {
  Partition partition;
  Entries saved;
  for (uint64_t i = 0; i < 10'000; ++i) partition.Set("luna", Conversation(i), "first", 1);
  partition.log.TakeChanges(1, saved);
  for (uint64_t i = 0; i < 10'000; ++i) partition.Remove("luna", Conversation(i), "first");
  partition.log.TakeChanges(2, saved);
  EXPECT_TRUE(saved.all.empty());
}

TEST(SegmentLogTest, RestartsDoNotMakeTheLogGrow) {
  std::mt19937_64 random(3);
  Entries saved;
  for (int restart = 0; restart < 60; ++restart) {
    Partition partition;
    for (const auto& [key, value] : saved.all) ASSERT_TRUE(partition.log.Load(key, value).ok());
    ASSERT_TRUE(partition.log.LoadDone().ok());
    for (uint64_t i = 0; i < 2000; ++i) {
      partition.Set("luna", Conversation(i), "first", static_cast<uint32_t>(restart + 1));
    }
    partition.log.TakeChanges(restart, saved);
  }
  EXPECT_LE(saved.Lines(), 2 * 2000u + 16'384 + 2000);
}

TEST(SegmentLogTest, AMissingSegmentIsNoticed) {
  Partition partition;
  Entries saved;
  for (uint64_t i = 0; i < 10'000; ++i) partition.Set("luna", Conversation(i), "first", 1);
  partition.log.TakeChanges(1, saved);
  ASSERT_EQ(saved.all.size(), 3u);
  saved.all.erase(std::next(saved.all.begin()));
  Partition other;
  for (const auto& [key, value] : saved.all) ASSERT_TRUE(other.log.Load(key, value).ok());
  EXPECT_EQ(other.log.LoadDone().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace centralita::sla_timer
