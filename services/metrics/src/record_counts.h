// How many records of `inbound` were accepted, by tenant, and how many messages lie in
// `dead-letter`. Pure.
#pragma once

#include <map>
#include <string>

#include "centralita/base/state_machine.h"
#include "centralita/snapshot/v1/metrics_state.pb.h"

namespace centralita::metrics {

// A state of one entry. Not thread-safe.
template <typename Counters>
class SingleEntryMachine : public base::StateMachine {
 public:
  const Counters& counters() const { return counters_; }

  base::TimePoint NextDue() const override { return base::kNever; }
  void TakeChanges(base::EntrySink& sink) override {
    sink.Put("counters", counters_.SerializeAsString());
  }
  void ForEachEntry(base::EntrySink& sink) const override {
    sink.Put("counters", counters_.SerializeAsString());
  }
  absl::Status Load(std::string_view key, std::string_view value) override {
    if (counters_.ParseFromArray(value.data(), static_cast<int>(value.size())))
      return absl::OkStatus();
    return absl::DataLossError("The counters of metrics are damaged.");
  }
  absl::Status LoadDone() override { return absl::OkStatus(); }
  uint32_t EngineLevel() const override { return 1; }

 protected:
  Counters counters_;
};

class InboundCounts final : public SingleEntryMachine<snapshot::v1::InboundCounters> {
 public:
  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  // Of one tenant, or of all for the empty name, here and below.
  uint64_t Accepted(const std::string& tenant) const;
  // Records that came out of dead letters.
  uint64_t Replayed(const std::string& tenant) const;
};

class DeadLetterCounts final : public SingleEntryMachine<snapshot::v1::DeadLetterCounters> {
 public:
  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  // Messages that lie there, not replayed.
  uint64_t Messages(const std::string& tenant) const;
  // Messages that were replayed into `inbound`, each letter once.
  uint64_t Replayed(const std::string& tenant) const;
};

}  // namespace centralita::metrics
