// centralita queues, trace, explain, dlq: questions to metrics.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "client/endpoint.h"
#include "commands/commands.h"
#include "views/event_text.h"
#include "views/table.h"

namespace centralita::commands {
namespace {

using views::Align;

struct Options {
  client::Endpoint endpoint;
  std::string id;
  bool by_conversation = false;
  uint32_t limit = 100;
  std::vector<std::string> letters;
  bool all = false;
};

// Calls one method of MetricsService.
template <typename Request, typename Response, typename Method>
absl::StatusOr<Response> Ask(Options& options, const Request& request, Method method) {
  if (absl::Status status = options.endpoint.Complete(); !status.ok()) return status;
  const auto stub = metrics::v1::MetricsService::NewStub(options.endpoint.Connect());
  grpc::ClientContext context;
  options.endpoint.Prepare(context);
  rpc::SetDeadline(context, base::Duration(60'000));
  Response response;
  const grpc::Status status = (stub.get()->*method)(&context, request, &response);
  if (!status.ok()) return rpc::FromGrpc(status);
  return response;
}

int Queues(Options& options) {
  using metrics::v1::MetricsService;
  metrics::v1::GetOverviewRequest overview_request;
  overview_request.set_tenant(options.endpoint.tenant);
  const auto overview = Ask<metrics::v1::GetOverviewRequest, metrics::v1::GetOverviewResponse>(
      options, overview_request, &MetricsService::Stub::GetOverview);
  if (!overview.ok()) return client::Fail(overview.status());
  metrics::v1::ListQueuesRequest request;
  request.set_tenant(options.endpoint.tenant);
  const auto queues = Ask<metrics::v1::ListQueuesRequest, metrics::v1::ListQueuesResponse>(
      options, request, &MetricsService::Stub::ListQueues);
  if (!queues.ok()) return client::Fail(queues.status());

  const int64_t now = base::ToUnixMillis(base::SystemClock().Now());
  views::Table table({{"POOL", Align::kLeft},
                      {"QUEUE", Align::kLeft},
                      {"WAITING", Align::kRight},
                      {"OLDEST", Align::kRight},
                      {"OFFERED", Align::kRight},
                      {"ACTIVE", Align::kRight},
                      {"ON HOLD", Align::kRight},
                      {"CLOSED", Align::kRight},
                      {"BREACHES", Align::kRight}});
  for (const auto& row : queues->rows()) {
    const int64_t oldest = row.oldest_eligible_unix_ms();
    table.Add(
        {row.pool(), row.queue(), std::to_string(row.queued()),
         oldest == 0 ? "-"
                     : base::FormatDuration(base::Duration(std::max<int64_t>(0, now - oldest))),
         std::to_string(row.offered()), std::to_string(row.active()), std::to_string(row.waiting()),
         std::to_string(row.closed()), std::to_string(row.breaches())});
  }
  fmt::print("{}", table.Print());
  const auto& m = overview->messages();
  fmt::print(
      "\nmessages: {} accepted = {} resolved + {} duplicates + {} queued + {} offered + {} active "
      "+ {} on hold + {} "
      "dead letters + {} in flight\n",
      m.accepted(), m.resolved(), m.duplicates(), m.queued(), m.offered(), m.active(), m.waiting(),
      m.dead_lettered(), m.in_flight());
  return 0;
}

int Trace(Options& options, bool explain) {
  metrics::v1::TraceRequest request;
  request.set_tenant(options.endpoint.tenant);
  (options.by_conversation ? *request.mutable_conversation_id() : *request.mutable_message_id()) =
      options.id;
  auto trace = Ask<metrics::v1::TraceRequest, metrics::v1::TraceResponse>(
      options, request, &metrics::v1::MetricsService::Stub::Trace);
  if (!trace.ok() && trace.status().code() == absl::StatusCode::kNotFound &&
      !options.by_conversation) {
    // An id that is no message's may be a conversation's.
    request.clear_message_id();
    request.set_conversation_id(options.id);
    trace = Ask<metrics::v1::TraceRequest, metrics::v1::TraceResponse>(
        options, request, &metrics::v1::MetricsService::Stub::Trace);
  }
  if (!trace.ok()) return client::Fail(trace.status());
  if (!trace->message_id().empty()) fmt::print("message       {}\n", trace->message_id());
  if (!trace->conversation_id().empty()) fmt::print("conversation  {}\n", trace->conversation_id());
  if (trace->has_inbound()) {
    fmt::print("accepted as   {} partition {} offset {}\n", trace->inbound().topic(),
               trace->inbound().partition(), trace->inbound().offset());
  }
  fmt::print("\n");
  for (const auto& traced : trace->events()) {
    const std::string decision = views::DescribeDecision(traced.event().decision());
    if (explain && decision.empty()) continue;
    fmt::print("{}  {}\n",
               base::FormatUtc(base::FromUnixMillis(traced.event().at_unix_ms())).substr(11, 12),
               views::Describe(traced.event()));
    if (explain) fmt::print("{}", decision);
  }
  return 0;
}

int ListLetters(Options& options) {
  metrics::v1::ListDeadLettersRequest request;
  request.set_limit(options.limit);
  const auto letters =
      Ask<metrics::v1::ListDeadLettersRequest, metrics::v1::ListDeadLettersResponse>(
          options, request, &metrics::v1::MetricsService::Stub::ListDeadLetters);
  if (!letters.ok()) return client::Fail(letters.status());
  if (letters->rows().empty()) {
    fmt::print("No dead letters.\n");
    return 0;
  }
  views::Table table({{"LETTER", Align::kLeft},
                      {"FROM", Align::kLeft},
                      {"STAGE", Align::kLeft},
                      {"REASON", Align::kLeft},
                      {"BYTES", Align::kRight},
                      {"WHEN", Align::kLeft},
                      {"REPLAYED", Align::kLeft},
                      {"DETAIL", Align::kLeft}});
  for (const auto& row : letters->rows()) {
    table.Add({fmt::format("{}:{}", row.letter().partition(), row.letter().offset()),
               fmt::format("{}:{}:{}", row.original().topic(), row.original().partition(),
                           row.original().offset()),
               row.stage(), row.reason(), std::to_string(row.size_bytes()),
               base::FormatUtc(base::FromUnixMillis(row.at_unix_ms())),
               row.replayed() ? "yes" : "no", views::Shorten(row.detail(), 60)});
  }
  fmt::print(
      "{}\nReplay one with `centralita dlq replay {}`, all with `centralita dlq replay --all`.\n",
      table.Print(),
      fmt::format("{}:{}", letters->rows(0).letter().partition(),
                  letters->rows(0).letter().offset()));
  return 0;
}

int ReplayLetters(Options& options) {
  metrics::v1::ReplayDeadLettersRequest request;
  for (const std::string& letter : options.letters) {
    unsigned partition = 0;
    unsigned long long offset = 0;
    if (std::sscanf(letter.c_str(), "%u:%llu", &partition, &offset) != 2) {
      return client::Fail(absl::InvalidArgumentError(
          fmt::format("'{}' is no letter; write it as `dlq list` shows it, as in 0:17.", letter)));
    }
    auto& coordinates = *request.add_letters();
    coordinates.set_topic("dead-letter");
    coordinates.set_partition(partition);
    coordinates.set_offset(offset);
  }
  const auto replay =
      Ask<metrics::v1::ReplayDeadLettersRequest, metrics::v1::ReplayDeadLettersResponse>(
          options, request, &metrics::v1::MetricsService::Stub::ReplayDeadLetters);
  if (!replay.ok()) return client::Fail(replay.status());
  fmt::print("{} replayed, {} skipped because they were replayed before\n", replay->replayed(),
             replay->skipped());
  return 0;
}

void AddTraceOptions(CLI::App& verb, const std::shared_ptr<Options>& options) {
  verb.add_option("id", options->id, "A message's or a conversation's id, or how it begins")
      ->required();
  verb.add_flag("--conversation", options->by_conversation, "The id is a conversation's");
  options->endpoint.AddOptions(verb);
}

}  // namespace

void AddQueues(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("queues", "What waits, for how long, and where every message is");
  options->endpoint.AddOptions(*verb);
  verb->callback([options, &run] { run = [options] { return Queues(*options); }; });
}

void AddTrace(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("trace", "The life of a message: each event of its conversation");
  AddTraceOptions(*verb, options);
  verb->callback([options, &run] { run = [options] { return Trace(*options, false); }; });
}

void AddExplain(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "explain", "Why it went where it went: rules, priority, the agent who won and who did not");
  AddTraceOptions(*verb, options);
  verb->callback([options, &run] { run = [options] { return Trace(*options, true); }; });
}

void AddDlq(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("dlq", "Dead letters: what could not be processed");
  verb->require_subcommand(1);
  CLI::App* list = verb->add_subcommand("list", "The oldest first, with the reason of each");
  list->add_option("--limit", options->limit, "At most so many")->capture_default_str();
  options->endpoint.AddOptions(*list);
  list->callback([options, &run] { run = [options] { return ListLetters(*options); }; });
  CLI::App* replay = verb->add_subcommand("replay", "Send letters back to where they came from");
  auto* some = replay->add_option("letters", options->letters, "As `dlq list` shows them: 0:17");
  auto* all = replay->add_flag("--all", options->all, "All that were not replayed yet");
  some->excludes(all);
  options->endpoint.AddOptions(*replay);
  replay->callback([options, &run] {
    if (options->letters.empty() && !options->all) throw CLI::RequiredError("letters or --all");
    run = [options] { return ReplayLetters(*options); };
  });
}

}  // namespace centralita::commands
