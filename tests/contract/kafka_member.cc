// A member of a group in a process of its own, which a test can kill: kafka_member BOOTSTRAP PREFIX
// GROUP MEMBER TOPIC. Prints the number of partitions that it holds whenever that changes.
#include <cstdio>

#include "centralita/eventlog/kafka_log.h"

int main(int argc, char** argv) {
  namespace eventlog = centralita::eventlog;
  if (argc != 6) return 2;
  const centralita::base::SystemClock clock;
  eventlog::KafkaLogOptions options;
  options.bootstrap_servers = argv[1];
  options.prefix = argv[2];
  options.session_timeout = centralita::base::Duration(3'000);
  const auto log = eventlog::OpenKafkaLog(options, clock);
  if (!log.ok()) return 1;
  const auto consumer = (*log)->Join(argv[3], argv[4], {argv[5]}, {});
  if (!consumer.ok()) return 1;
  for (size_t held = 0;;) {
    const auto result = (*consumer)->Poll(centralita::base::Duration(100));
    if (!result.ok()) return 1;
    held += result->assigned.size();
    held -= result->revoked.size();
    if (result->assigned.empty() && result->revoked.empty()) continue;
    std::printf("%zu\n", held);
    std::fflush(stdout);
  }
}
