#include "emitter.h"

#include <fmt/format.h>
#include <google/protobuf/message_lite.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"

namespace centralita::stage {
namespace {

constexpr std::array kTopics = {base::OutputTopic::kRouting,   base::OutputTopic::kCommands,
                                base::OutputTopic::kEvents,    base::OutputTopic::kOutbound,
                                base::OutputTopic::kIdentity,  base::OutputTopic::kProfiles,
                                base::OutputTopic::kDeadLetter};

}  // namespace

absl::StatusOr<std::unique_ptr<Emitter>> Emitter::Create(const eventlog::EventLog& log) {
  auto emitter = std::unique_ptr<Emitter>(new Emitter());
  for (const base::OutputTopic topic : kTopics) {
    const auto info = log.Describe(std::string(base::topics::NameOf(topic)));
    if (info.ok()) {
      emitter->partitions_.at(static_cast<size_t>(topic)) = info->spec.partitions;
    } else if (!absl::IsNotFound(info.status())) {
      return info.status();
    }
  }
  return emitter;
}

void Emitter::Begin(const SourceId& source, bool notify) {
  source_ = source;
  notify_ = notify;
  updates_.clear();
}

void Emitter::Emit(base::OutputTopic topic, std::string_view key,
                   const google::protobuf::MessageLite& value) {
  const uint32_t partitions = partitions_[static_cast<size_t>(topic)];
  if (partitions == 0) {
    status_.Update(base::Error(
        absl::StatusCode::kNotFound, "no_topic",
        fmt::format("There is no topic {} to write to. Create it and start again; nothing is lost.",
                    base::topics::NameOf(topic))));
    return;
  }
  outputs_.Add(source_, base::topics::NameOf(topic), base::PartitionOf(key, partitions), key,
               value);
  ++source_.index;
  ++emitted_;
}

void Emitter::Notify(const google::protobuf::MessageLite& update) {
  if (!notify_) return;
  auto copy = std::unique_ptr<google::protobuf::MessageLite>(update.New());
  copy->CheckTypeAndMergeFrom(update);
  updates_.push_back(std::move(copy));
}

OutputBuffer Emitter::TakeOutputs() { return std::exchange(outputs_, OutputBuffer()); }

}  // namespace centralita::stage
