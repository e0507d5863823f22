#include "tests/support/kafka_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"

namespace centralita::contract {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolderPrefix = "centralita-kafka-";
// Any 16 bytes: the cluster lives and dies with its folder.
constexpr const char* kClusterId = "Y2VudHJhbGl0YS10ZXN0cw";
constexpr int kAnswerAttempts = 120;
constexpr int kAnswerMs = 500;
constexpr int kStartAttempts = 3;

std::string Jars() {
  const char* const named = std::getenv("CENTRALITA_KAFKA_JARS");
  return named != nullptr ? named : CENTRALITA_KAFKA_JARS;
}

// Folders carry the process that made them; those of processes that are gone are left-overs.
void SweepLeftOvers() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kFolderPrefix)) continue;
    pid_t owner = 0;
    std::from_chars(name.data() + kFolderPrefix.size(), name.data() + name.size(), owner);
    if (owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry, ignored);
  }
}

absl::StatusOr<std::string> MakeFolder() {
  SweepLeftOvers();
  std::string path =
      (fs::temp_directory_path() / fmt::format("{}{}-XXXXXX", kFolderPrefix, ::getpid())).string();
  if (::mkdtemp(path.data()) == nullptr)
    return absl::UnavailableError(base::ToAbsl(fmt::format("cannot create {}", path)));
  return path;
}

// Ports that were free a moment ago.
std::array<uint16_t, 3> FreePorts() {
  std::array<uint16_t, 3> ports{};
  std::array<int, 3> sockets{};
  for (size_t i = 0; i < ports.size(); ++i) {
    sockets[i] = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(sockets[i], reinterpret_cast<sockaddr*>(&address), size);
    ::getsockname(sockets[i], reinterpret_cast<sockaddr*>(&address), &size);
    ports[i] = ntohs(address.sin_port);
  }
  for (const int socket : sockets) ::close(socket);
  return ports;
}

// Runs `arguments` with its output appended to `log`; it is killed when this thread ends.
pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  // Between fork and exec: only what may be called with other threads gone.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execvp(argv[0], argv.data());
  ::_exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaServer>> KafkaServer::Start(
    const std::optional<KafkaSecurity>& security) {
  absl::Status last;
  for (int i = 0; i < kStartAttempts; ++i) {
    ABSL_ASSIGN_OR_RETURN(std::string folder, MakeFolder());
    auto server = std::unique_ptr<KafkaServer>(new KafkaServer(std::move(folder), security));
    last = server->Configure();
    if (last.ok()) last = server->Format();
    if (last.ok()) last = server->Launch();
    if (last.ok()) return server;
  }
  return last;
}

