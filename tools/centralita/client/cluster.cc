#include "client/cluster.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#ifdef CENTRALITA_CLUSTER
#include "centralita/app/cluster.h"
#include "centralita/app/process.h"
#include "centralita/config/config.h"
#endif

namespace centralita::client {

Cluster::Cluster() = default;
Cluster::~Cluster() = default;

void ClusterOptions::AddTo(CLI::App& app) {
  verb = &app;
  app.allow_extras();
  app.add_option("--config", config_file,
                 "YAML file with the sections kafka and topics, as the processes take them");
  app.footer(
      "Settings can be given in the file, in the environment "
      "(CENTRALITA_KAFKA__BROKERS=kafka:9092)\n"
      "and as flags: --kafka.brokers=kafka:9092 --topics.partitions=12 --topics.replication=3");
}

int FailCluster(const absl::Status& status) {
  const char* const hint = status.code() == absl::StatusCode::kUnavailable
                               ? "\nIs Kafka there? Name it by --kafka.brokers=host:port."
                               : "";
  fmt::print(stderr, "centralita: {}{}\n", std::string(status.message()), hint);
  return 1;
}

#ifdef CENTRALITA_CLUSTER

absl::Status Cluster::Open(const ClusterOptions& options) {
  app::KafkaSettings kafka;
  app::TopicSettings topics;
  config::Config config;
  kafka.Bind(config);
  topics.Bind(config);
  // So that the file of the processes can be given as it is.
  app::RedisSettings redis;
  redis.Bind(config);
  app::CommandLine line{.config_file = options.config_file, .flags = options.verb->remaining()};
  ABSL_RETURN_IF_ERROR(app::LoadConfig(line, config));
  telemetry::LogOptions log;
  log.level = telemetry::Level::kError;
  ABSL_ASSIGN_OR_RETURN(logger_, telemetry::Logger::Create(log, clock_));
  topics_.layout = topics.layout;
  ABSL_ASSIGN_OR_RETURN(log_, app::OpenKafka(kafka, topics, "centralita", *logger_, clock_));
  return absl::OkStatus();
}

#else

absl::Status Cluster::Open(const ClusterOptions&) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "built_without_cluster",
                     "This program was built without Kafka and Redis. Build one that has them with "
                     "`./dev cluster build`.");
}

#endif

}  // namespace centralita::client
