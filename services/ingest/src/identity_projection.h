// Copies the topic `identity` into the store, where Identity looks handles up. Repeats and lower
// revisions change nothing.
#pragma once

#include "centralita/stage/pipeline_runner.h"
#include "identity.h"

namespace centralita::ingest {

class IdentityProjection final : public stage::PipelineLogic {
 public:
  IdentityProjection(store::Store& store, Identity& identity)
      : store_(store), identity_(identity) {}

  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  store::Store& store_;
  Identity& identity_;
};

}  // namespace centralita::ingest
