// A real Apache Kafka (one node, KRaft) for tests: on free loopback ports, in a temporary folder.
//
// It dies with the test, however that ends; folders of tests that were killed are swept by the next
// one. Starting takes about 5 s, so a test program shares one (KafkaEnvironment).
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace centralita::contract {

// Not thread-safe. The thread that starts it must outlive it: it dies with that thread.
class KafkaServer final {
 public:
  // Returns when it answers. UNAVAILABLE, with the end of its log, if it does not.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start();
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;
  KafkaServer& operator=(const KafkaServer&) = delete;

  // "127.0.0.1:<port>".
  const std::string& bootstrap() const { return bootstrap_; }
  // SIGKILL: nothing is told to anybody, and nothing more is written.
  void Kill();
  // On the same ports, with the same data.
  absl::Status Restart();

 private:
  explicit KafkaServer(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Configure();
  absl::Status Format();
  absl::Status Launch();
  absl::Status WaitUntilItAnswers();
  std::string EndOfLog() const;

  const std::string folder_;
  std::string bootstrap_;
  pid_t process_ = -1;
};

// One server for all tests of a program; they keep apart by names.
class KafkaEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override;
  void TearDown() override { server_.reset(); }
  KafkaServer& server() const { return *server_; }

 private:
  std::unique_ptr<KafkaServer> server_;
};

}  // namespace centralita::contract
