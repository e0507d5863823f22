// The role `fast`: every message of `inbound` becomes a tagged message in `routing`.
//
// After it a Contact signal; if the profile could not be had, the message goes on all the same,
// tagged `degraded`, with a FactsWanted signal. What cannot be decoded or belongs to no known
// tenant becomes a dead letter of one message.
#pragma once

#include "centralita/classifier/metrics.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_store.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/stage/pipeline_runner.h"

namespace centralita::classifier {

// One thread at a time. What it is given outlives it.
class FastRole final : public stage::PipelineLogic {
 public:
  FastRole(const PolicySource& policies, ProfileStore& profiles, ClassifierMetrics& metrics);

  // Never fails: a store that is away is no reason to hold messages back.
  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  struct Item;
  void EmitMessage(const eventlog::RecordBatch& batch, size_t index, const Item& item,
                   const profile::v1::Profile* profile, bool degraded,
                   stage::PipelineOutputs& outputs);
  void CountMessage(const classification::v1::Classification& classification);

  const PolicySource& policies_;
  ProfileStore& profiles_;
  ClassifierMetrics& metrics_;
  // Used again and again; every field is set anew for each message.
  text::Workspace workspace_;
  routing::v1::RoutingRecord routing_;
};

}  // namespace centralita::classifier
