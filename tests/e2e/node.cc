#include "tests/e2e/node.h"

#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <cstdlib>
#include <regex>
#include <utility>

#include "centralita/app/backends.h"
#include "centralita/base/clock.h"
#include "centralita/ledger/ledger_writer.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "tools/centralita/demo/ledger_dump.h"

namespace centralita::e2e {
namespace {

std::string Program(const char* built) {
  const char* folder = std::getenv("CENTRALITA_E2E_BIN");
  if (folder == nullptr) return built;
  const std::string path = built;
  return std::string(folder) + path.substr(path.rfind('/'));
}

uint16_t PortIn(const std::string& text, const char* pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern))
             ? static_cast<uint16_t>(std::stoi(found[1]))
             : 0;
}

}  // namespace

std::string Centralita() { return Program(CENTRALITA_PROGRAM); }
std::string LedgerCheck() { return Program(CENTRALITA_LEDGER_CHECK); }
std::string DemoFolder() { return CENTRALITA_DEMO_FOLDER; }

bool Full() {
  const char* full = std::getenv("CENTRALITA_FULL");
  return full != nullptr && std::string(full) == "1";
}

bool Node::Start() {
  const auto port = [](const char* name, uint16_t value) {
    return std::string("--node.") + name + "_port=" + std::to_string(value);
  };
  child_ = std::make_unique<Child>(
      std::vector<std::string>{Centralita(), "up", "--data", data(), "--policy", policy_,
                               port("http", http_port_), port("ingest", ingest_port_),
                               port("admin", admin_port_), port("grpc", grpc_port_)},
      folder_ + "/up-" + std::to_string(++starts_) + ".txt");
  Eventually(
      [this] {
        return child_->Said().find("Centralita is up.") != std::string::npos || !child_->running();
      },
      std::chrono::seconds(60));
  if (!child_->Says("Ctrl-C stops it", std::chrono::seconds(1))) return false;
  const std::string said = Said();
  http_port_ = PortIn(said, R"(http://[^:]+:(\d+)/v1/messages)");
  ingest_port_ = PortIn(said, R"(senders +gRPC [^:]+:(\d+))");
  admin_port_ = PortIn(said, R"(admin +http://[^:]+:(\d+))");
  grpc_port_ = PortIn(said, R"(questions +gRPC [^:]+:(\d+))");
  return http_port_ != 0 && ingest_port_ != 0 && admin_port_ != 0 && grpc_port_ != 0;
}

void Node::Kill() {
  child_->Signal(SIGKILL);
  child_->Wait();
}

std::optional<int> Node::Stop(std::chrono::milliseconds limit) {
  child_->Signal(SIGTERM);
  return child_->Wait(limit);
}

std::vector<std::string> VerbTo(const std::string& server, std::vector<std::string> words) {
  words.insert(words.begin(), Centralita());
  for (const std::string& word :
       {std::string("--server"), server, std::string("--api-key"), std::string(kKey)}) {
    words.push_back(word);
  }
  return words;
}

bool System::Accepted(uint64_t at_least, std::chrono::milliseconds limit) const {
  return Eventually(
      [&] {
        const auto overview = Overview();
        return overview.ok() && overview->messages().accepted() >= at_least;
      },
      limit);
}

absl::StatusOr<metrics::v1::GetOverviewResponse> System::Overview() const {
  const auto stub = metrics::v1::MetricsService::NewStub(
      grpc::CreateChannel(questions(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", kTenant);
  context.AddMetadata("x-api-key", kKey);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  metrics::v1::GetOverviewResponse overview;
  const grpc::Status status =
      stub->GetOverview(&context, metrics::v1::GetOverviewRequest(), &overview);
  if (!status.ok()) return absl::UnavailableError(status.error_message());
  return overview;
}

bool System::Settled(uint64_t accepted, std::chrono::milliseconds limit) const {
  return Eventually(
      [&] {
        const auto overview = Overview();
        if (!overview.ok()) return false;
        const auto& m = overview->messages();
        return m.accepted() >= accepted && m.in_flight() == 0 &&
               m.accepted() == m.resolved() + m.duplicates() + m.dead_lettered();
      },
      limit);
}

std::string System::Standing() const {
  const auto overview = Overview();
  return overview.ok() ? overview->ShortDebugString() : overview.status().ToString();
}

Finished JudgeLedger(const std::string& data, const std::string& ledger,
                     const std::string& report) {
  const base::SystemClock clock;
  auto opened = app::OpenEmbedded({.data_dir = data, .topics = {}}, clock);
  if (!opened.ok()) return {-1, opened.status().ToString()};
  return JudgeLedger(*opened->log, ledger, report);
}

Finished JudgeLedger(eventlog::EventLog& log, const std::string& ledger,
                     const std::string& report) {
  auto writer = ledger::LedgerWriter::Open(ledger, "log");
  if (!writer.ok()) return {-1, writer.status().ToString()};
  absl::Status dumped = demo::DumpLog(log, **writer);
  dumped.Update((*writer)->Close());
  if (!dumped.ok()) return {-1, dumped.ToString()};
  return RunToEnd({LedgerCheck(), "--require-settled", "--report", report, ledger});
}

}  // namespace centralita::e2e
