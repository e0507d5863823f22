// centralita load: an open-loop load on ingest, with a ledger on disk.
#include "load/load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "centralita/app/stop_signal.h"
#include "centralita/base/clock.h"
#include "centralita/base/uuid.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

struct Options {
  load::LoadOptions load;
  std::string ledger;
  std::string json;
  bool quiet = false;
};

std::string ToJson(const load::LoadResult& r) {
  return fmt::format(
      "{{\"sent\":{},\"accepted\":{},\"refused\":{},\"unanswered_frames\":{},\"reconnects\":{},"
      "\"seconds\":{:.3f},"
      "\"rate\":{:.0f},\"ack_p50_ms\":{:.2f},\"ack_p99_ms\":{:.2f},\"ack_max_ms\":{:.2f}}}\n",
      r.sent, r.accepted, r.refused, r.unanswered_frames, r.reconnects, r.seconds,
      static_cast<double>(r.accepted) / r.seconds, r.ack.QuantileMs(0.5), r.ack.QuantileMs(0.99),
      r.ack.MaxMs());
}

int RunVerb(Options& options) {
  // The first ends the load early, with its result; the second at once.
  const auto stop = app::StopSignal::Install();
  if (!stop.ok()) return client::Fail(stop.status());
  options.load.cancelled = [&stop] { return (*stop)->WaitFor(base::Duration(0)); };
  if (absl::Status status = options.load.endpoint.Complete(); !status.ok())
    return client::Fail(status);
  if (options.load.http && !options.ledger.empty()) {
    return client::Fail(
        absl::InvalidArgumentError("--http keeps no ledger; leave --ledger out, or --http."));
  }
  std::unique_ptr<ledger::LedgerWriter> ledger;
  if (!options.ledger.empty()) {
    auto opened = ledger::LedgerWriter::Open(options.ledger, "load");
    if (!opened.ok()) return client::Fail(opened.status());
    ledger = *std::move(opened);
    options.load.ledger = ledger.get();
  }
  if (options.load.run.empty()) options.load.run = base::RandomUuid().substr(0, 8);
  const bool terminal = isatty(STDERR_FILENO) != 0;
  if (!options.quiet) {
    options.load.progress = [&, last = uint64_t{0}](uint64_t sent, uint64_t accepted) mutable {
      fmt::print(stderr, "{}{:>10} sent  {:>10} accepted  {:>8}/s{}", terminal ? "\r" : "", sent,
                 accepted, accepted - last, terminal ? "" : "\n");
      last = accepted;
    };
  }
  const base::SystemClock clock;
  const auto result = load::RunLoad(options.load, clock);
  if (terminal && !options.quiet) fmt::print(stderr, "\n");
  if (!result.ok()) return client::Fail(result.status());
  if (ledger != nullptr) {
    if (absl::Status status = ledger->Close(); !status.ok()) return client::Fail(status);
  }
  fmt::print(
      "{} sent, {} accepted, {} refused in {:.1f} s: {:.0f} messages/s\n"
      "acknowledged after: half {:.1f} ms, 99 % {:.1f} ms, longest {:.1f} ms\n",
      result->sent, result->accepted, result->refused, result->seconds,
      static_cast<double>(result->accepted) / result->seconds, result->ack.QuantileMs(0.5),
      result->ack.QuantileMs(0.99), result->ack.MaxMs());
  if (result->reconnects > 0) fmt::print("connected again {} times\n", result->reconnects);
  if (result->unanswered_frames > 0)
    fmt::print("{} frames got no answer\n", result->unanswered_frames);
  if (!result->first_refusal.empty()) fmt::print("first refusal: {}\n", result->first_refusal);
  if (!options.json.empty()) {
    std::FILE* file = std::fopen(options.json.c_str(), "w");
    if (file == nullptr) {
      return client::Fail(absl::NotFoundError(fmt::format("{} cannot be written.", options.json)));
    }
    fmt::print(file, "{}", ToJson(*result));
    std::fclose(file);
  }
  return result->refused == 0 && result->unanswered_frames == 0 ? 0 : 1;
}

}  // namespace

void AddLoad(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  load::LoadOptions& load = options->load;
  CLI::App* verb =
      app.add_subcommand("load", "Send many messages at a rate and measure how long an ack takes");
  verb->footer(
      "Open loop: at --rate, messages are due whether or not the server keeps up, and latency "
      "counts from when a\n"
      "message was due. Without --rate it sends as fast as the server takes them. Ctrl-C ends it "
      "early, with its result.\n"
      "Examples:\n"
      "  centralita load --api-key luna-demo-key --messages 100000\n"
      "  centralita load --api-key luna-demo-key --messages 60000 --rate 2000 --ledger "
      "build/ledger");
  verb->add_option("--messages", load.messages, "How many")->capture_default_str();
  verb->add_option("--rate", load.rate, "A second; 0: as fast as they are taken")
      ->capture_default_str();
  verb->add_option("--streams", load.streams, "Connections")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  verb->add_flag("--http", load.http,
                 "Send by HTTP, one message a request; --server is then ingest's HTTP address, and "
                 "--streams says how many connections");
  verb->add_option("--frame", load.frame, "Messages in a frame")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--in-flight", load.max_frames_in_flight, "Frames without an answer, per stream")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  verb->add_option("--customers", load.customers, "Different customers")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  verb->add_option("--duplicates", load.duplicates, "Share of deliveries that come twice")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  verb->add_option("--seed", load.seed, "Same seed, same messages")->capture_default_str();
  verb->add_option("--run", load.run, "Begins the messages' ids; the same again makes duplicates");
  verb->add_option("--input", load.input,
                   "JSON lines whose texts are used; otherwise built-in phrases");
  verb->add_option("--ledger", options->ledger,
                   "A new folder for what the server said, for centralita-ledger-check");
  verb->add_option("--json", options->json, "Write the result there");
  verb->add_flag("--quiet", options->quiet, "No progress");
  load.endpoint.AddOptions(*verb);
  verb->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
