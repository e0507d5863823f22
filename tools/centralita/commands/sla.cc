// centralita sla: the clocks of a conversation, what sla-timer is to ring next, and a calendar as
// people read it.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "centralita/app/policy_document.h"
#include "centralita/base/clock.h"
#include "centralita/config/yaml_reader.h"
#include "centralita/metrics/v1/metrics.grpc.pb.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "centralita/sla/calendar_section.h"
#include "centralita/timer/v1/timer.grpc.pb.h"
#include "client/endpoint.h"
#include "commands/commands.h"
#include "views/calendar_table.h"
#include "views/clock_table.h"

namespace centralita::commands {
namespace {

struct Asked {
  std::string conversation;
  int limit = 0;
  std::string page;
};

absl::StatusOr<timer::v1::ListTimersResponse> List(const client::Endpoint& endpoint,
                                                   const Asked& asked) {
  const auto stub = timer::v1::TimerService::NewStub(endpoint.Connect());
  grpc::ClientContext context;
  endpoint.Prepare(context);
  timer::v1::ListTimersRequest request;
  request.set_conversation_id(asked.conversation);
  request.set_limit(static_cast<uint32_t>(asked.limit));
  request.set_page(asked.page);
  timer::v1::ListTimersResponse list;
  const grpc::Status status = stub->ListTimers(&context, request, &list);
  if (!status.ok()) return rpc::FromGrpc(status);
  return list;
}

// What metrics has read of the conversation's events holds all its clocks, those that have stopped
// too, whichever process rings them.
int Show(client::Endpoint& endpoint, const std::string& conversation) {
  if (absl::Status status = endpoint.Complete(); !status.ok()) return client::Fail(status);
  const auto stub = metrics::v1::MetricsService::NewStub(endpoint.Connect());
  grpc::ClientContext context;
  endpoint.Prepare(context);
  rpc::SetDeadline(context, base::Duration(60'000));
  metrics::v1::TraceRequest request;
  request.set_tenant(endpoint.tenant);
  request.set_conversation_id(conversation);
  metrics::v1::TraceResponse trace;
  const grpc::Status status = stub->Trace(&context, request, &trace);
  if (!status.ok()) return client::Fail(rpc::FromGrpc(status));
  const auto clocks = views::LatestClocks(trace);
  if (clocks.empty()) {
    fmt::print("Conversation {} has no clocks: no rule of `clocks:` in the policy held for it.\n",
               trace.conversation_id());
    return 0;
  }
  const base::TimePoint now = base::SystemClock().Now();
  fmt::print("conversation  {}\n\n{}", trace.conversation_id(), views::ClockTable(clocks, now));
  // Where sla-timer answers at the same place (`centralita up`): what it is to do.
  Asked asked;
  asked.conversation = trace.conversation_id();
  const auto timers = List(endpoint, asked);
  if (timers.ok() && timers->timers_size() > 0) {
    fmt::print("\n{}", views::TimerTable(*timers, now));
  }
  return 0;
}

int ShowTimers(client::Endpoint& endpoint, const Asked& asked) {
  if (absl::Status status = endpoint.Complete(); !status.ok()) return client::Fail(status);
  const auto list = List(endpoint, asked);
  if (!list.ok()) return client::Fail(list.status());
  if (list->timers_size() == 0) {
    fmt::print("No timers in the {} partitions of this sla-timer.\n", list->partitions_size());
    return 0;
  }
  fmt::print("{}", views::TimerTable(*list, base::SystemClock().Now()));
  if (!list->next_page().empty()) fmt::print("\nMore: --page '{}'\n", list->next_page());
  return 0;
}

int Peek(client::Endpoint& endpoint) {
  if (absl::Status status = endpoint.Complete(); !status.ok()) return client::Fail(status);
  const auto stub = timer::v1::TimerService::NewStub(endpoint.Connect());
  grpc::ClientContext context;
  endpoint.Prepare(context);
  timer::v1::PeekResponse peek;
  const grpc::Status status = stub->Peek(&context, {}, &peek);
  if (!status.ok()) return client::Fail(rpc::FromGrpc(status));
  fmt::print("{}", views::PeekTable(peek));
  return 0;
}

std::string NamesOf(const std::vector<clocks::v1::CalendarDefinition>& definitions) {
  std::string names;
  for (const auto& definition : definitions) {
    names += (names.empty() ? "" : ", ") + definition.name();
  }
  return names.empty() ? "none" : names;
}

// The file as a whole is known to be right.
std::vector<clocks::v1::CalendarDefinition> CalendarsIn(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  config::Problems problems(path);
  const config::YamlDocument document(text, problems);
  config::MapReader root(document.root());
  return sla::ReadCalendars(root).definitions;
}

int ShowCalendar(const std::string& path, const std::string& name, int year) {
  const auto checked = app::PolicyDocument::ReadFile(path);
  if (!checked.ok()) {
    fmt::print(stderr, "{}\n", std::string(checked.status().message()));
    return 1;
  }
  const auto definitions = CalendarsIn(path);
  for (const auto& definition : definitions) {
    if (definition.name() != name) continue;
    const auto table = views::YearTable(definition, year);
    if (!table.ok()) return client::Fail(table.status());
    fmt::print("{}", *table);
    return 0;
  }
  return client::Fail(absl::NotFoundError(fmt::format(
      "{} has no calendar '{}'. Those that it has: {}.", path, name, NamesOf(definitions))));
}

int ThisYear() {
  const auto today = std::chrono::floor<std::chrono::days>(base::SystemClock().Now());
  return static_cast<int>(std::chrono::year_month_day(today).year());
}

}  // namespace

void AddSla(CLI::App& app, Run& run) {
  CLI::App* verb = app.add_subcommand("sla", "Clocks of conversations, and calendars");
  verb->require_subcommand(1);

  CLI::App* show = verb->add_subcommand(
      "show", "The clocks of a conversation: phase, deadline, time left, warnings given");
  auto endpoint = std::make_shared<client::Endpoint>();
  auto conversation = std::make_shared<std::string>();
  show->add_option("conversation", *conversation, "A conversation's id, or how it begins")
      ->required();
  endpoint->AddOptions(*show);
  show->callback([endpoint, conversation, &run] {
    run = [endpoint, conversation] { return Show(*endpoint, *conversation); };
  });

  CLI::App* list = verb->add_subcommand(
      "list", "What sla-timer rings next, the first first; of a cluster, one of its processes");
  auto list_endpoint = std::make_shared<client::Endpoint>();
  auto asked = std::make_shared<Asked>();
  asked->limit = 20;
  list->add_option("--conversation", asked->conversation, "Only of this one, by its whole id");
  list->add_option("--limit", asked->limit, "Timers at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  list->add_option("--page", asked->page, "Where the answer before ended, as it said");
  list_endpoint->AddOptions(*list);
  list->callback([list_endpoint, asked, &run] {
    run = [list_endpoint, asked] { return ShowTimers(*list_endpoint, *asked); };
  });

  CLI::App* peek = verb->add_subcommand(
      "peek", "How many clocks sla-timer has, what is due first, how far behind it is");
  auto peek_endpoint = std::make_shared<client::Endpoint>();
  peek_endpoint->AddOptions(*peek);
  peek->callback([peek_endpoint, &run] { run = [peek_endpoint] { return Peek(*peek_endpoint); }; });

  CLI::App* calendar = verb->add_subcommand(
      "calendar", "A year of a calendar: the hours of each day on its zone's clock");
  auto name = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>("deploy/demo/policy.yaml");
  auto year = std::make_shared<int>(ThisYear());
  calendar->add_option("name", *name, "As in `calendars:` of the policy file")->required();
  calendar->add_option("--policy", *path, "The policy file")->capture_default_str();
  calendar->add_option("--year", *year, "Which year")
      ->capture_default_str()
      ->check(CLI::Range(1971, 2100));
  calendar->callback([path, name, year, &run] {
    run = [path, name, year] { return ShowCalendar(*path, *name, *year); };
  });
}

}  // namespace centralita::commands
