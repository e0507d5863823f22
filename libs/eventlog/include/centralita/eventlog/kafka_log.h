// The log on Apache Kafka 3.9 or newer, by librdkafka.
//
// Topics have `message.timestamp.type=LogAppendTime`: append times are the leading broker's clock,
// so they go back when that does; stages take the latest so far. A topic's epoch is a digest of the
// id that Kafka gives to each topic at its creation: it is written with the topic, in the same
// step, cannot be lost or forgotten apart from it, and needs no second place that could disagree.
//
// Groups have static members: one that comes back within the session timeout gets its partitions
// without a rebalance of the others; Close() leaves at once. Compaction and retention happen when
// the brokers like.
//
// Errors beside those of eventlog.h: UNAUTHENTICATED and PERMISSION_DENIED, as the brokers say.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::eventlog {

struct KafkaTls {
  bool enabled = false;
  // PEM files; empty: the system's authorities, no client certificate.
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  std::string key_password;
};

struct KafkaSasl {
  // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, GSSAPI; empty: none.
  std::string mechanism;
  std::string username;
  std::string password;
};

enum class KafkaRebalance {
  // A rebalance takes all partitions from all members for a moment.
  kEager,
  // A rebalance takes only what moves; the other partitions go on. Not to be mixed with the other
  // within one group.
  kCooperative,
};

struct KafkaLogOptions {
  // "host:port,host:port".
  std::string bootstrap_servers{};
  // Seen in the brokers' logs and quotas.
  std::string client_id = "centralita";
  // In front of the names of topics and groups, for clusters that others use too.
  std::string prefix{};
  KafkaTls tls{};
  KafkaSasl sasl{};

  // Of topics that EnsureTopic() creates. Production: 3 and 2.
  int replication_factor = 3;
  int min_insync_replicas = 2;
  // Bound of key and value of one record.
  size_t max_record_bytes = 8 << 20;

  // How long a member that died keeps its partitions; the brokers' least is 6 s by default.
  base::Duration session_timeout{6'000};
  KafkaRebalance rebalance = KafkaRebalance::kCooperative;
  // Bound of what one consumer fetches ahead.
  size_t fetch_bytes = 32 << 20;

  // An append that is not durable by then fails.
  base::Duration delivery_timeout{30'000};
  // Bound of every other request.
  base::Duration request_timeout{10'000};

  // What librdkafka has to say, `level` as in syslog(3). Called on its threads; must not block.
  std::function<void(int level, std::string_view message)> on_log{};
  // Settings of librdkafka that have no name here; they go before ours.
  std::map<std::string, std::string> extra{};
};

// `clock` outlives the log. INVALID_ARGUMENT for options that cannot be, UNAVAILABLE if no broker
// answers within `request_timeout`.
absl::StatusOr<std::unique_ptr<EventLog>> OpenKafkaLog(const KafkaLogOptions& options,
                                                       const base::Clock& clock);

}  // namespace centralita::eventlog
