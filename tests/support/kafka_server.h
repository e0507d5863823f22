// A real Apache Kafka (one node, KRaft) for tests: on free loopback ports, in a temporary folder.
//
// It dies with the test, however that ends; folders of tests that were killed are swept by the next
// one. Starting takes about 5 s, so a test program shares one (KafkaEnvironment).
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace centralita::contract {

// Of a second listener, which wants TLS, a certificate of the client, and a user's password.
struct KafkaSecurity {
  // PEM: the server's private key and its certificate, in one file; the authority of clients.
  std::string server_store;
  std::string client_ca;
  // He may use PLAIN and SCRAM-SHA-256.
  std::string user;
  std::string password;
};

// Not thread-safe. The thread that starts it must outlive it: it dies with that thread.
class KafkaServer final {
 public:
  // Returns when it answers. UNAVAILABLE, with the end of its log, if it does not.
  static absl::StatusOr<std::unique_ptr<KafkaServer>> Start(
      const std::optional<KafkaSecurity>& security = std::nullopt);
  ~KafkaServer();
  KafkaServer(const KafkaServer&) = delete;
  KafkaServer& operator=(const KafkaServer&) = delete;

  // "127.0.0.1:<port>".
  const std::string& bootstrap() const { return bootstrap_; }
  // Of the secure listener, if there is one.
  const std::string& secure_bootstrap() const { return secure_; }
  // SIGKILL: nothing is told to anybody, and nothing more is written.
  void Kill();
  // On the same ports, with the same data.
  absl::Status Restart();

 private:
  KafkaServer(std::string folder, const std::optional<KafkaSecurity>& security)
      : folder_(std::move(folder)), security_(security) {}
  std::string SecureSettings() const;
  absl::Status Configure();
  absl::Status Format();
  absl::Status Launch();
  absl::Status WaitUntilItAnswers();
  std::string EndOfLog() const;

  const std::string folder_;
  const std::optional<KafkaSecurity> security_;
  std::string bootstrap_;
  std::string secure_;
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
