// Large transactions that count but are not carried out yet, and what all calls of a partition need
// to deal with them.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client.h"
#include "scripts.h"

namespace centralita::store::redis {

// So often a call carries out others' transactions before it gives up (UNAVAILABLE).
inline constexpr int kMostHelps = 32;

// Carries out what is left of transaction `id`, by whomever it was begun. Done when nothing is
// left.
absl::Status CarryOut(Client& client, const Scripts& scripts, const PartitionKeys& keys,
                      const std::string& id);

absl::Status TooManyHelps(std::string_view partition);

// The id of a transaction that a script met instead of doing its work.
std::optional<std::string> PendingIn(const redisReply& answer);

// DATA_LOSS if a script answered something that it cannot answer.
absl::Status CheckAnswer(const redisReply& answer, size_t least_elements);

}  // namespace centralita::store::redis
