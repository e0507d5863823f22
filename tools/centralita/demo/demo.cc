#include "demo/demo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agents/ledger_observer.h"
#include "agents/simulated_agents.h"
#include "centralita/app/policy_document.h"
#include "centralita/app/stop_signal.h"
#include "centralita/base/clock.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "centralita/rpc/status.h"
#include "demo/ledger_dump.h"
#include "demo/player.h"
#include "demo/screen.h"
#include "demo/shop.h"
#include "demo/storyteller.h"
#include "views/table.h"

extern char** environ;

namespace centralita::demo {
namespace {

namespace fs = std::filesystem;

constexpr base::Duration kRefresh{500};
constexpr double kResolvedShare = 0.95;

// The keys of the demo's policy; a shop's own are nowhere in clear.
const std::map<std::string, std::string>& Keys() {
  static const std::map<std::string, std::string> kKeys = {{"luna", "luna-demo-key"},
                                                           {"sol", "sol-demo-key"}};
  return kKeys;
}

class Demo final {
 public:
  Demo(const DemoOptions& options, app::StopSignal& stop)
      : options_(options), stop_(stop), screen_(isatty(STDOUT_FILENO) != 0) {}

  // The kernel lets go of the lock with it.
  ~Demo() {
    if (lock_ >= 0) ::close(lock_);
  }

  absl::StatusOr<int> Run() {
    ABSL_ASSIGN_OR_RETURN(Script script, ReadScript(options_.input));
    ABSL_RETURN_IF_ERROR(PrepareFolder());
    ABSL_RETURN_IF_ERROR(OpenShop());
    ABSL_RETURN_IF_ERROR(StartAgents());
    ABSL_ASSIGN_OR_RETURN(
        teller_,
        Storyteller::Start(shop_->log(), [this](const std::string& line) { screen_.Say(line); }));
    fmt::print(
        "Mercado Luna's busy afternoon: {} messages, 12 agents, clocks of seconds, so that "
        "warnings and some\n"
        "breaches really happen. Three stories are told as they happen (★).\n\n",
        script.messages.size());
    std::fflush(stdout);
    if (!Play(std::move(script))) {
      fmt::print("\nInterrupted; stopping in good order.\n");
      Stop();
      return 130;
    }
    return Report();
  }

 private:
  std::string Path(const char* name) const { return (fs::path(options_.folder) / name).string(); }

  std::string Input(const char* name) const { return (fs::path(options_.input) / name).string(); }

  // Only what a demo made is removed.
  absl::Status PrepareFolder() {
    std::error_code error;
    fs::create_directories(options_.folder, error);
    lock_ = ::open(Path("lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      return absl::FailedPreconditionError(fmt::format(
          "Another demo runs in {}; wait for its end, or name another folder by --data.",
          options_.folder));
    }
    for (const char* name : {"data", "ledger"}) fs::remove_all(Path(name), error);
    for (const char* name : {"report.json", "log.txt"}) fs::remove(Path(name), error);
    fs::create_directories(Path("data"), error);
    if (error) {
      return absl::PermissionDeniedError(
          fmt::format("The folder {} cannot be written: {}.", options_.folder, error.message()));
    }
    ABSL_ASSIGN_OR_RETURN(ledger_, ledger::LedgerWriter::Open(Path("ledger"), "demo"));
    return absl::OkStatus();
  }

  absl::Status OpenShop() {
    telemetry::LogOptions log;
    log.file = Path("log.txt");
    ABSL_ASSIGN_OR_RETURN(logger_, telemetry::Logger::Create(log, clock_));
    auto shop = options_.join.has_value()
                    ? JoinCluster(*options_.join, options_.cluster)
                    : OpenOwnShop(Path("data"), Input("policy.yaml"), *logger_, clock_);
    if (!shop.ok()) {
      return absl::Status(
          shop.status().code(),
          fmt::format("{} The log is in {}.", std::string(shop.status().message()), log.file));
    }
    shop_ = *std::move(shop);
    endpoint_.server = shop_->addresses().metrics;
    endpoint_.api_key = Keys().at("luna");
    questions_ = metrics::v1::MetricsService::NewStub(endpoint_.Connect());
    return absl::OkStatus();
  }

