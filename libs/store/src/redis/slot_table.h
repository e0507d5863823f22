// Which node serves which slot.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "handle.h"

namespace centralita::store::redis {

struct SlotRange {
  uint32_t first = 0;
  uint32_t last = 0;
  // host:port of the primary.
  std::string address;
};

// Reads the answer to CLUSTER SLOTS. A node without a host is `asked`'s. INTERNAL if it is
// something else.
absl::StatusOr<std::vector<SlotRange>> ParseSlots(const redisReply& reply, const Endpoint& asked);

struct Redirection {
  bool ask = false;
  uint32_t slot = 0;
  std::string address;
};

// "MOVED 3999 127.0.0.1:6381" or "ASK ..." from `asked`; nullopt for any other error.
std::optional<Redirection> ParseRedirection(std::string_view error, const Endpoint& asked);

}  // namespace centralita::store::redis
