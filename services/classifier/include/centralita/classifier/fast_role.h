// The role `fast`: every message of `inbound` becomes a tagged message in `routing`.
//
// After it a Contact signal; if the profile could not be had, the message goes on all the same,
// tagged `degraded`, with a FactsWanted signal. What cannot be decoded or belongs to no known
// tenant becomes a dead letter of one message. A message at which the engine fails or takes too
// long holds no others up (guarded_engine.h).
#pragma once

#include "centralita/base/clock.h"
#include "centralita/classifier/guarded_engine.h"
#include "centralita/classifier/metrics.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_reader.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/stage/pipeline_runner.h"

namespace centralita::classifier {

// One thread at a time. What it is given outlives it.
class FastRole final : public stage::PipelineLogic {
 public:
  FastRole(const PolicySource& policies, ProfileReader& profiles, const base::Clock& clock,
           ClassifierMetrics& metrics, EngineOptions options = {});

  // Never fails: a store that is away or slow is no reason to hold messages back.
  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  struct Item;
  void EmitMessage(const eventlog::RecordBatch& batch, size_t index, const Item& item,
                   const profile::v1::Profile* profile, bool degraded,
                   stage::PipelineOutputs& outputs);
  void CountMessage(const classification::v1::Classification& classification);

  const PolicySource& policies_;
  ProfileReader& profiles_;
  ClassifierMetrics& metrics_;
  const GuardedEngine engine_;
  // Used again and again; every field is set anew for each message.
  text::Workspace workspace_;
  routing::v1::RoutingRecord routing_;
  std::vector<text::HeaderView> headers_;
};

}  // namespace centralita::classifier
