// centralita policy: is this file right, and let it count.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "centralita/app/policy_document.h"
#include "centralita/app/policy_publisher.h"
#include "client/cluster.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

int Check(const std::string& path) {
  const auto document = app::PolicyDocument::ReadFile(path);
  if (!document.ok()) {
    fmt::print(stderr, "{}\n", std::string(document.status().message()));
    return 1;
  }
  for (const std::string& warning : document->warnings()) fmt::print("warning: {}\n", warning);
  for (const std::string& tenant : document->Tenants()) {
    fmt::print("{}: good; content {}\n", tenant, document->ContentHash(tenant).substr(0, 16));
  }
  return 0;
}

// To the cluster; `centralita up` publishes by --policy.
int Apply(const std::string& path, const std::string& by, const client::ClusterOptions& options) {
  const auto document = app::PolicyDocument::ReadFile(path);
  if (!document.ok()) {
    fmt::print(stderr, "{}\n", std::string(document.status().message()));
    return 1;
  }
  for (const std::string& warning : document->warnings()) fmt::print("warning: {}\n", warning);
  client::Cluster cluster;
  if (const absl::Status status = cluster.Open(options); !status.ok())
    return client::FailCluster(status);
  for (const std::string& tenant : document->Tenants()) {
    const auto published = app::PublishPolicy(cluster.log(), cluster.clock(), tenant,
                                              document->Compile(tenant, 0), by);
    if (!published.ok()) return client::FailCluster(published.status());
    fmt::print("{}: version {}{}\n", tenant, published->version,
               published->changed ? "" : ", which was active already");
  }
  return 0;
}

}  // namespace

void AddPolicy(CLI::App& app, Run& run) {
  CLI::App* verb =
      app.add_subcommand("policy", "The policy file: rules, routes, pools, agents, clocks");
  verb->require_subcommand(1);
  CLI::App* check = verb->add_subcommand(
      "check", "Every mistake of a file, with its line and what to write instead");
  auto path = std::make_shared<std::string>();
  check->add_option("file", *path, "As in deploy/demo/policy.yaml")->required();
  check->callback([path, &run] { run = [path] { return Check(*path); }; });

  CLI::App* apply = verb->add_subcommand(
      "apply", "Publishes a file to a cluster, as a new version if it differs from the active one");
  auto applied = std::make_shared<std::string>();
  auto by = std::make_shared<std::string>("centralita policy apply");
  auto cluster = std::make_shared<client::ClusterOptions>();
  apply->add_option("file", *applied, "As in deploy/demo/policy.yaml")->required();
  apply->add_option("--by", *by, "Who does it, for the history");
  cluster->AddTo(*apply);
  apply->callback([applied, by, cluster, &run] {
    run = [applied, by, cluster] { return Apply(*applied, *by, *cluster); };
  });
}

}  // namespace centralita::commands
