// centralita-classifier: what each message is about, and how urgent, as a process of a cluster.
#include <memory>

#include "centralita/app/cluster_process.h"
#include "centralita/base/status_macros.h"
#include "centralita/classifier/app.h"
#include "centralita/classifier/watched_policies.h"

int main(int argc, char** argv) {
  using namespace centralita;
  classifier::ClassifierOptions options;
  std::unique_ptr<classifier::WatchedPolicies> policies;
  std::unique_ptr<classifier::ClassifierApp> classifier;
  const auto bind = [&](config::Config& config) {
    config.Add("classifier", "Tags messages, keeps profiles.")
        .Add("max_batch", options.max_batch, "Records in one batch of a role.",
             config::Between(1, 100'000));
  };
  const auto start = [&](const app::ClusterContext& with) -> absl::Status {
    options.member = with.member;
    policies = std::make_unique<classifier::WatchedPolicies>(with.policy);
    ABSL_ASSIGN_OR_RETURN(classifier,
                          classifier::ClassifierApp::Start(options, {.log = with.log,
                                                                     .store = with.store,
                                                                     .clock = with.clock,
                                                                     .policies = *policies,
                                                                     .metrics = with.metrics,
                                                                     .logger = with.logger}));
    return absl::OkStatus();
  };
  return app::RunClusterService(
      {.name = "centralita-classifier",
       .about = "Says of each message what it is about, in which language, how urgent it is and "
                "what is at stake."},
      argc, argv, bind,
      {.start = start,
       .health = [&] { return classifier->Health(); },
       .ready = [&] { return classifier->Ready(); },
       .drain = [&](base::Duration limit) { return classifier->Drain(limit); },
       .close =
           [&] {
             classifier.reset();
             policies.reset();
           }});
}
