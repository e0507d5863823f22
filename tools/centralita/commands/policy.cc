// centralita policy: is this file right, what would it change, and let it count.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "centralita/app/policy_diff.h"
#include "centralita/app/policy_document.h"
#include "centralita/base/time.h"
#include "client/cluster.h"
#include "client/policy_host.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

struct Options {
  std::string file;
  // Of rollback and history; the only one of the file, if it is given, of diff and apply.
  std::string tenant;
  std::string by = "unknown";
  uint64_t to = 0;
  app::PublishOptions publish;
  client::PolicyHostOptions host;
};

int FailPlainly(const absl::Status& status) {
  fmt::print(stderr, "{}\n", std::string(status.message()));
  return 1;
}

// What is wrong with a policy needs no name of the program before it; what is wrong with a server
// gets a hint.
int Fail(const absl::Status& status) {
  return absl::IsUnavailable(status)
             ? client::FailCluster(status)
             : FailPlainly(
                   absl::Status(status.code(), "centralita: " + std::string(status.message())));
}

int Check(const std::string& path) {
  const auto document = app::PolicyDocument::ReadFile(path);
  if (!document.ok()) return FailPlainly(document.status());
  for (const std::string& warning : document->warnings()) fmt::print("warning: {}\n", warning);
  for (const std::string& tenant : document->Tenants()) {
    fmt::print("{}: good; content {}\n", tenant, document->ContentHash(tenant).substr(0, 16));
  }
  return 0;
}

std::string NameOf(const app::PolicyVersion& version) {
  return fmt::format("version {} by {} at {}", version.version, version.manifest.applied_by(),
                     base::FormatUtc(base::FromUnixMillis(version.manifest.applied_unix_ms())));
}

// Those of the file that are meant.
std::vector<std::string> Meant(const app::PolicyDocument& document, const Options& options) {
  if (options.tenant.empty()) return document.Tenants();
  if (document.HasTenant(options.tenant)) return {options.tenant};
  return {};
}

int NoTenant(const Options& options) {
  fmt::print(stderr, "centralita: {} has no tenant '{}'\n", options.file, options.tenant);
  return 1;
}

int Diff(const Options& options) {
  const auto document = app::PolicyDocument::ReadFile(options.file);
  if (!document.ok()) return FailPlainly(document.status());
  const auto host = client::OpenPolicyHost(options.host);
  if (!host.ok()) return Fail(host.status());
  const auto tenants = Meant(*document, options);
  if (tenants.empty()) return NoTenant(options);
  for (const std::string& tenant : tenants) {
    const auto stored = (*host)->Read(tenant, options.to);
    if (absl::IsNotFound(stored.status()) && options.to == 0) {
      fmt::print("{}: has no policy yet; all of this would be new\n", tenant);
      continue;
    }
    if (!stored.ok()) return Fail(stored.status());
    const auto lines = app::DescribePolicyChanges(stored->sections, document->Compile(tenant, 0));
    fmt::print("{}: {} against {}\n", tenant,
               lines.empty() ? "no change" : fmt::format("{} changes", lines.size()),
               NameOf(stored->version));
    for (const std::string& line : lines) fmt::print("  {}\n", line);
  }
  return 0;
}

void PrintPublished(const std::string& tenant, const app::PublishResult& published,
                    uint32_t stage_percent) {
  fmt::print("{}: version {}{}{}\n", tenant, published.version,
             stage_percent > 0 ? fmt::format(", for {} % of the customers", stage_percent) : "",
             published.changed ? "" : ", which was active already");
}

int Apply(const Options& options) {
  const auto document = app::PolicyDocument::ReadFile(options.file);
  if (!document.ok()) return FailPlainly(document.status());
  for (const std::string& warning : document->warnings()) fmt::print("warning: {}\n", warning);
  const auto host = client::OpenPolicyHost(options.host);
  if (!host.ok()) return Fail(host.status());
  const auto tenants = Meant(*document, options);
  if (tenants.empty()) return NoTenant(options);
  for (const std::string& tenant : tenants) {
    const auto published =
        (*host)->Publish(tenant, document->Compile(tenant, 0), options.by, options.publish);
    if (!published.ok()) return Fail(published.status());
    PrintPublished(tenant, *published, options.publish.stage_percent);
  }
  return 0;
}

