#include "tests/support/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "absl/strings/match.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"

namespace centralita::testing {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr size_t kSlots = 16384;

// Asks until it is so; false when patience has run out.
bool Await(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

std::string FileText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

int FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  int port = 0;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    port = ntohs(address.sin_port);
  }
  ::close(fd);
  return port;
}

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start(
    const std::vector<std::string>& arguments) {
  absl::Status status;
  // Somebody else may take the port before the server does.
  for (int attempt = 0; attempt < 3; ++attempt) {
    auto server = std::unique_ptr<RedisServer>(new RedisServer(FreePort(), FreePort(), arguments));
    status = server->Launch();
    if (status.ok()) return server;
  }
  return status;
}

RedisServer::~RedisServer() { Kill(); }

absl::Status RedisServer::Launch() {
  std::vector<std::string> words = {"redis-server",
                                    "--port",
                                    std::to_string(port_),
                                    "--bind",
                                    "127.0.0.1",
                                    "--dir",
                                    folder_.File(""),
                                    "--logfile",
                                    folder_.File("log"),
                                    "--appendonly",
                                    "yes",
                                    "--appendfsync",
                                    "everysec",
                                    "--save",
                                    "",
                                    "--cluster-port",
                                    std::to_string(bus_port_),
                                    "--enable-debug-command",
                                    "yes"};
  words.insert(words.end(), arguments_.begin(), arguments_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    // Only what is safe after a fork of a process with threads.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, 0);
    ::dup2(null, 1);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  return WaitUntilItAnswers();
}

absl::Status RedisServer::WaitUntilItAnswers() {
  bool ended = false;
  const bool answers = Await([&] {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      ended = true;
      return true;
    }
    // Another server may have taken the port just before; one that wants a password says nothing.
    const auto info = Run({"INFO", "server"});
    if (info.ok() && info->find(fmt::format("process_id:{}\r", pid_)) == std::string::npos) {
      return false;
    }
    const auto pong = Run({"PING"});
    return !absl::IsUnavailable(pong.status()) &&
           !absl::StartsWith(pong.status().message(), "LOADING");
  });
  if (answers && !ended) return absl::OkStatus();
  if (ended) pid_ = -1;
  return absl::UnavailableError(base::ToAbsl(fmt::format(
      "redis-server does not start (is the Debian package redis-server installed?):\n{}",
      FileText(folder_.File("log")))));
}

void RedisServer::End(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Kill() { End(SIGKILL); }
void RedisServer::Stop() { End(SIGTERM); }

absl::Status RedisServer::Restart() {
  Kill();
  return Launch();
}

absl::Status RedisServer::RestartEmpty() {
  Kill();
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.File(""))) {
    std::filesystem::remove_all(entry.path(), ignored);
  }
  return Launch();
}

absl::StatusOr<std::string> RedisServer::Run(const std::vector<std::string>& command) const {
  ABSL_ASSIGN_OR_RETURN(RedisClient client, RedisClient::Connect(port_));
  return client.Run(command);
}

absl::StatusOr<std::unique_ptr<RedisCluster>> RedisCluster::Start() {
  auto cluster = std::unique_ptr<RedisCluster>(new RedisCluster());
  for (auto& node : cluster->nodes_) {
    ABSL_ASSIGN_OR_RETURN(
        node, RedisServer::Start({"--cluster-enabled", "yes", "--cluster-node-timeout", "3000",
                                  "--cluster-require-full-coverage", "no"}));
  }
  ABSL_RETURN_IF_ERROR(cluster->Join());
  ABSL_RETURN_IF_ERROR(cluster->WaitUntilWhole());
  return cluster;
}

std::vector<std::string> RedisCluster::addresses() const {
  std::vector<std::string> all;
  for (const auto& node : nodes_) all.push_back(node->address());
  return all;
}

absl::Status RedisCluster::Join() {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const size_t first = i * kSlots / nodes_.size();
    const size_t last = (i + 1) * kSlots / nodes_.size() - 1;
    const std::vector<std::vector<std::string>> commands = {
        {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)},
        {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(last)},
        {"CLUSTER", "MEET", "127.0.0.1", std::to_string(nodes_[0]->port()),
         std::to_string(nodes_[0]->bus_port())}};
    for (const auto& command : commands) {
      if (i == 0 && command[1] == "MEET") continue;
      ABSL_RETURN_IF_ERROR(nodes_[i]->Run(command).status());
    }
    ABSL_ASSIGN_OR_RETURN(ids_[i], nodes_[i]->Run({"CLUSTER", "MYID"}));
  }
  return absl::OkStatus();
}

absl::Status RedisCluster::WaitUntilWhole() {
  const bool whole = Await([this] {
    return std::all_of(nodes_.begin(), nodes_.end(), [](const auto& node) {
      const std::string info = node->Run({"CLUSTER", "INFO"}).value_or("");
      return info.find("cluster_state:ok") != std::string::npos &&
             info.find("cluster_slots_ok:16384") != std::string::npos &&
             info.find("cluster_known_nodes:3") != std::string::npos;
    });
  });
  return whole ? absl::OkStatus() : absl::UnavailableError("the Redis Cluster does not form");
}

}  // namespace centralita::testing
