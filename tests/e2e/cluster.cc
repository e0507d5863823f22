#include "tests/e2e/cluster.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "centralita/eventlog/kafka_log.h"

namespace centralita::e2e {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Their admin ports follow each other, as in scripts/cluster.sh.
constexpr std::array kServices = {"router-0",     "router-1",     "sla-timer-0",
                                  "metrics-0",    "gateway-0",    "gateway-1",
                                  "classifier-0", "classifier-1", "ingest-0"};

}  // namespace

Cluster::~Cluster() { Down(); }

Finished Cluster::Script(const std::vector<std::string>& words, std::chrono::milliseconds limit) {
  std::vector<std::string> all = {"/usr/bin/env",
                                  "CENTRALITA_CLUSTER_FOLDER=" + folder_.File("cluster"),
                                  "CENTRALITA_CLUSTER_PORT=0",
                                  "CENTRALITA_CLUSTER_OWNER=" + std::to_string(getpid()),
                                  "CENTRALITA_BIN=" CENTRALITA_BIN,
                                  "CENTRALITA_CLOCK_LIBRARY=" CENTRALITA_CLOCK_LIBRARY};
  if (!policy_.empty()) all.push_back("CENTRALITA_CLUSTER_POLICY=" + policy_);
  all.push_back(CENTRALITA_CLUSTER_SCRIPT);
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

void Cluster::KeepLogs(const std::string& folder) const {
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::filesystem::create_directories(folder, ignored);
  std::filesystem::copy(folder_.File("cluster/logs"), folder, ignored);
}

double Cluster::Metric(const std::vector<std::string>& parts, const std::string& name,
                       const std::string& labels) const {
  double sum = 0;
  for (const std::string& part : parts) {
    const auto at = std::find(kServices.begin(), kServices.end(), part) - kServices.begin();
    std::istringstream lines(RunToEnd({"/usr/bin/curl", "-s", "-m", "10",
                                       "http://" + At(20 + static_cast<int>(at)) + "/metrics"})
                                 .said);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(name) || line.find_first_of("{ ") != name.size()) continue;
      if (line.find(labels) == std::string::npos) continue;
      sum += std::strtod(line.c_str() + line.rfind(' '), nullptr);
    }
  }
  return sum;
}

int Cluster::redis_port() const {
  const std::string address = At(79);
  return std::stoi(address.substr(address.find(':') + 1));
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> Cluster::Log() const {
  eventlog::KafkaLogOptions options;
  options.bootstrap_servers = At(92);
  return eventlog::OpenKafkaLog(options, clock_);
}

Finished Cluster::Judge(const std::string& ledger, const std::string& report) const {
  const auto log = Log();
  if (!log.ok()) return {-1, log.status().ToString()};
  return JudgeLedger(**log, ledger, report);
}

}  // namespace centralita::e2e
