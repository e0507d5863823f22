// centralita policy check: is this policy file right?
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "centralita/app/policy_document.h"
#include "client/endpoint.h"
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
}

}  // namespace centralita::commands
