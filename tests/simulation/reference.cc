#include "tests/simulation/reference.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "fmt/format.h"

namespace centralita::simulation {
namespace {

struct Collected final : base::Outputs {
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    outputs.push_back({topic, std::string(key), value.SerializeAsString()});
  }
  void Notify(const google::protobuf::MessageLite& update) override {}
  std::vector<Output> outputs;
};

struct Entries final : base::EntrySink {
  explicit Entries(std::map<std::string, std::string>& in_all) : all(in_all) {}
  void Put(std::string_view key, std::string_view value) override { all[std::string(key)] = value; }
  void Erase(std::string_view key) override { all.erase(std::string(key)); }
  std::map<std::string, std::string>& all;
};

// Every topic's value has its origin as field 1, so that any of them reads it.
common::v1::Origin OriginOf(const std::string& value) {
  commands::v1::Command command;
  command.ParsePartialFromString(value);
  return command.origin();
}

std::string WithOrigin(common::v1::Origin origin, const std::string& value) {
  commands::v1::Command front;
  *front.mutable_origin() = std::move(origin);
  return front.SerializeAsString() + value;
}

absl::Status Wrong(const std::string& what) {
  return base::Error(absl::StatusCode::kInternal, "simulation", what);
}

}  // namespace

Reference::Reference(const Disks& disks, common::v1::Stage stage, std::string_view topic,
                     const Factory& factory, Listener& listener)
    : disks_(disks), stage_(stage), topic_(topic), listener_(listener), partitions_(kPartitions) {
  for (uint32_t number = 0; number < kPartitions; ++number)
    partitions_[number].machine = factory(number);
}

// Plainer than stage::Watermarks, and sharing no code with it.
bool Reference::IsRepeat(Partition& partition, const common::v1::Origin& origin) {
  std::string source;
  std::pair<uint64_t, uint32_t> id;
  if (origin.has_source()) {
    source = fmt::format("{}/{}", static_cast<int>(origin.source().stage()),
                         origin.source().partition());
    id = {origin.source().offset(), origin.source().index()};
  } else if (origin.has_client()) {
    source = origin.client().incarnation();
    id = {origin.client().sequence(), 0};
  } else {
    return false;
  }
  const auto [mark, first] = partition.seen.try_emplace(source, id);
  if (!first && id <= mark->second) return true;
  mark->second = id;
  return false;
}

absl::Status Reference::CheckChanges(Partition& partition) {
  Entries stored(partition.stored);
  partition.machine->TakeChanges(stored);
  std::map<std::string, std::string> whole;
  Entries all(whole);
  partition.machine->ForEachEntry(all);
  if (whole == partition.stored) return absl::OkStatus();
  for (const auto& [key, value] : whole) {
    const auto found = partition.stored.find(key);
    if (found == partition.stored.end() || found->second != value)
      return Wrong(fmt::format("entry {} changed and no checkpoint would have it", key));
  }
  return Wrong("an entry is gone and checkpoints would keep it");
}

absl::Status Reference::Follow() {
  for (uint32_t number = 0; number < kPartitions; ++number) {
    Partition& partition = partitions_[number];
    for (const auto& record : disks_.log.RecordsFrom({topic_, number}, partition.next_offset)) {
      partition.next_offset = record.offset + 1;
      partition.now = std::max(partition.now, record.append_time);
      if (IsRepeat(partition, OriginOf(record.value))) {
        ++repeats_;
        continue;
      }
      ++applied_;
      Collected collected;
      const base::InputRecord input{.partition = number,
                                    .offset = record.offset,
                                    .now = partition.now,
                                    .key = record.key,
                                    .value = record.value};
      if (partition.machine->Apply(input, collected) != base::ApplyResult::kApplied)
        return Wrong(fmt::format("{} {}:{} cannot be read", topic_, number, record.offset));
      if (absl::Status given = CheckChanges(partition); !given.ok()) {
        return Wrong(fmt::format("after {} {}:{}: {}", topic_, number, record.offset,
                                 std::string(given.message())));
      }
      ABSL_RETURN_IF_ERROR(
          listener_.OnApplied(stage_, input, *partition.machine, collected.outputs));
      uint32_t index = 0;
      for (Output& output : collected.outputs)
        expected_[Id(number, record.offset, index++)].output = std::move(output);
    }
  }
  return absl::OkStatus();
}

absl::Status Reference::Compare(std::string_view topic) {
  const std::string name(topic);
  for (uint32_t number = 0; number < disks_.log.Partitions(name); ++number) {
    uint64_t& next = compared_[{name, number}];
    for (const auto& record : disks_.log.RecordsFrom({name, number}, next)) {
      next = record.offset + 1;
      const common::v1::Origin origin = OriginOf(record.value);
      if (!origin.has_source() || origin.source().stage() != stage_) continue;
      const auto& source = origin.source();
      const std::string id =
          fmt::format("{} {}:{}.{}", topic_, source.partition(), source.offset(), source.index());
      const auto found = expected_.find(Id(source.partition(), source.offset(), source.index()));
      if (found == expected_.end())
        return Wrong(fmt::format("{} has an output of {} that must not be", name, id));
      const Output& output = found->second.output;
      if (base::topics::NameOf(output.topic) != name || output.key != record.key ||
          WithOrigin(origin, output.value) != record.value) {
        return Wrong(fmt::format(
            "{}:{} in {} is not what {} gives: two owners saw different states\n  is      {}\n"
            "  must be {}",
            number, record.offset, name, id, absl::CEscape(record.value),
            absl::CEscape(WithOrigin(origin, output.value))));
      }
      found->second.written = true;
    }
  }
  return absl::OkStatus();
}

absl::Status Reference::Complete() const {
  for (const auto& [id, expected] : expected_) {
    if (expected.written) continue;
    return Wrong(fmt::format("output {} of {} {}:{} was never written to {}", std::get<2>(id),
                             topic_, std::get<0>(id), std::get<1>(id),
                             base::topics::NameOf(expected.output.topic)));
  }
  return absl::OkStatus();
}

}  // namespace centralita::simulation
