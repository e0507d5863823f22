// A few lines of Redis' protocol, for tests that look at a server or change it behind the back of
// the store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace centralita::testing {

// One blocking connection to a port of this machine. Not thread-safe.
class RedisClient final {
 public:
  static absl::StatusOr<RedisClient> Connect(int port);
  ~RedisClient();
  RedisClient(RedisClient&& other) noexcept;
  RedisClient& operator=(RedisClient&&) = delete;

  // The answer as text: numbers in digits, arrays one element a line, nil as "(nil)". Errors that
  // Redis gives are INTERNAL with its own words; UNAVAILABLE if it does not answer.
  absl::StatusOr<std::string> Run(const std::vector<std::string>& command);
  // Sends without waiting for the answer.
  absl::Status Send(const std::vector<std::string>& command);

 private:
  explicit RedisClient(int fd) : fd_(fd) {}
  absl::StatusOr<std::string> ReadLine();
  absl::StatusOr<std::string> ReadBytes(size_t count);
  absl::StatusOr<std::string> ReadReply();
  absl::Status Fill();

  int fd_;
  std::string buffer_;
};

}  // namespace centralita::testing
