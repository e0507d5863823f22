#include "ticker.h"

#include <fmt/format.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::stage {
namespace {

absl::StatusOr<std::string> TickOf(const std::string& topic) {
  if (topic == base::topics::kRouting) {
    routing::v1::RoutingRecord record;
    record.mutable_tick();
    return record.SerializeAsString();
  }
  if (topic == base::topics::kCommands) {
    commands::v1::Command command;
    command.mutable_tick();
    return command.SerializeAsString();
  }
  return base::Error(absl::StatusCode::kInvalidArgument, "no_ticks",
                     fmt::format("Records of {} cannot be ticks; set StageOptions::ticks to false "
                                 "and use StageObserver::OnDue.",
                                 topic));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Ticker>> Ticker::Create(eventlog::EventLog& log,
                                                       const std::string& group,
                                                       const std::string& input_topic) {
  ABSL_ASSIGN_OR_RETURN(std::string tick, TickOf(input_topic));
  // Each tick is a matter of its own: one that fails must not close the producer.
  ABSL_ASSIGN_OR_RETURN(auto producer,
                        log.NewProducer({.name = group + "-ticks", .gapless = false}));
  return std::unique_ptr<Ticker>(new Ticker(std::move(producer), input_topic, std::move(tick)));
}

bool Ticker::Append(uint32_t partition) {
  return producer_
      ->Append(
          {.topic = topic_, .partition = partition, .key = "", .value = tick_, .tombstone = false},
          [lost = lost_, partition](const absl::StatusOr<uint64_t>& offset) {
            if (offset.ok()) return;
            const std::scoped_lock lock(lost->mutex);
            lost->partitions.push_back(partition);
          })
      .ok();
}

std::vector<uint32_t> Ticker::TakeLost() {
  const std::scoped_lock lock(lost_->mutex);
  return std::exchange(lost_->partitions, {});
}

}  // namespace centralita::stage
