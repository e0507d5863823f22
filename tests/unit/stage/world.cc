#include "tests/unit/stage/world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/common/v1/common.pb.h"
#include "centralita/snapshot/v1/snapshot.pb.h"

namespace centralita::stage {
namespace {

Link LinkOf(const StageOptions& options) {
  return options.input_topic == base::topics::kRouting ? Link::kRoutingToCommands
                                                       : Link::kCommandsToEvents;
}

// Every topic's value has its origin as field 1, so that any of them reads it.
common::v1::Origin OriginOf(const std::string& value) {
  commands::v1::Command command;
  command.ParseFromString(value);
  return command.origin();
}

struct Collected final : base::Outputs {
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    outputs.push_back(
        {std::string(base::topics::NameOf(topic)), std::string(key), value.SerializeAsString()});
  }
  void Notify(const google::protobuf::MessageLite& update) override {}
  std::vector<Truth::Output> outputs;
};

std::string WithOrigin(const World& world, const StageOptions& options, const Truth::Id& id,
                       const std::string& value) {
  // Any message that has nothing but an origin.
  commands::v1::Command front;
  common::v1::Source& source = *front.mutable_origin()->mutable_source();
  source.set_stage(static_cast<common::v1::Stage>(options.stage));
  source.set_log_epoch(1);
  source.set_partition(std::get<0>(id));
  source.set_offset(std::get<1>(id));
  source.set_index(std::get<2>(id));
  return front.SerializeAsString() + value;
}

}  // namespace

World::World() {
  for (const auto topic :
       {base::topics::kRouting, base::topics::kCommands, base::topics::kEvents}) {
    log.Create({.name = std::string(topic), .partitions = kPartitions});
  }
  for (const auto topic : {base::topics::kOutbound, base::topics::kDeadLetter}) {
    log.Create({.name = std::string(topic)});
  }
  log.Create({.name = std::string(base::topics::kSnapshots), .partitions = 2, .compacted = true});
}

eventlog::TopicPartition World::RoutingPartitionOf(std::string_view tenant) const {
  return {std::string(base::topics::kRouting),
          base::PartitionOf(base::TenantKey(tenant, ""), kPartitions)};
}

void World::Say(std::string_view tenant, std::string_view text) {
  const auto place = RoutingPartitionOf(tenant);
  log.Append(place.topic, place.partition, base::TenantKey(tenant, ""),
             testing::RoutingText(tenant, text));
}

void World::SayMany(int count, int first) {
  for (int i = first; i < first + count; ++i) Say(fmt::format("t{}", i % 7), fmt::format("m{}", i));
}

uint64_t World::CheckpointOf(const std::string& group, uint32_t partition) const {
  const auto contents = store.Copy();
  const auto found = contents.find(fmt::format("stage/{}/{}", group, partition));
  if (found == contents.end() || !found->second.contains("header")) return 0;
  snapshot::v1::CheckpointHeader header;
  header.ParseFromString(found->second.at("header").bytes);
  return header.next_offset();
}

uint64_t World::EndOf(const std::string& topic, uint32_t partition) const {
  const auto records = log.Records({topic, partition});
  return records.empty() ? 0 : records.back().offset + 1;
}

bool World::Finished(const std::string& group, const std::string& topic) const {
  for (uint32_t number = 0; number < kPartitions; ++number) {
    if (CheckpointOf(group, number) != EndOf(topic, number)) return false;
  }
  return true;
}

size_t World::CompleteSnapshots(const std::string& group, uint32_t partition) const {
  std::map<std::string, bool> manifests;
  for (const auto& record : log.AllRecords(std::string(base::topics::kSnapshots))) {
    if (record.key.starts_with(fmt::format("{}/{}/", group, partition)) &&
        record.key.ends_with("/manifest")) {
      manifests[record.key] = !record.tombstone;
    }
  }
  return static_cast<size_t>(
      std::count_if(manifests.begin(), manifests.end(), [](const auto& m) { return m.second; }));
}

void Recorder::OnCaughtUp(Partition& partition) {
  said.push_back(fmt::format("caught up {} at {}", partition.partition, partition.next_offset));
  caught_up.insert(partition.partition);
}

void Recorder::OnLost(uint32_t partition) {
  said.push_back(fmt::format("lost {}", partition));
  caught_up.erase(partition);
  if (on_lost) on_lost(partition);
}

void Recorder::OnNotified(uint32_t partition, uint64_t offset, Updates&& updates) {
  EXPECT_TRUE(caught_up.contains(partition));
  notified += updates.size();
}

void Recorder::OnDue(Partition& partition) { ++due; }

StageOptions FirstStage() {
  StageOptions options;
  options.stage = StageId::kRoute;
  options.input_topic = std::string(base::topics::kRouting);
  options.group = "route";
  options.checkpoint_interval = base::Duration(100);
  return options;
}

