// A real redis-server on a free loopback port, with its data in a temporary folder; and a Redis
// Cluster of three. They end with the test, even if it is killed.
#pragma once

#include <sys/types.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/contract/temp_folder.h"
#include "tests/support/redis_client.h"

namespace centralita::testing {

// A port of this machine that nobody uses now.
int FreePort();

// Not thread-safe. To be started by the main thread: the server ends with the thread that started
// it.
class RedisServer final {
 public:
  // `arguments` as on its command line. Answers when this returns; UNAVAILABLE with its log if it
  // does not. It keeps an append-only file, written every second (AOF everysec).
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start(
      const std::vector<std::string>& arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  int port() const { return port_; }
  int bus_port() const { return bus_port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  pid_t pid() const { return pid_; }

  // As `kill -9` does.
  void Kill();
  // As a shutdown does, which saves all.
  void Stop();
  // Again on the same port, with the data that is there, or empty.
  absl::Status Restart();
  absl::Status RestartEmpty();

  // On a connection of its own.
  absl::StatusOr<std::string> Run(const std::vector<std::string>& command) const;

 private:
  RedisServer(int port, int bus_port, std::vector<std::string> arguments)
      : port_(port), bus_port_(bus_port), arguments_(std::move(arguments)) {}
  absl::Status Launch();
  absl::Status WaitUntilItAnswers();
  void End(int signal);

  const int port_;
  const int bus_port_;
  const std::vector<std::string> arguments_;
  contract::TempFolder folder_;
  pid_t pid_ = -1;
};

// Three primaries without replicas, all slots served.
class RedisCluster final {
 public:
  static absl::StatusOr<std::unique_ptr<RedisCluster>> Start();

  RedisServer& node(size_t i) const { return *nodes_[i]; }
  std::vector<std::string> addresses() const;
  // What Redis calls the node.
  const std::string& IdOf(size_t i) const { return ids_[i]; }

 private:
  RedisCluster() = default;
  absl::Status Join();
  absl::Status WaitUntilWhole();

  std::array<std::unique_ptr<RedisServer>, 3> nodes_;
  std::array<std::string, 3> ids_;
};

}  // namespace centralita::testing
