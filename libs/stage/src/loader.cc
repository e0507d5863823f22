#include "loader.h"

#include <fmt/format.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "snapshots.h"

namespace centralita::stage {
namespace {

class Loader final {
 public:
  Loader(eventlog::EventLog& log, store::Store& store, const LoadPlace& place,
         const MachineFactory& factory)
      : log_(log), store_(store), place_(place), factory_(factory) {}

  absl::StatusOr<Loaded> Load() {
    Begin();
    loaded_.engine_level = loaded_.state.machine->EngineLevel();
    ABSL_ASSIGN_OR_RETURN(loaded_.stored_header,
                          ReadHeader(store_, StorePartitionOf(place_.group, place_.partition)));
    absl::Status status = LoadFromStore();
    if (absl::IsDataLoss(status) || absl::IsNotFound(status)) {
      if (absl::IsDataLoss(status)) NoteProblem("checkpoint in the store", status);
      loaded_.write_whole = true;
      status = LoadFromSnapshots();
    }
    ABSL_RETURN_IF_ERROR(status);
    ABSL_RETURN_IF_ERROR(CheckOffset());
    return std::move(loaded_);
  }

 private:
  void Begin() {
    loaded_.state = StageState();
    loaded_.state.machine = factory_(place_.partition);
  }

  absl::Status LoadEntryOf(std::string_view key, std::string_view value) {
    if (key.starts_with(kMachinePrefix)) {
      return loaded_.state.machine->Load(key.substr(kMachinePrefix.size()), value);
    }
    if (key.starts_with(kWatermarkPrefix)) {
      return loaded_.state.watermarks.Load(key.substr(kWatermarkPrefix.size()), value);
    }
    return absl::OkStatus();
  }

  // NOT_FOUND if there is no checkpoint.
  absl::Status LoadFromStore() {
    if (!loaded_.stored_header.has_value()) return absl::NotFoundError("no checkpoint");
    snapshot::v1::CheckpointHeader header;
    if (!header.ParseFromString(*loaded_.stored_header)) {
      return absl::DataLossError("its header cannot be read");
    }
    ABSL_RETURN_IF_ERROR(CheckHeader(header, "checkpoint in the store"));
    ABSL_RETURN_IF_ERROR(ReadEntries(
        store_, StorePartitionOf(place_.group, place_.partition), *loaded_.stored_header,
        [this](std::string_view key, std::string_view value) { return LoadEntryOf(key, value); }));
    GoOnBehind(header);
    loaded_.last_snapshot_unix_ms = header.last_snapshot_unix_ms();
    return loaded_.state.machine->LoadDone();
  }

  absl::Status LoadFromSnapshots() {
    ABSL_ASSIGN_OR_RETURN(const auto snapshots,
                          ListSnapshots(log_, place_.group, place_.partition));
    for (auto snapshot = snapshots.rbegin(); snapshot != snapshots.rend(); ++snapshot) {
      const snapshot::v1::CheckpointHeader& header = snapshot->manifest->header();
      ABSL_RETURN_IF_ERROR(CheckHeader(header, "newest snapshot"));
      Begin();
      absl::Status status = ReadSnapshot(
          log_, place_.group, place_.partition, *snapshot,
          [this](std::string_view key, std::string_view value) { return LoadEntryOf(key, value); });
      if (status.ok()) status = loaded_.state.machine->LoadDone();
      if (status.ok()) {
        GoOnBehind(header);
        loaded_.last_snapshot_unix_ms = snapshot->manifest->written_unix_ms();
        loaded_.from_snapshot = true;
        return status;
      }
      if (!absl::IsDataLoss(status)) return status;
      NoteProblem(fmt::format("snapshot at offset {}", header.next_offset()), status);
    }
    Begin();
    return loaded_.state.machine->LoadDone();
  }

  void NoteProblem(std::string_view what, const absl::Status& status) {
    loaded_.problems.push_back(base::Error(
        absl::StatusCode::kDataLoss, "damaged_state",
        fmt::format("{} partition {}: the {} is damaged and passed over; an older state and a "
                    "longer replay give the same result: {}",
                    place_.group, place_.partition, what, std::string(status.message()))));
  }

  void GoOnBehind(const snapshot::v1::CheckpointHeader& header) {
    loaded_.state.next_offset = header.next_offset();
    loaded_.state.now = base::FromUnixMillis(header.now_unix_ms());
  }

  absl::Status CheckHeader(const snapshot::v1::CheckpointHeader& header,
                           std::string_view what) const {
    const auto refuse = [&](std::string_view why) {
      return base::Error(absl::StatusCode::kFailedPrecondition, "checkpoint_mismatch",
                         fmt::format("{} partition {} has stopped: its {} {}", place_.group,
                                     place_.partition, what, why));
    };
    if (header.log_epoch() != place_.log_epoch) {
      return refuse(fmt::format(
          "is of epoch {} of {}, and the log is of epoch {}: the topic was created anew. Delete "
          "the "
          "store's and the snapshots' state of this stage too, or restore the log they belong to.",
          header.log_epoch(), place_.input_topic, place_.log_epoch));
    }
    if (header.format() > kFormat) {
      return refuse(
          fmt::format("has format {}, and this binary reads {}. Run the newer version "
                      "that wrote it.",
                      header.format(), kFormat));
    }
    if (header.engine_level() > loaded_.engine_level) {
      return refuse(
          fmt::format("has engine level {}, and this binary knows {}. Run the newer "
                      "version that wrote it.",
                      header.engine_level(), loaded_.engine_level));
    }
    return absl::OkStatus();
  }

  absl::Status CheckOffset() {
    ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range,
                          log_.Offsets({place_.input_topic, place_.partition}));
    loaded_.log_end = range.end;
    const uint64_t next = loaded_.state.next_offset;
    if (next >= range.begin && next <= range.end) return absl::OkStatus();
    return OffsetNotKept(place_, next, range);
  }

  eventlog::EventLog& log_;
  store::Store& store_;
  const LoadPlace& place_;
  const MachineFactory& factory_;
  Loaded loaded_;
};

}  // namespace

absl::Status OffsetNotKept(const LoadPlace& place, uint64_t next, eventlog::OffsetRange range) {
  return base::Error(
      absl::StatusCode::kOutOfRange, "offset_out_of_range",
      fmt::format("{} partition {} has stopped: it must go on at offset {} of {}/{}, and the log "
                  "keeps {} to {}. Restore the log, or a snapshot that fits it; going on elsewhere "
                  "would lose records.",
                  place.group, place.partition, next, place.input_topic, place.partition,
                  range.begin, range.end));
}

absl::StatusOr<Loaded> LoadStage(eventlog::EventLog& log, store::Store& store,
                                 const LoadPlace& place, const MachineFactory& factory) {
  return Loader(log, store, place, factory).Load();
}

}  // namespace centralita::stage
