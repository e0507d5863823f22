#include "tests/e2e/cluster.h"

#include <unistd.h>

#include <fstream>
#include <iterator>

#include "centralita/base/clock.h"
#include "centralita/eventlog/kafka_log.h"

namespace centralita::e2e {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

Cluster::~Cluster() { Down(); }

Finished Cluster::Script(const std::vector<std::string>& words, std::chrono::milliseconds limit) {
  std::vector<std::string> all = {"/usr/bin/env",
                                  "CENTRALITA_CLUSTER_FOLDER=" + folder_.File("cluster"),
                                  "CENTRALITA_CLUSTER_PORT=0",
                                  "CENTRALITA_CLUSTER_OWNER=" + std::to_string(getpid()),
                                  "CENTRALITA_BIN=" CENTRALITA_BIN,
                                  CENTRALITA_CLUSTER_SCRIPT};
  all.insert(all.end(), words.begin(), words.end());
  return RunToEnd(all, "", limit);
}

std::string Cluster::At(int offset) const {
  const std::string first = Read(folder_.File("cluster/first_port"));
  return "127.0.0.1:" + std::to_string((first.empty() ? 0 : std::stoi(first)) + offset);
}

std::string Cluster::LogOf(const std::string& part) const {
  return Read(folder_.File("cluster/logs/" + part + ".log"));
}

Finished Cluster::Judge(const std::string& ledger, const std::string& report) const {
  const base::SystemClock clock;
  eventlog::KafkaLogOptions options;
  options.bootstrap_servers = At(92);
  const auto log = eventlog::OpenKafkaLog(options, clock);
  if (!log.ok()) return {-1, log.status().ToString()};
  return JudgeLedger(**log, ledger, report);
}

}  // namespace centralita::e2e
