// The role `facts`: signals become profiles, in the store and in `profiles`, and what changes for a
// customer who waits becomes an amendment in `routing`.
//
// The store is written before anything is emitted. A signal that is in the profile already (its
// outputs may not have been acknowledged) changes nothing and is told again. While the store is
// away or being filled the partition waits.
#pragma once

#include "centralita/base/clock.h"
#include "centralita/classifier/metrics.h"
#include "centralita/classifier/policy_source.h"
#include "centralita/classifier/profile_cache.h"
#include "centralita/classifier/profile_store.h"
#include "centralita/stage/pipeline_runner.h"

namespace centralita::classifier {

// One thread at a time. What it is given outlives it.
class FactsRole final : public stage::PipelineLogic {
 public:
  // What it writes goes to `cache` too.
  FactsRole(const PolicySource& policies, ProfileStore& profiles, ProfileCache& cache,
            eventlog::EventLog& log, const base::Clock& clock, ClassifierMetrics& metrics);

  absl::Status Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                       stage::PipelineOutputs& outputs) override;

 private:
  class Batch;
  absl::StatusOr<std::vector<StoredProfile>> ReadOrFill(const std::vector<std::string_view>& keys);

  const PolicySource& policies_;
  ProfileStore& profiles_;
  ProfileCache& cache_;
  eventlog::EventLog& log_;
  const base::Clock& clock_;
  ClassifierMetrics& metrics_;
};

}  // namespace centralita::classifier
