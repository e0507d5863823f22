// The role `fast`: every message of `inbound` becomes a tagged message in `routing`.
//
// After it a Contact signal; if the profile could not be had, the message goes on all the same,
// tagged `degraded`, with a FactsWanted signal. What cannot be decoded or belongs to no known
// tenant becomes a dead letter of one message. A message at which the engine fails is tried once
// more, then goes on without its text, tagged `engine_failed`; one that takes too long keeps its
// answer, which names that as the reason (`degraded_reason`): none holds the others up.
#pragma once

#include <functional>

#include "centralita/base/clock.h"
#include "centralita/classifier/metrics.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_store.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/stage/pipeline_runner.h"

namespace centralita::classifier {

// Classifies; another one than text::Classifier::Classify is for tests.
using Engine = std::function<void(const text::Classifier&, const text::Input&, text::Workspace&,
                                  classification::v1::Classification&)>;

struct FastOptions {
  // How long one message may take.
  base::Duration budget{250};
  // Empty: text::Classifier::Classify.
  Engine engine;
};

// One thread at a time. What it is given outlives it.
class FastRole final : public stage::PipelineLogic {
 public:
  FastRole(const PolicySource& policies, ProfileStore& profiles, const base::Clock& clock,
           ClassifierMetrics& metrics, FastOptions options = {});

  // Never fails: a store that is away is no reason to hold messages back.
  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  struct Item;
  void EmitMessage(const eventlog::RecordBatch& batch, size_t index, const Item& item,
                   const profile::v1::Profile* profile, bool degraded,
                   stage::PipelineOutputs& outputs);
  void Classify(const text::Classifier& classifier, const text::Input& input,
                classification::v1::Classification& result);
  // Empty if all went well, or the reason why not.
  std::string_view Attempt(const text::Classifier& classifier, const text::Input& input,
                           classification::v1::Classification& result);
  void CountMessage(const classification::v1::Classification& classification);

  const PolicySource& policies_;
  ProfileStore& profiles_;
  const base::Clock& clock_;
  ClassifierMetrics& metrics_;
  FastOptions options_;
  // Used again and again; every field is set anew for each message.
  text::Workspace workspace_;
  routing::v1::RoutingRecord routing_;
  std::vector<text::HeaderView> headers_;
};

}  // namespace centralita::classifier
