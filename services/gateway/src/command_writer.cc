#include "command_writer.h"

#include <utility>

#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"

namespace centralita::gateway {
namespace {

constexpr base::Duration kAppendLimit{5000};

}  // namespace

CommandWriter::CommandWriter(std::unique_ptr<eventlog::Producer> producer, uint32_t partitions,
                             std::string incarnation)
    : producer_(std::move(producer)),
      partitions_(partitions),
      incarnation_(std::move(incarnation)) {}

uint32_t CommandWriter::PartitionOf(const std::string& tenant, const std::string& pool) const {
  return base::PartitionOf(base::TenantKey(tenant, pool), partitions_);
}

absl::Status CommandWriter::Append(commands::v1::Command command,
                                   absl::AnyInvocable<void(const absl::Status&)> failed) {
  std::string key = base::TenantKey(command.tenant(), command.pool());
  const uint32_t partition = base::PartitionOf(key, partitions_);
  auto* client = command.mutable_origin()->mutable_client();
  client->set_incarnation(incarnation_);
  // Numbering and appending are one step: within a partition the numbers must grow.
  const std::scoped_lock lock(mutex_);
  client->set_sequence(++sequence_);
  return producer_->Append({.topic = std::string(base::topics::kCommands),
                            .partition = partition,
                            .key = std::move(key),
                            .value = command.SerializeAsString(),
                            .tombstone = false},
                           [failed = std::move(failed)](absl::StatusOr<uint64_t> offset) mutable {
                             if (!offset.ok()) failed(offset.status());
                           });
}

absl::Status CommandWriter::DeclareLost(const std::string& incarnation) {
  commands::v1::Command command;
  command.mutable_gateway_lost()->set_incarnation(incarnation);
  struct Acks {
    std::mutex mutex;
    absl::Status first_error;
  };
  const auto acks = std::make_shared<Acks>();
  for (uint32_t partition = 0; partition < partitions_; ++partition) {
    ABSL_RETURN_IF_ERROR(producer_->Append({.topic = std::string(base::topics::kCommands),
                                            .partition = partition,
                                            .key = "",
                                            .value = command.SerializeAsString(),
                                            .tombstone = false},
                                           [acks](const absl::StatusOr<uint64_t>& offset) {
                                             const std::scoped_lock lock(acks->mutex);
                                             acks->first_error.Update(offset.status());
                                           }));
  }
  ABSL_RETURN_IF_ERROR(producer_->Flush(kAppendLimit));
  const std::scoped_lock lock(acks->mutex);
  return acks->first_error;
}

}  // namespace centralita::gateway
