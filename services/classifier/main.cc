// centralita-classifier: what each message is about, and how urgent, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/classifier/app.h"
#include "centralita/classifier/model_source.h"
#include "centralita/classifier/rule_files.h"
#include "centralita/classifier/watched_policies.h"
#include "centralita/rpc/server.h"

int main(int argc, char** argv) {
  using namespace centralita;
  classifier::ClassifierOptions options;
  rpc::ServerOptions server_options;
  std::string model = classifier::kDefaultModel;
  std::string rules_folder;
  std::unique_ptr<classifier::ModelSource> models;
  std::unique_ptr<classifier::RuleFiles> rule_files;
  std::unique_ptr<classifier::WatchedPolicies> policies;
  std::unique_ptr<classifier::ClassifierApp> classifier;
  std::unique_ptr<rpc::Server> server;
  const auto bind = [&](config::Config& config) {
    config.Add("classifier", "Tags messages, keeps profiles.")
        .Add("model", model,
             "Model file, `default` for the one that was built with the program, or `none` for "
             "rules "
             "alone; a new file in its place is taken within seconds.",
             config::NotEmpty())
        .Add("rules_folder", rules_folder,
             "Folder in which compiled rules are kept, so that a start with thousands of regular "
             "expressions takes no longer than any other; empty: nowhere.")
        .Add("grpc_port", server_options.port,
             "gRPC Classify, for whoever wants only this; 0 takes a free one.")
        .Add("profile_deadline", options.profiles.deadline,
             "How long a batch waits for its customers' profiles; without them messages go on "
             "degraded and are amended.",
             config::AtLeast(base::Duration(1)))
        .Add("profile_lifetime", options.profiles.lifetime,
             "How long a profile is taken from memory; below every policy's facts_kept. 0: never.",
             config::AtLeast(base::Duration(0)))
        .Add("cached_profiles", options.profiles.cached_profiles,
             "Profiles in memory, about 2 KiB each; 0: none.", config::Between(0, 10'000'000))
        .Add("max_batch", options.max_batch, "Records in one batch of a role.",
             config::Between(1, 100'000));
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    server_options.host = with.host;
    ABSL_ASSIGN_OR_RETURN(models, classifier::ModelSource::Start(model, with.logger));
    if (!rules_folder.empty()) {
      rule_files = std::make_unique<classifier::RuleFiles>(rules_folder, with.logger);
    }
    policies =
        std::make_unique<classifier::WatchedPolicies>(with.policy, *models, rule_files.get());
    ABSL_ASSIGN_OR_RETURN(classifier,
                          classifier::ClassifierApp::Start(options, {.log = with.log,
                                                                     .store = with.store,
                                                                     .clock = with.clock,
                                                                     .policies = *policies,
                                                                     .access = *policies,
                                                                     .metrics = with.metrics,
                                                                     .logger = with.logger}));
    ABSL_ASSIGN_OR_RETURN(server, rpc::Server::Start(server_options, {&classifier->service()}));
    with.logger.Info("classify_served", {{"port", server->port()}});
    return absl::OkStatus();
  };
  const auto drain = [&](base::Duration limit) {
    server->Drain(base::Duration(1000)).IgnoreError();
    return classifier->Drain(limit);
  };
  return app::RunClusterService(
      {.name = "centralita-classifier",
       .about = "Says of each message what it is about, in which language, how urgent it is and "
                "what is at stake."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return classifier->Health(); },
       .ready = [&] { return classifier->Ready(); },
       .drain = drain,
       .close =
           [&] {
             server.reset();
             classifier.reset();
             policies.reset();
             models.reset();
           }});
}
