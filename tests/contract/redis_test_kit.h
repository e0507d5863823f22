// What the tests of the Redis store share.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/base/uuid.h"
#include "centralita/store/redis_store.h"
#include "tests/support/redis_server.h"

namespace centralita::store {

constexpr base::Duration kForever{0};

// Of a machine under load, so that only a hang is a failure.
inline RedisStoreOptions PatientOptions(std::vector<std::string> addresses) {
  RedisStoreOptions options;
  options.addresses = std::move(addresses);
  options.key_prefix = base::RandomUuid();
  options.call_timeout = base::Duration(20'000);
  options.connect_timeout = base::Duration(20'000);
  return options;
}

// Asks again until it is so; false after 20 s.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

inline Transaction PutOne(const std::string& partition, const std::string& name,
                          const std::string& value, base::Duration time_to_live = kForever) {
  return {partition, {}, {{name, value, time_to_live}}, {}};
}

// How often a node has answered with this error.
inline int ErrorsOf(const testing::RedisServer& server, const std::string& error) {
  const std::string stats = server.Run({"INFO", "errorstats"}).value_or("");
  const std::string field = "errorstat_" + error + ":count=";
  const size_t at = stats.find(field);
  return at == std::string::npos ? 0 : std::stoi(stats.substr(at + field.size()));
}

}  // namespace centralita::store
