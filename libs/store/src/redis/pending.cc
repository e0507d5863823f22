#include "pending.h"

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::store::redis {

absl::Status CarryOut(Client& client, const Scripts& scripts, const PartitionKeys& keys,
                      const std::string& id) {
  while (true) {
    CommandBuilder builder;
    builder.Add(keys.Pending()).Add(keys.Staged(id)).Add(keys.Index()).Add(keys.Expiring());
    builder.Add(id).Add(keys.entry_prefix());
    ABSL_ASSIGN_OR_RETURN(const Reply more, client.Run(std::move(builder).BuildScript(
                                                keys.slot(), scripts.apply, 4)));
    if (more->integer == 0) return absl::OkStatus();
  }
}

absl::Status TooManyHelps(std::string_view partition) {
  return base::Error(absl::StatusCode::kUnavailable, "redis_partition_busy",
                     fmt::format("Large transactions of '{}' follow one another without a pause; "
                                 "ask again later.",
                                 partition));
}

std::optional<std::string> PendingIn(const redisReply& answer) {
  if (answer.type != REDIS_REPLY_ARRAY || answer.elements != 2) return std::nullopt;
  const redisReply& first = *answer.element[0];
  if (first.type != REDIS_REPLY_INTEGER || first.integer != kPendingFound) return std::nullopt;
  return std::string(Text(*answer.element[1]));
}

absl::Status CheckAnswer(const redisReply& answer, size_t least_elements) {
  if (answer.type == REDIS_REPLY_ARRAY && answer.elements >= least_elements) {
    return absl::OkStatus();
  }
  return base::Error(absl::StatusCode::kDataLoss, "redis_foreign_data",
                     "A script of the store answered something else than it does; is this Redis 7 "
                     "or Valkey?");
}

}  // namespace centralita::store::redis
