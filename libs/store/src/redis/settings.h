// What all connections of a store have in common, made of its options.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "centralita/store/redis_store.h"
#include "tls.h"

namespace centralita::store::redis {

// What all connections of a store have in common.
struct ConnectionSettings {
  RedisStoreOptions options;
  std::unique_ptr<Tls> tls;
  // What is sent first, and how many replies that has.
  std::string greeting;
  int greeting_replies = 0;
  // Without any progress for this long it is given up.
  base::Duration stuck_after{0};
};

// INVALID_ARGUMENT with the option that makes no sense.
absl::StatusOr<std::unique_ptr<ConnectionSettings>> MakeSettings(const RedisStoreOptions& options);

// Whether a server, by its answer to INFO, is one that the store can rely on: FAILED_PRECONDITION
// if it is too old, of another mode, or may throw away what it was given.
absl::Status CheckInfo(std::string_view info, RedisMode mode, std::string_view address);

}  // namespace centralita::store::redis
