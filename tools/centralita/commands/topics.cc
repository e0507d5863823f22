// centralita topics: makes and verifies the topics of a cluster.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "client/cluster.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

// What `apply` does to a topic, or why it cannot.
std::string Plan(eventlog::EventLog& log, const eventlog::TopicSpec& wanted, bool& possible) {
  const auto found = log.Describe(wanted.name);
  if (absl::IsNotFound(found.status())) return "to be made";
  if (!found.ok()) {
    possible = false;
    return std::string(found.status().message());
  }
  if (found->spec.partitions != wanted.partitions) {
    possible = false;
    return fmt::format(
        "has {} partitions; their number is fixed: set topics.{} to it, or begin a new prefix",
        found->spec.partitions,
        wanted.name == base::topics::kCommands ? "commands_partitions" : "partitions");
  }
  if (found->spec.compacted != wanted.compacted) {
    possible = false;
    return fmt::format("must {}be compacted; somebody else made it: begin a new prefix",
                       wanted.compacted ? "" : "not ");
  }
  return fmt::format("is there, epoch {}", found->epoch);
}

int Work(const client::ClusterOptions& options, bool apply) {
  client::Cluster cluster;
  if (const absl::Status status = cluster.Open(options); !status.ok())
    return client::FailCluster(status);
  bool possible = true;
  fmt::print("{:<12} {:>10}  {:<10} {}\n", "TOPIC", "PARTITIONS", "KEEPS", "NOW");
  const auto wanted = app::StandardTopics(cluster.topics().layout);
  for (const eventlog::TopicSpec& topic : wanted) {
    std::string now = Plan(cluster.log(), topic, possible);
    if (apply && possible) {
      const auto made = cluster.log().EnsureTopic(topic);
      if (!made.ok()) {
        possible = false;
        now = std::string(made.status().message());
      } else {
        now = fmt::format("is there, epoch {}", made->epoch);
      }
    }
    fmt::print("{:<12} {:>10}  {:<10} {}\n", topic.name, topic.partitions,
               topic.compacted ? "the latest" : base::FormatDuration(topic.retention), now);
  }
  if (!possible) {
    fmt::print(stderr, "centralita: not every topic can be as it must be; see above.\n");
    return 1;
  }
  return 0;
}

}  // namespace

void AddTopics(CLI::App& app, Run& run) {
  CLI::App* verb = app.add_subcommand("topics", "Makes and verifies the topics of a cluster");
  verb->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, bool apply) {
    CLI::App* sub = verb->add_subcommand(name, about);
    auto options = std::make_shared<client::ClusterOptions>();
    options->AddTo(*sub);
    sub->callback(
        [options, apply, &run] { run = [options, apply] { return Work(*options, apply); }; });
  };
  add("plan", "Says what `apply` would do; changes nothing", false);
  add("apply", "Makes what is missing, verifies the rest; run it once before the services", true);
}

}  // namespace centralita::commands
