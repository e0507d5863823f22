// A whole cluster of child processes on real Kafka and Redis (scripts/cluster.sh), and what tests
// do to its parts.
#pragma once

#include <string>
#include <vector>

#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {

class Cluster final : public System {
 public:
  Cluster() = default;
  // Down, if it is not yet.
  ~Cluster() override;

  // Empty, on ports that are free. `demo`: as scripts/cluster.sh demo, down again at its end.
  Finished Up() { return Script({"up"}, std::chrono::seconds(120)); }
  Finished Down() { return Script({"down"}, std::chrono::seconds(120)); }
  Finished Demo() { return Script({"demo"}, std::chrono::seconds(240)); }
  // One part: "kafka", "redis", "router-0", ...
  Finished Kill(const std::string& part) { return Script({"kill", part}); }
  Finished Stop(const std::string& part) { return Script({"stop", part}); }
  // With what it had; ready when it returns.
  Finished Start(const std::string& part) { return Script({"start", part}); }
  Finished Script(const std::vector<std::string>& words,
                  std::chrono::milliseconds limit = std::chrono::seconds(90));

  std::string ingest() const override { return At(1); }
  std::string agents() const override { return At(3) + "," + At(4); }
  std::string questions() const override { return At(5); }
  // What the parts named so have said, for a failure's text.
  std::string LogOf(const std::string& part) const;
  // Of the log of a cluster that still runs.
  Finished Judge(const std::string& ledger, const std::string& report) const;

 private:
  std::string At(int offset) const;

  contract::TempFolder folder_;
};

}  // namespace centralita::e2e