KafkaServer::~KafkaServer() {
  Kill();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

absl::Status KafkaServer::Configure() {
  const auto [port, controller_port, secure_port] = FreePorts();
  bootstrap_ = fmt::format("127.0.0.1:{}", port);
  secure_ = fmt::format("127.0.0.1:{}", secure_port);
  const bool secure = security_.has_value();
  std::ofstream(folder_ + "/server.properties")
      << "process.roles=broker,controller\nnode.id=1\n"
      << fmt::format("controller.quorum.voters=1@127.0.0.1:{}\n", controller_port)
      << fmt::format("listeners=PLAINTEXT://{},CONTROLLER://127.0.0.1:{}{}\n", bootstrap_,
                     controller_port, secure ? ",SECURE://" + secure_ : "")
      << fmt::format("advertised.listeners=PLAINTEXT://{}{}\n", bootstrap_,
                     secure ? ",SECURE://" + secure_ : "")
      << "controller.listener.names=CONTROLLER\n"
      << "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL\n"
      << SecureSettings() << fmt::format("log.dirs={}/data\n", folder_)
      << "auto.create.topics.enable=false\n"
         "offsets.topic.replication.factor=1\noffsets.topic.num.partitions=3\n"
         "transaction.state.log.replication.factor=1\ntransaction.state.log.min.isr=1\n"
         "group.initial.rebalance.delay.ms=0\ngroup.min.session.timeout.ms=500\n"
         "broker.session.timeout.ms=1000\nbroker.heartbeat.interval.ms=200\n"
         "log.cleaner.dedupe.buffer.size=8388608\n";
  return absl::OkStatus();
}

std::string KafkaServer::SecureSettings() const {
  if (!security_.has_value()) return {};
  constexpr std::string_view kModule = "org.apache.kafka.common.security";
  return "inter.broker.listener.name=PLAINTEXT\n"
         "listener.name.secure.ssl.client.auth=required\n"
         "listener.name.secure.ssl.keystore.type=PEM\n"
         "listener.name.secure.ssl.truststore.type=PEM\n"
         "listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256\n" +
         fmt::format("listener.name.secure.ssl.keystore.location={}\n", security_->server_store) +
         fmt::format("listener.name.secure.ssl.truststore.location={}\n", security_->client_ca) +
         fmt::format(
             "listener.name.secure.plain.sasl.jaas.config={}.plain.PlainLoginModule required "
             "user_{}=\"{}\";\n",
             kModule, security_->user, security_->password) +
         fmt::format(
             "listener.name.secure.scram-sha-256.sasl.jaas.config={}.scram."
             "ScramLoginModule required;\n",
             kModule);
}

absl::Status KafkaServer::Format() {
  std::vector<std::string> command = {"java",
                                      "-Xmx128m",
                                      "-XX:TieredStopAtLevel=1",
                                      "-XX:+UseSerialGC",
                                      "-cp",
                                      Jars() + "/*",
                                      "kafka.tools.StorageTool",
                                      "format",
                                      "-t",
                                      kClusterId,
                                      "-c",
                                      folder_ + "/server.properties"};
  if (security_.has_value()) {
    command.insert(command.end(),
                   {"--add-scram", fmt::format("SCRAM-SHA-256=[name={},password={}]",
                                               security_->user, security_->password)});
  }
  const pid_t formatter = Spawn(command, folder_ + "/log");
  int status = 0;
  ::waitpid(formatter, &status, 0);
  if (status == 0) return absl::OkStatus();
  return absl::UnavailableError(
      base::ToAbsl(fmt::format("Kafka could not format its storage:\n{}", EndOfLog())));
}

absl::Status KafkaServer::Launch() {
  process_ = Spawn({"java", "-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                    "-cp", Jars() + "/*", "kafka.Kafka", folder_ + "/server.properties"},
                   folder_ + "/log");
  return WaitUntilItAnswers();
}

absl::Status KafkaServer::WaitUntilItAnswers() {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap_.c_str(), nullptr, 0);
  rd_kafka_conf_set(conf, "reconnect.backoff.max.ms", "100", nullptr, 0);
  rd_kafka_conf_set_log_cb(conf, nullptr);
  const std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)> client(
      rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0), rd_kafka_destroy);
  for (int i = 0; i < kAnswerAttempts; ++i) {
    const rd_kafka_metadata_t* metadata = nullptr;
    if (rd_kafka_metadata(client.get(), 0, nullptr, &metadata, kAnswerMs) == 0) {
      const bool there = metadata->broker_cnt > 0;
      rd_kafka_metadata_destroy(metadata);
      if (there) return absl::OkStatus();
    }
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      return absl::UnavailableError(
          base::ToAbsl(fmt::format("Kafka ended at once:\n{}", EndOfLog())));
    }
  }
  return absl::UnavailableError(
      base::ToAbsl(fmt::format("Kafka does not answer at {}:\n{}", bootstrap_, EndOfLog())));
}

void KafkaServer::Kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

absl::Status KafkaServer::Restart() {
  Kill();
  return Launch();
}

std::string KafkaServer::EndOfLog() const {
  std::ifstream in(folder_ + "/log");
  std::string text{std::istreambuf_iterator<char>(in), {}};
  constexpr size_t kEnd = 3'000;
  return text.size() > kEnd ? text.substr(text.size() - kEnd) : text;
}

void KafkaEnvironment::SetUp() {
  auto server = KafkaServer::Start();
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
}

}  // namespace centralita::contract
