// What runs, `centralita up` as a child process for one, and what tests ask it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/metrics/v1/metrics.pb.h"
#include "tests/e2e/child.h"

namespace centralita::e2e {

inline constexpr char kTenant[] = "luna";
inline constexpr char kKey[] = "luna-demo-key";

// The programs under test; CENTRALITA_E2E_BIN names another folder with them.
std::string Centralita();
std::string LedgerCheck();
std::string DemoFolder();
inline std::string DemoPolicy() { return DemoFolder() + "/policy.yaml"; }
// All agents of the demo's policy, separated by commas.
inline constexpr char kTwelve[] =
    "carmen,pablo,ines,ivan,tom,claire,giulia,sofia,maria,leon,lara,stefan";

// True if the environment has CENTRALITA_FULL=1: the long form of a test.
bool Full();

// All services, wherever they run: what tests send to them, and ask them.
class System {
 public:
  virtual ~System() = default;

  // host:port of senders' gRPC, agents' (several have commas between them), questions'.
  virtual std::string ingest() const = 0;
  virtual std::string agents() const = 0;
  virtual std::string questions() const = 0;

  absl::StatusOr<metrics::v1::GetOverviewResponse> Overview() const;
  // So many messages were accepted.
  bool Accepted(uint64_t at_least, std::chrono::milliseconds limit) const;
  // Everything of at least `accepted` messages is done: resolved, a duplicate, or a dead letter.
  bool Settled(uint64_t accepted, std::chrono::milliseconds limit) const;
  // Where messages are, for a failure's text.
  std::string Standing() const;
};

// The words of a verb of `centralita` with the server and the key that it needs, for RunToEnd().
std::vector<std::string> VerbTo(const std::string& server, std::vector<std::string> words);

class Node final : public System {
 public:
  explicit Node(std::string folder, std::string policy = DemoPolicy())
      : folder_(std::move(folder)), policy_(std::move(policy)) {}

  // On the ports of the last start, any free ones the first time. False if it did not come up;
  // Said() tells why.
  bool Start();
  // SIGKILL, at once.
  void Kill();
  // SIGTERM; the exit code.
  std::optional<int> Stop(std::chrono::milliseconds limit = std::chrono::seconds(40));
  std::string Said() const { return child_ == nullptr ? "" : child_->Said(); }

  std::string data() const { return folder_ + "/data"; }
  uint16_t http_port() const { return http_port_; }
  uint16_t admin_port() const { return admin_port_; }
  std::string ingest() const override { return "127.0.0.1:" + std::to_string(ingest_port_); }
  std::string grpc() const { return "127.0.0.1:" + std::to_string(grpc_port_); }
  std::string agents() const override { return grpc(); }
  std::string questions() const override { return grpc(); }
  std::vector<std::string> Verb(std::vector<std::string> words, bool to_ingest = false) const {
    return VerbTo(to_ingest ? ingest() : grpc(), std::move(words));
  }

 private:
  const std::string folder_;
  const std::string policy_;
  std::unique_ptr<Child> child_;
  int starts_ = 0;
  uint16_t http_port_ = 0;
  uint16_t ingest_port_ = 0;
  uint16_t admin_port_ = 0;
  uint16_t grpc_port_ = 0;
};

// Copies events and dead letters into the ledger, then judges it.
Finished JudgeLedger(eventlog::EventLog& log, const std::string& ledger, const std::string& report);
// As above, of a node that has stopped.
Finished JudgeLedger(const std::string& data, const std::string& ledger, const std::string& report);

}  // namespace centralita::e2e
