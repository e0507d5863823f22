// centralita export corrections: what agents knew better, as rows for `centralita train --from`.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "centralita/base/clock.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/eventlog/sqlite_log.h"
#include "centralita/metrics/corrections.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "client/endpoint.h"
#include "client/private_file.h"
#include "client/when.h"
#include "commands/commands.h"
#include "views/correction_row.h"

namespace centralita::commands {
namespace {

// It reads whole topics.
constexpr base::Duration kLimit{60 * 60'000};

struct Options {
  client::Endpoint endpoint;
  std::string since;
  std::string until;
  std::string output = "-";
  std::string data;
};

class Exporting {
 public:
  explicit Exporting(Options& options) : options_(options) {}

  absl::Status Run() {
    ABSL_RETURN_IF_ERROR(ReadSpan());
    const bool to_file = options_.output != "-";
    if (to_file) {
      ABSL_ASSIGN_OR_RETURN(file_, client::PrivateFile::Create(options_.output));
    }
    ABSL_RETURN_IF_ERROR(options_.data.empty() ? FromServer() : FromFolder());
    if (to_file) ABSL_RETURN_IF_ERROR(file_->Finish());
    std::fflush(stdout);
    fmt::print(stderr,
               "{} corrections{}. They are what customers wrote: personal data; keep them as long "
               "as you need them.\n",
               written_, to_file ? fmt::format(" in {} (mode 0600)", options_.output) : "");
    if (without_text_ > 0) {
      fmt::print(stderr, "{} more are older than the texts that the log keeps.\n", without_text_);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadSpan() {
    const base::TimePoint now = clock_.Now();
    if (!options_.since.empty()) {
      ABSL_ASSIGN_OR_RETURN(const auto since, client::ParseWhen(options_.since, now));
      request_.set_from_unix_ms(base::ToUnixMillis(since));
    }
    if (!options_.until.empty()) {
      ABSL_ASSIGN_OR_RETURN(const auto until, client::ParseWhen(options_.until, now));
      request_.set_until_unix_ms(base::ToUnixMillis(until));
    }
    return absl::OkStatus();
  }

  absl::Status FromServer() {
    ABSL_RETURN_IF_ERROR(options_.endpoint.Complete());
    const auto stub = metrics::v1::MetricsService::NewStub(options_.endpoint.Connect());
    grpc::ClientContext context;
    options_.endpoint.Prepare(context);
    rpc::SetDeadline(context, kLimit);
    const auto reader = stub->ExportCorrections(&context, request_);
    metrics::v1::ExportCorrectionsResponse response;
    absl::Status status;
    while (reader->Read(&response)) {
      status = Take(response);
      if (status.ok()) continue;
      context.TryCancel();
      break;
    }
    const grpc::Status ended = reader->Finish();
    return status.ok() ? rpc::FromGrpc(ended) : status;
  }

  absl::Status FromFolder() {
    const auto path = std::filesystem::path(options_.data) / "log.db";
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
      return base::Error(absl::StatusCode::kNotFound, "no_data_folder",
                         fmt::format("{} is not there; name the folder that `centralita up` "
                                     "writes (--node.data_dir).",
                                     path.string()));
    }
    ABSL_ASSIGN_OR_RETURN(const auto log, eventlog::OpenSqliteLog({.path = path.string()}, clock_));
    absl::Status status;
    const absl::Status exported =
        metrics::Corrections(*log, clock_)
            .Export(
                options_.endpoint.tenant, request_, [] { return true; },
                [&](const metrics::v1::ExportCorrectionsResponse& response) {
                  status = Take(response);
                  return status.ok();
                });
    return status.ok() ? exported : status;
  }

  absl::Status Take(const metrics::v1::ExportCorrectionsResponse& response) {
    without_text_ += response.without_text();
    for (const metrics::v1::Correction& correction : response.corrections()) {
      const std::string row = views::CorrectionRow(correction);
      if (file_ != nullptr) {
        ABSL_RETURN_IF_ERROR(file_->Write(row));
      } else if (std::fwrite(row.data(), 1, row.size(), stdout) != row.size()) {
        return absl::UnavailableError("Standard output cannot be written.");
      }
      ++written_;
    }
    return absl::OkStatus();
  }

  Options& options_;
  base::SystemClock clock_;
  metrics::v1::ExportCorrectionsRequest request_;
  std::unique_ptr<client::PrivateFile> file_;
  uint64_t written_ = 0;
  uint64_t without_text_ = 0;
};

int RunVerb(Options& options) {
  const absl::Status status = Exporting(options).Run();
  return status.ok() ? 0 : client::Fail(status);
}

}  // namespace

void AddExport(CLI::App& app, Run& run) {
  CLI::App* verb = app.add_subcommand("export", "What the log knows, as files");
  verb->require_subcommand(1);
  auto options = std::make_shared<Options>();
  CLI::App* corrections = verb->add_subcommand(
      "corrections", "What agents resolved with another intent, as rows for `train --from`");
  corrections->footer(
      "A row is what the customer wrote until the first answer, without quoted history and "
      "signature, with the agent's\n"
      "intent; of a conversation the last correction counts. These are customers' words: personal "
      "data.\n"
      "Example: centralita export corrections --api-key luna-demo-key --since 30d --output "
      "corrections.jsonl\n"
      "         centralita train --from corrections.jsonl --output model.bin");
  corrections->add_option("--since", options->since,
                          "Corrected since then: 7d (ago), 2026-11-01, 2026-11-01T09:30:00Z");
  corrections->add_option("--until", options->until, "Corrected before then");
  corrections
      ->add_option("--output", options->output,
                   "File that only you may read (mode 0600); - for standard output")
      ->capture_default_str();
  auto* data =
      corrections->add_option("--data", options->data,
                              "Instead of asking a server: the data folder of one that is stopped");
  options->endpoint.AddOptions(*corrections);
  data->excludes("--server");
  corrections->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
