#include "centralita/app/cluster.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::app {
namespace {

// syslog(3): below it are errors and worse, at it warnings.
constexpr int kSyslogWarning = 4;

}  // namespace

void KafkaSettings::Bind(config::Config& config) {
  config.Add("kafka", "The log: Apache Kafka 3.9 or newer.")
      .Add("brokers", brokers, "Some of the brokers, as host:port.", config::NotEmpty())
      .Add("prefix", log.prefix,
           "In front of the names of topics and groups, where others use this Kafka too.")
      .Add("tls", log.tls.enabled, "Whether connections are encrypted.")
      .Add("ca_file", log.tls.ca_file, "Authorities to believe (PEM); empty: the system's.")
      .Add("certificate_file", log.tls.certificate_file,
           "Certificate of this client (PEM), if the brokers want one.")
      .Add("key_file", log.tls.key_file, "Its private key (PEM).")
      .AddSecret("key_password", log.tls.key_password, "The private key's password.")
      .Add("sasl_mechanism", log.sasl.mechanism,
           "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER or GSSAPI; empty: none.")
      .Add("sasl_username", log.sasl.username, "User of SASL.")
      .AddSecret("sasl_password", log.sasl.password, "Password of SASL.")
      .Add("session_timeout", log.session_timeout,
           "How long a process that died keeps its partitions; brokers allow 6 s or more.",
           config::AtLeast(base::Duration(1000)))
      .Add("delivery_timeout", log.delivery_timeout, "An append that is not durable by then fails.",
           config::AtLeast(base::Duration(1000)))
      .Add("request_timeout", log.request_timeout, "Limit of every other request.",
           config::AtLeast(base::Duration(100)));
}

void RedisSettings::Bind(config::Config& config) {
  config.Add("redis", "The store: Redis 7.0 or newer, or Valkey.")
      .Add("addresses", addresses,
           "host:port, or unix:/path; for a Redis Cluster some of its nodes.", config::NotEmpty())
      .Add("cluster", cluster, "Whether it is a Redis Cluster.")
      .Add("user", store.user, "User of Redis' access control; empty: the default user.")
      .AddSecret("password", store.password, "Its password.")
      .Add("prefix", store.key_prefix,
           "In front of all keys, where others use this Redis too; letters, digits, '-', '_', '.'.",
           config::NotEmpty())
      .Add("tls", tls, "Whether connections are encrypted.")
      .Add("ca_file", tls_files.ca_file, "Authorities to believe (PEM); empty: the system's.")
      .Add("certificate_file", tls_files.cert_file,
           "Certificate of this client (PEM), if the server wants one.")
      .Add("key_file", tls_files.key_file, "Its private key (PEM).")
      .Add("server_name", tls_files.server_name,
           "Name that the servers' certificate must bear; empty: the host of the address.")
      .Add("call_timeout", store.call_timeout, "Limit of one round trip.",
           config::AtLeast(base::Duration(10)))
      .Add("connections", store.connections, "Connections to each node.", config::Between(1, 64));
}

void TopicSettings::Bind(config::Config& config) {
  config.Add("topics", "How the topics are made.")
      .Add("partitions", layout.data_partitions,
           "Of all topics but commands, policy and snapshots; fixed once they are made.",
           config::Between(1, 10'000))
      .Add("commands_partitions", layout.commands_partitions,
           "Of commands: how many routers can share the pools; fixed once it is made.",
           config::Between(1, 10'000))
      .Add("retention", layout.retention, "Of inbound, routing, commands, signals and outbound.",
           config::AtLeast(base::Duration(3'600'000)))
      .Add("history_retention", layout.history_retention, "Of events and dead-letter.",
           config::AtLeast(base::Duration(3'600'000)))
      .Add("replication", replication, "Copies of each partition; 3 in production.",
           config::Between(1, 10))
      .Add("min_in_sync", min_in_sync,
           "Copies that must have a record before it counts; 2 in production.",
           config::Between(1, 10));
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> OpenKafka(const KafkaSettings& settings,
                                                              const TopicSettings& topics,
                                                              const std::string& client,
                                                              telemetry::Logger& logger,
                                                              const base::Clock& clock) {
  eventlog::KafkaLogOptions options = settings.log;
  options.bootstrap_servers = absl::StrJoin(settings.brokers, ",");
  options.client_id = client;
  options.replication_factor = topics.replication;
  options.min_insync_replicas = topics.min_in_sync;
  options.on_log = [&logger](int level, std::string_view message) {
    if (level < kSyslogWarning) {
      logger.Error("kafka_client", {{"says", message}});
    } else if (level == kSyslogWarning) {
      logger.Warning("kafka_client", {{"says", message}});
    } else {
      logger.Debug("kafka_client", {{"says", message}});
    }
  };
  return eventlog::OpenKafkaLog(options, clock);
}

absl::StatusOr<std::unique_ptr<store::Store>> OpenRedis(const RedisSettings& settings,
                                                        const base::Clock& clock) {
  store::RedisStoreOptions options = settings.store;
  options.addresses = settings.addresses;
  options.mode = settings.cluster ? store::RedisMode::kCluster : store::RedisMode::kSingle;
  if (settings.tls) options.tls = settings.tls_files;
  return store::OpenRedisStore(options, clock);
}

absl::Status VerifyTopics(eventlog::EventLog& log) {
  for (const eventlog::TopicSpec& wanted : StandardTopics({})) {
    const auto found = log.Describe(wanted.name);
    if (absl::IsNotFound(found.status())) {
      return base::Error(absl::StatusCode::kNotFound, "no_topic",
                         fmt::format("There is no topic {}. Make all of them once with "
                                     "`centralita topics apply`, then start again.",
                                     wanted.name));
    }
    ABSL_RETURN_IF_ERROR(found.status());
    if (found->spec.compacted != wanted.compacted) {
      return base::Error(
          absl::StatusCode::kFailedPrecondition, "topic_differs",
          fmt::format("The topic {} is {}compacted, and must {}be. See `centralita topics plan`.",
                      wanted.name, found->spec.compacted ? "" : "not ",
                      wanted.compacted ? "" : "not "));
    }
  }
  return absl::OkStatus();
}

}  // namespace centralita::app
