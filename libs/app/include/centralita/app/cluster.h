// The set of servers of a cluster: a log on Kafka, a store on Redis, from the sections `kafka`,
// `redis` and `topics` of the settings. Only in builds with CENTRALITA_CLUSTER.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/app/backends.h"
#include "centralita/base/clock.h"
#include "centralita/config/config.h"
#include "centralita/eventlog/kafka_log.h"
#include "centralita/store/redis_store.h"
#include "centralita/telemetry/log.h"

namespace centralita::app {

struct KafkaSettings {
  std::vector<std::string> brokers = {"127.0.0.1:9092"};
  eventlog::KafkaLogOptions log;

  void Bind(config::Config& config);
};

struct RedisSettings {
  std::vector<std::string> addresses = {"127.0.0.1:6379"};
  bool cluster = false;
  bool tls = false;
  store::RedisTls tls_files;
  store::RedisStoreOptions store;

  void Bind(config::Config& config);
};

// How topics are made by `centralita topics apply`, and what they are checked against.
struct TopicSettings {
  TopicLayout layout{.data_partitions = 12, .commands_partitions = 12};
  int replication = 3;
  int min_in_sync = 2;

  void Bind(config::Config& config);
};

// `client` names this process to the servers. Errors as OpenKafkaLog's and OpenRedisStore's.
absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenKafka(const KafkaSettings& settings,
                                                              const TopicSettings& topics,
                                                              const std::string& client,
                                                              telemetry::Logger& logger,
                                                              const base::Clock& clock);
absl::StatusOr<std::unique_ptr<store::Store>> OpenRedis(const RedisSettings& settings,
                                                        const base::Clock& clock);

// All topics are there, as one and the same `centralita topics apply` made them. Creates nothing:
// NOT_FOUND for one that is missing, FAILED_PRECONDITION for one that is not as it must be; what to
// do is said.
absl::Status VerifyTopics(eventlog::EventLog& log);

}  // namespace centralita::app