  absl::Status StartAgents() {
    ABSL_ASSIGN_OR_RETURN(const auto policy, app::PolicyDocument::ReadFile(Input("policy.yaml")));
    client::Endpoint gateway;
    gateway.server = shop_->addresses().gateway;
    observer_ = std::make_unique<agents::LedgerObserver>(*ledger_, clock_);
    for (const std::string& tenant : policy.Tenants()) {
      agents::SimulatedAgentsOptions options;
      options.credentials = {tenant, Keys().contains(tenant) ? Keys().at(tenant) : "", ""};
      // Only where messages come from: the other tenant's agents stay at home.
      if (tenant != "luna") continue;
      for (const auto& agent : policy.agents()) options.agent_ids.push_back(agent.agent_id());
      options.think = base::Duration(250);
      options.handling = base::Duration(1700);
      options.decline = 0.05;
      options.ignore = 0.06;
      options.drop_out_every = base::Duration(60'000);
      options.seed = options_.seed;
      crew_ = agents::SimulatedAgents::Start(options, gateway.Connect(), clock_, observer_.get());
    }
    return absl::OkStatus();
  }

  // False if it was interrupted.
  bool Play(Script script) {
    client::Endpoint ingest(client::Side::kIngest);
    ingest.server = shop_->addresses().ingest;
    player_ = std::make_unique<Player>(
        std::move(script), ingest, Keys(), clock_, *ledger_,
        [this](const client::PlayedMessage& played, const ingest::v1::ItemResult& result) {
          ++told_;
          if (!played.notes.story.empty()) {
            teller_->Accepted(played.notes.story, result.message_id(),
                              fmt::format("\"{}\"", Excerpt(played.message.text())));
          }
        });
    const auto start = clock_.Monotonic();
    std::chrono::steady_clock::time_point played{};
    while (true) {
      if (stop_.WaitFor(kRefresh)) return false;
      const auto now = clock_.Monotonic();
      Moment moment;
      moment.elapsed_ms = std::chrono::duration_cast<base::Duration>(now - start).count();
      moment.now_unix_ms = base::ToUnixMillis(clock_.Now());
      moment.told_accepted = told_;
      if (Look(moment)) screen_.Show(moment);
      if (!player_->done()) continue;
      if (played == std::chrono::steady_clock::time_point{}) played = now;
      const auto& m = moment.overview.messages();
      const bool settled = m.accepted() >= told_ &&
                           m.accepted() == m.resolved() + m.duplicates() + m.dead_lettered();
      if (settled || now - played > std::chrono::seconds(options_.settle_seconds)) break;
    }
    screen_.End();
    return true;
  }

  static std::string Excerpt(const std::string& text) {
    const size_t end = std::min(text.find('\n'), text.size());
    return views::Shorten(text.substr(0, end), 60);
  }

  bool Look(Moment& moment) {
    grpc::ClientContext context;
    endpoint_.Prepare(context);
    metrics::v1::GetOverviewRequest request;
    if (!questions_->GetOverview(&context, request, &moment.overview).ok()) return false;
    grpc::ClientContext second;
    endpoint_.Prepare(second);
    metrics::v1::ListQueuesRequest queues;
    return questions_->ListQueues(&second, queues, &moment.queues).ok();
  }

  absl::StatusOr<int> Report() {
    if (const absl::Status status = player_->status(); !status.ok()) {
      fmt::print("\nNot everything of the input could be played: {}\n",
                 std::string(status.message()));
    }
    crew_->Stop();
    // A last look at the whole log: it is the events that the ledger is checked against.
    ABSL_RETURN_IF_ERROR(DumpLog(shop_->log(), *ledger_));
    ABSL_RETURN_IF_ERROR(ledger_->Close());
    fmt::print("\n");
    std::fflush(stdout);
    ABSL_ASSIGN_OR_RETURN(const int checked, Check());
    ABSL_ASSIGN_OR_RETURN(const int exit_code, Judge(checked));
    if (options_.keep) {
      KeepRunning();
    }
    Stop();
    return exit_code;
  }

  absl::StatusOr<int> Check() {
    std::string program = options_.checker;
    if (program.empty()) {
      std::error_code error;
      program =
          (fs::read_symlink("/proc/self/exe", error).parent_path() / "centralita-ledger-check")
              .string();
    }
    const std::string report = Path("report.json");
    const std::string ledger = Path("ledger");
    std::vector<std::string> words = {program, "--report", report, ledger};
    std::vector<char*> args;
    for (std::string& word : words) args.push_back(word.data());
    args.push_back(nullptr);
    pid_t child = 0;
    if (posix_spawn(&child, program.c_str(), nullptr, nullptr, args.data(), environ) != 0) {
      return absl::NotFoundError(fmt::format(
          "The ledger check {} cannot be started; build it with ./dev build.", program));
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
      return absl::InternalError("The ledger check ended abnormally.");
    }
    if (WEXITSTATUS(status) == 2)
      return absl::DataLossError("The ledger could not be judged; see above.");
    return WEXITSTATUS(status);
  }

  // The checker says what is wrong; the demo adds that the work was done.
  absl::StatusOr<int> Judge(int checked) {
    std::ifstream file(Path("report.json"));
    const auto report = nlohmann::json::parse(file, nullptr, false);
    if (!report.is_object()) return absl::DataLossError("The report was not written.");
    const auto accepted = report.value("accepted", uint64_t{0});
    const auto duplicates = report.value("duplicates", uint64_t{0});
    const auto resolved = report.value("resolved", uint64_t{0});
    const bool done =
        accepted > duplicates && static_cast<double>(resolved) >=
                                     kResolvedShare * static_cast<double>(accepted - duplicates);
    fmt::print("\n{} The report is in {}, the log in {}.\n",
               checked != 0 ? "FAULTS were found, see above."
               : !done      ? "Nothing was lost, but less than 95 % was resolved in time."
                            : "Nothing lost, nothing done twice, nobody above capacity.",
               Path("report.json"), Path("log.txt"));
    if (!options_.keep) {
      fmt::print(
          "Next: ./dev demo --keep leaves it running to try things; README.md tells what.\n");
    }
    return checked == 0 && done ? 0 : 1;
  }

  void KeepRunning() {
    const Addresses& at = shop_->addresses();
    fmt::print(
        "\nIt goes on running; Ctrl-C stops it. Try, in another terminal (export "
        "CENTRALITA_API_KEY={0}):\n"
        "  build/release/bin/centralita agent --server {1} --as carmen\n"
        "  build/release/bin/centralita send --server {2} --channel chat \"hola, ¿dónde está mi "
        "pedido?\"\n"
        "  build/release/bin/centralita queues --server {3}\n"
        "  build/release/bin/centralita explain --server {3} MESSAGE_ID\n"
        "  curl -s http://{4}/metrics | grep centralita_messages\n",
        Keys().at("luna"), at.gateway, at.ingest, at.metrics, at.admin);
    std::fflush(stdout);
    stop_.Wait();
  }

  void Stop() {
    player_.reset();
    teller_.reset();
    if (crew_ != nullptr) crew_->Stop();
    crew_.reset();
    questions_.reset();
    if (shop_ != nullptr) shop_->Stop();
    shop_.reset();
  }

  const DemoOptions options_;
  app::StopSignal& stop_;
  const base::SystemClock clock_;
  Screen screen_;
  std::atomic<uint64_t> told_{0};
  int lock_ = -1;
  std::unique_ptr<telemetry::Logger> logger_;
  std::unique_ptr<ledger::LedgerWriter> ledger_;
  std::unique_ptr<Shop> shop_;
  client::Endpoint endpoint_;
  std::unique_ptr<metrics::v1::MetricsService::Stub> questions_;
  std::unique_ptr<agents::LedgerObserver> observer_;
  std::unique_ptr<agents::SimulatedAgents> crew_;
  std::unique_ptr<Storyteller> teller_;
  std::unique_ptr<Player> player_;
};

}  // namespace

absl::StatusOr<int> RunDemo(const DemoOptions& options, app::StopSignal& stop) {
  return Demo(options, stop).Run();
}

}  // namespace centralita::demo
