// A whole cluster of child processes on real Kafka and Redis (scripts/cluster.sh), and what tests
// do to its parts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {

class Cluster final : public System {
 public:
  Cluster() = default;
  // Down, if it is not yet.
  ~Cluster() override;

  // Another policy than the demo's; before Up().
  void UsePolicy(std::string file) { policy_ = std::move(file); }
  // Empty, on ports that are free. `demo`: as scripts/cluster.sh demo, down again at its end.
  Finished Up() { return Script({"up"}, std::chrono::seconds(300)); }
  Finished Down() { return Script({"down"}, std::chrono::seconds(300)); }
  Finished Demo() { return Script({"demo"}, std::chrono::seconds(240)); }
  // One part: "kafka", "redis", "router-0", ...
  Finished Kill(const std::string& part) { return Script({"kill", part}); }
  Finished Stop(const std::string& part) { return Script({"stop", part}); }
  // With what it had; ready when it returns.
  Finished Start(const std::string& part) { return Script({"start", part}); }
  // As Start(), with a wall clock that is off by so many seconds.
  Finished StartOff(const std::string& part, int seconds) {
    return Script({"start", part, std::to_string(seconds)});
  }
  // SIGSTOP and SIGCONT.
  Finished Pause(const std::string& part) { return Script({"pause", part}); }
  Finished Resume(const std::string& part) { return Script({"resume", part}); }
  // What Redis has, once it was killed.
  Finished EmptyRedis() { return Script({"empty", "redis"}); }
  Finished Script(const std::vector<std::string>& words,
                  std::chrono::milliseconds limit = std::chrono::seconds(180));

  std::string ingest() const override { return At(1); }
  std::string agents() const override { return At(3) + "," + At(4); }
  std::string questions() const override { return At(5); }
  // What the parts named so have said, for a failure's text.
  std::string LogOf(const std::string& part) const;
  // Copies what all parts have said into a folder.
  void KeepLogs(const std::string& folder) const;
  // Sum over the samples of a metric that have all of `labels` (as in `stage="route"`); over all
  // of the parts. 0 for what nobody exposes.
  double Metric(const std::vector<std::string>& parts, const std::string& name,
                const std::string& labels = {}) const;
  std::string http() const { return "http://" + At(0); }
  int redis_port() const;
  absl::StatusOr<std::unique_ptr<eventlog::EventLog>> Log() const;
  // Of the log of a cluster that still runs.
  Finished Judge(const std::string& ledger, const std::string& report) const;

 private:
  std::string At(int offset) const;

  contract::TempFolder folder_;
  std::string policy_;
  const base::SystemClock clock_;
};

inline const std::vector<std::string> kRouters = {"router-0", "router-1"};
inline const std::vector<std::string> kClassifiers = {"classifier-0", "classifier-1"};

}  // namespace centralita::e2e