StageOptions SecondStage() {
  StageOptions options = FirstStage();
  options.stage = StageId::kDispatch;
  options.input_topic = std::string(base::topics::kCommands);
  options.group = "dispatch";
  return options;
}

Node::Node(World& in_world, StageOptions in_options)
    : world(in_world),
      options(std::move(in_options)),
      log(in_world.log, process),
      store(in_world.store, process) {
  auto created = StageRunner::Create(
      options, {log, store, world.clock, &recorder},
      [link = LinkOf(options)](uint32_t) { return std::make_unique<ChainMachine>(link); });
  EXPECT_TRUE(created.ok()) << created.status();
  runner = *std::move(created);
}

Node::~Node() { process.Crash(); }

bool Node::Step() {
  const bool stepped = runner->Step(base::Duration(1)).ok();
  return stepped && !process.crashed();
}

void Node::Crash() { process.Crash(); }

std::map<uint32_t, std::map<std::string, std::string>> Node::States() {
  std::map<uint32_t, std::map<std::string, std::string>> states;
  runner->Post([&](std::vector<Partition>& owned) {
    for (const Partition& partition : owned) {
      states[partition.partition] = EntriesOf(partition.machine);
    }
  });
  EXPECT_TRUE(Step());
  return states;
}

bool RunUntil(const std::vector<Node*>& nodes, const std::function<bool()>& done, int rounds) {
  for (int round = 0; round < rounds; ++round) {
    if (done()) return true;
    for (Node* const node : nodes) {
      if (!node->Step()) return false;
    }
    if (!nodes.empty()) nodes.front()->world.clock.Advance(base::Duration(20));
  }
  return done();
}

void FinishAll(World& world, const StageOptions& options) {
  Node node(world, options);
  ASSERT_TRUE(RunUntil({&node}, [&] { return world.Finished(options.group, options.input_topic); }))
      << node.runner->Health();
}

Truth TruthOf(const World& world, const StageOptions& options) {
  Truth truth;
  for (uint32_t number = 0; number < kPartitions; ++number) {
    ChainMachine machine(LinkOf(options));
    std::map<std::tuple<int, uint32_t>, std::pair<uint64_t, uint32_t>> seen;
    base::TimePoint now;
    for (const auto& record : world.log.Records({options.input_topic, number})) {
      now = std::max(now, record.append_time);
      const common::v1::Origin origin = OriginOf(record.value);
      if (origin.has_source()) {
        const auto& source = origin.source();
        const std::pair id(source.offset(), source.index());
        auto [mark, first] = seen.try_emplace({source.stage(), source.partition()}, id);
        if (!first && id <= mark->second) continue;
        mark->second = id;
      }
      Collected collected;
      machine.Apply({.partition = number,
                     .offset = record.offset,
                     .now = now,
                     .key = record.key,
                     .value = record.value},
                    collected);
      uint32_t index = 0;
      for (Truth::Output& output : collected.outputs) {
        const Truth::Id id(number, record.offset, index++);
        output.value = WithOrigin(world, options, id, output.value);
        truth.outputs.emplace(id, std::move(output));
      }
    }
    truth.states[number] = EntriesOf(machine);
  }
  return truth;
}

void ExpectExactlyOnce(const World& world, const StageOptions& options) {
  const Truth truth = TruthOf(world, options);
  const std::string topic(base::topics::NameOf(options.stage == StageId::kRoute
                                                   ? base::OutputTopic::kCommands
                                                   : base::OutputTopic::kEvents));
  std::set<Truth::Id> observed;
  for (uint32_t number = 0; number < kPartitions; ++number) {
    std::map<uint32_t, Truth::Id> watermarks;
    for (const auto& record : world.log.Records({topic, number})) {
      const common::v1::Origin origin = OriginOf(record.value);
      if (!origin.has_source()) continue;  // a tick
      const Truth::Id id(origin.source().partition(), origin.source().offset(),
                         origin.source().index());
      const auto expected = truth.outputs.find(id);
      ASSERT_NE(expected, truth.outputs.end()) << "an output that must not be";
      EXPECT_EQ(record.value, expected->second.value);
      EXPECT_EQ(record.key, expected->second.key);
      const auto [mark, first] = watermarks.try_emplace(std::get<0>(id), id);
      if (!first && id <= mark->second) continue;
      mark->second = id;
      observed.insert(id);
    }
  }
  EXPECT_EQ(observed.size(), truth.outputs.size()) << "outputs that a reader never sees";
}

void ExpectTrueState(World& world, const StageOptions& options) {
  StageOptions reader = options;
  // It must not add to the log.
  reader.ticks = false;
  Node node(world, reader);
  ASSERT_TRUE(RunUntil({&node}, [&] { return node.recorder.caught_up.size() == kPartitions; }))
      << node.runner->Health();
  EXPECT_EQ(node.States(), TruthOf(world, options).states);
}

}  // namespace centralita::stage