int Rollback(const Options& options) {
  const auto host = client::OpenPolicyHost(options.host);
  if (!host.ok()) return Fail(host.status());
  const auto published = (*host)->Restore(options.tenant, options.to, options.by, options.publish);
  if (!published.ok()) return Fail(published.status());
  PrintPublished(options.tenant, *published, 0);
  return 0;
}

int History(const Options& options) {
  const auto host = client::OpenPolicyHost(options.host);
  if (!host.ok()) return Fail(host.status());
  const auto versions = (*host)->List(options.tenant);
  if (!versions.ok()) return Fail(versions.status());
  fmt::print("{:>8}  {:<20} {:<16} {:<18} {}\n", "VERSION", "AT", "CONTENT", "FOR", "BY");
  for (const app::PolicyVersion& version : *versions) {
    const auto& manifest = version.manifest;
    std::string whom = version.active ? "all customers" : "-";
    if (manifest.stage_percent() > 0) {
      whom = fmt::format("{} {} %", version.active ? "active for" : "was for",
                         manifest.stage_percent());
    }
    const std::string restores = manifest.restores_version() > 0
                                     ? fmt::format(" (brings back {})", manifest.restores_version())
                                     : "";
    fmt::print("{:>8}  {:<20} {:<16} {:<18} {}{}\n", version.version,
               base::FormatUtc(base::FromUnixMillis(manifest.applied_unix_ms())).substr(0, 19),
               manifest.content_sha256().substr(0, 16), whom, manifest.applied_by(), restores);
  }
  return 0;
}

void AddFile(CLI::App& verb, Options& options) {
  verb.add_option("file", options.file, "As in deploy/demo/policy.yaml")->required();
}

void AddOnly(CLI::App& verb, Options& options) {
  verb.add_option("--tenant", options.tenant, "Only this tenant of the file");
}

void AddWhose(CLI::App& verb, Options& options) {
  options.tenant = "luna";
  verb.add_option("--tenant", options.tenant, "Whose policy")->capture_default_str();
}

void AddWho(CLI::App& verb, Options& options) {
  verb.add_option("--by", options.by, "Who does it, for the history (default: the user's name)")
      ->envname("USER");
  verb.add_option("--expect", options.publish.expected_version,
                  "Only if this is the newest version still");
}

}  // namespace

void AddPolicy(CLI::App& app, Run& run) {
  CLI::App* policy =
      app.add_subcommand("policy", "The policy file: rules, routes, pools, agents, clocks");
  policy->require_subcommand(1);
  const auto add = [&](const char* name, const char* about, int (*work)(const Options&)) {
    CLI::App* verb = policy->add_subcommand(name, about);
    auto options = std::make_shared<Options>();
    verb->callback([options, work, &run] { run = [options, work] { return work(*options); }; });
    return std::pair(verb, options);
  };

  const auto [check, checked] =
      add("check", "Every mistake of a file, with its line and what to write instead",
          [](const Options& options) { return Check(options.file); });
  AddFile(*check, *checked);

  const auto [diff, compared] = add("diff", "What a file would change of what is active", Diff);
  AddFile(*diff, *compared);
  AddOnly(*diff, *compared);
  diff->add_option("--against", compared->to, "Another version than the active one");
  compared->host.AddTo(*diff);

  const auto [apply, applied] =
      add("apply", "Publishes a file, as a new version if it differs from the active one", Apply);
  AddFile(*apply, *applied);
  AddOnly(*apply, *applied);
  AddWho(*apply, *applied);
  apply
      ->add_option("--stage", applied->publish.stage_percent,
                   "Routes, clocks, bots and channels only for so many of 100 customers")
      ->check(CLI::Range(1, 99));
  applied->host.AddTo(*apply);

  const auto [rollback, restored] =
      add("rollback", "Brings the version before back, as a new one; ends a stage", Rollback);
  AddWhose(*rollback, *restored);
  rollback->add_option("--to", restored->to, "Another version than the one before");
  AddWho(*rollback, *restored);
  restored->host.AddTo(*rollback);

  const auto [history, listed] =
      add("history", "The versions that are kept: who applied them, when, for whom", History);
  AddWhose(*history, *listed);
  listed->host.AddTo(*history);
}

}  // namespace centralita::commands
