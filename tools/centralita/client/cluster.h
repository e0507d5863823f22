// The Kafka of a cluster, for the verbs that work on its topics.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/app/backends.h"
#include "centralita/base/clock.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/telemetry/log.h"

namespace CLI {
class App;
}  // namespace CLI

namespace centralita::client {

// --config FILE and --kafka.brokers=..., --topics.partitions=... as the processes take them.
struct ClusterOptions {
  std::string config_file;
  CLI::App* verb = nullptr;

  void AddTo(CLI::App& app);
};

struct ClusterTopics {
  app::TopicLayout layout;
};

class Cluster final {
 public:
  Cluster();
  ~Cluster();

  // FAILED_PRECONDITION in a build without Kafka.
  absl::Status Open(const ClusterOptions& options);
  eventlog::EventLog& log() { return *log_; }
  const base::Clock& clock() const { return clock_; }
  const ClusterTopics& topics() const { return topics_; }

 private:
  const base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_;
  ClusterTopics topics_;
  std::unique_ptr<eventlog::EventLog> log_;
};

// As Fail() of endpoint.h, with what to do about a Kafka that is not there.
int FailCluster(const absl::Status& status);

}  // namespace centralita::client
