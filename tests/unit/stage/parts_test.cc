// The parts of a runner that can be tested alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "centralita/commands/v1/commands.pb.h"
#include "origin.h"
#include "output_buffer.h"
#include "watermarks.h"

namespace centralita::stage {
namespace {

constexpr base::TimePoint kNow = base::FromUnixMillis(1'700'000'000'000);
constexpr base::Duration kDay{24LL * 3'600'000};

struct Entries final : base::EntrySink {
  void Put(std::string_view key, std::string_view value) override {
    entries[std::string(key)] = value;
  }
  void Erase(std::string_view key) override { entries.erase(std::string(key)), ++erased; }
  std::map<std::string, std::string> entries;
  int erased = 0;
};

Origin FromSource(uint64_t offset, uint32_t index, uint32_t partition = 0) {
  return {.kind = Origin::Kind::kSource,
          .source = {.stage = 3,
                     .log_epoch = 1,
                     .partition = partition,
                     .offset = offset,
                     .index = index},
          .incarnation = {},
          .sequence = 0,
          .replay = 0};
}

Origin FromClient(std::string_view incarnation, uint64_t sequence) {
  return {.kind = Origin::Kind::kClient,
          .source = {},
          .incarnation = incarnation,
          .sequence = sequence,
          .replay = 0};
}

TEST(OriginCodec, WritesWhatProtobufWrites) {
  for (const uint64_t offset : {uint64_t{0}, uint64_t{1}, uint64_t{300}, ~uint64_t{0}}) {
    for (const uint32_t number : {0U, 1U, 200U, ~0U}) {
      const SourceId source{
          .stage = 4, .log_epoch = number, .partition = number, .offset = offset, .index = number};
      commands::v1::Command value;
      value.set_tenant("tenant");
      value.mutable_tick();
      OutputBuffer buffer;
      buffer.Add(source, "commands", 3, "key", value);
      common::v1::Source& expected = *value.mutable_origin()->mutable_source();
      expected.set_stage(common::v1::STAGE_DISPATCH);
      expected.set_log_epoch(number);
      expected.set_partition(number);
      expected.set_offset(offset);
      expected.set_index(number);
      const eventlog::Outgoing record = buffer.Record(0);
      EXPECT_EQ(record.value, value.SerializeAsString());
      EXPECT_EQ(record.key, "key");
      EXPECT_EQ(record.partition, 3U);
      const Origin read = ReadOrigin(record.value);
      EXPECT_EQ(read.kind, Origin::Kind::kSource);
      EXPECT_EQ(read.source.offset, offset);
      EXPECT_EQ(read.source.index, number);
    }
  }
}

TEST(OriginCodec, ReadsEachKind) {
  commands::v1::Command value;
  value.set_tenant("tenant");
  EXPECT_EQ(ReadOrigin(value.SerializeAsString()).kind, Origin::Kind::kNone);
  EXPECT_EQ(ReadOrigin("").kind, Origin::Kind::kNone);
  value.mutable_origin();
  EXPECT_EQ(ReadOrigin(value.SerializeAsString()).kind, Origin::Kind::kNone);
  value.mutable_origin()->mutable_client()->set_incarnation("abc");
  value.mutable_origin()->mutable_client()->set_sequence(77);
  const std::string client = value.SerializeAsString();
  EXPECT_EQ(ReadOrigin(client).incarnation, "abc");
  EXPECT_EQ(ReadOrigin(client).sequence, 77U);
  value.mutable_origin()->mutable_replay()->set_replay(5);
  value.mutable_origin()->mutable_replay()->set_index(6);
  const std::string replay = value.SerializeAsString();
  EXPECT_EQ(ReadOrigin(replay).kind, Origin::Kind::kReplay);
  EXPECT_EQ(ReadOrigin(replay).replay, 5U);
  EXPECT_EQ(ReadOrigin(replay).sequence, 6U);
}

TEST(OriginCodec, CallsEveryTruncationOfAnOriginDamagedOrNone) {
  OutputBuffer buffer;
  buffer.Add({.stage = 3, .log_epoch = 9, .partition = 2, .offset = 12'345, .index = 1}, "commands",
             0, "", commands::v1::Command());
  const std::string whole = buffer.Record(0).value;
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_EQ(ReadOrigin(std::string_view(whole).substr(0, size)).kind, Origin::Kind::kDamaged)
        << size;
  }
}

TEST(Watermarks, DropWhatIsNotAboveTheMarkOfItsSource) {
  Watermarks marks;
  EXPECT_TRUE(marks.Advance(FromSource(5, 0), kNow));
  EXPECT_TRUE(marks.Advance(FromSource(5, 1), kNow));
  EXPECT_FALSE(marks.Advance(FromSource(5, 1), kNow));
  EXPECT_FALSE(marks.Advance(FromSource(5, 0), kNow));
  EXPECT_FALSE(marks.Advance(FromSource(4, 9), kNow));
  EXPECT_TRUE(marks.Advance(FromSource(4, 9, /*partition=*/1), kNow));
  EXPECT_TRUE(marks.Advance(FromSource(6, 0), kNow));
  EXPECT_TRUE(marks.Advance(Origin(), kNow));
  EXPECT_TRUE(marks.Advance(Origin(), kNow));
}

TEST(Watermarks, BeginAtZeroForOffsetAndIndex) {
  Watermarks marks;
  EXPECT_TRUE(marks.Advance(FromSource(0, 0), kNow));
  EXPECT_FALSE(marks.Advance(FromSource(0, 0), kNow));
}

TEST(Watermarks, AreTheSameAfterSavingAndLoading) {
  Watermarks marks;
  marks.Advance(FromSource(5, 3), kNow);
  marks.Advance(FromSource(7, 0, 2), kNow);
  marks.Advance(FromClient("g", 12), kNow);
  Entries saved;
  marks.TakeChanges(saved);
  Entries all;
  marks.ForEachEntry(all);
  EXPECT_EQ(saved.entries, all.entries);
  Watermarks loaded;
  for (const auto& [key, value] : saved.entries) ASSERT_TRUE(loaded.Load(key, value).ok());
  EXPECT_FALSE(loaded.Advance(FromSource(5, 3), kNow));
  EXPECT_TRUE(loaded.Advance(FromSource(5, 4), kNow));
  EXPECT_FALSE(loaded.Advance(FromClient("g", 12), kNow));
  EXPECT_TRUE(loaded.Advance(FromClient("g", 13), kNow));
  EXPECT_EQ(loaded.Load("s/1", "x").code(), absl::StatusCode::kDataLoss);
}

TEST(Watermarks, GiveEachChangeOnce) {
  Watermarks marks;
  marks.Advance(FromSource(5, 3), kNow);
  marks.Advance(FromClient("g", 1), kNow);
  Entries first;
  marks.TakeChanges(first);
  EXPECT_EQ(first.entries.size(), 2U);
  marks.Advance(FromSource(5, 3), kNow);
  Entries second;
  marks.TakeChanges(second);
  EXPECT_TRUE(second.entries.empty());
}

// One owner kept its memory, the other was loaded again and cleaned up at another time: what they
// drop must be the same.
TEST(Watermarks, ForgetSendersByTheLogsTimeAlone) {
  Watermarks kept;
  kept.Advance(FromClient("other", 1), kNow);  // cleans up now, and not again for an hour
  kept.Advance(FromClient("g", 5), kNow);
  Entries saved;
  kept.ForEachEntry(saved);
  Watermarks loaded;
  for (const auto& [key, value] : saved.entries) ASSERT_TRUE(loaded.Load(key, value).ok());
  const base::TimePoint almost = kNow + kDay;
  EXPECT_FALSE(Watermarks(kept).Advance(FromClient("g", 5), almost));
  EXPECT_FALSE(Watermarks(loaded).Advance(FromClient("g", 5), almost));
  const base::TimePoint later = kNow + kDay + base::Duration(1);
  EXPECT_TRUE(kept.Advance(FromClient("g", 5), later));
  EXPECT_TRUE(loaded.Advance(FromClient("g", 5), later));
  Entries changes;
  kept.TakeChanges(changes);
  EXPECT_TRUE(changes.entries.contains("c/g"));
  EXPECT_EQ(changes.erased, 1) << "the other one is gone";
}

}  // namespace
}  // namespace centralita::stage
