// Fills the store from the log.
#include <fmt/format.h>

#include <map>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/classifier/profile_store.h"

namespace centralita::classifier {
namespace {

using Newest = std::map<std::string, profile::v1::Profile, std::less<>>;

constexpr base::Duration kPollWait{200};
constexpr std::chrono::seconds kMaxSilence{10};

// Where each partition is to be read to.
class Progress {
 public:
  void Expect(uint32_t partition, const eventlog::OffsetRange& range) {
    if (range.end > range.begin) ends_[partition] = range.end;
  }
  void Reached(uint32_t partition, uint64_t offset) {
    const auto end = ends_.find(partition);
    if (end != ends_.end() && offset + 1 >= end->second) ends_.erase(end);
  }
  bool done() const { return ends_.empty(); }

 private:
  std::map<uint32_t, uint64_t> ends_;
};

void Collect(const eventlog::RecordBatch& batch, Newest& newest, Progress& progress) {
  for (const eventlog::Record& record : batch.records()) {
    progress.Reached(batch.source().partition, record.offset);
    profile::v1::Profile profile;
    // Damaged records are none of this one's business: the profile starts anew with the next
    // signal.
    if (record.tombstone ||
        !profile.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
      continue;
    }
    profile.clear_origin();
    profile::v1::Profile& known = newest[std::string(record.key)];
    if (profile.revision() >= known.revision()) known = std::move(profile);
  }
}

absl::StatusOr<size_t> WriteNewer(const Newest& newest, ProfileStore& profiles) {
  std::vector<std::string_view> keys;
  for (const auto& [key, profile] : newest) keys.push_back(key);
  // The marker is not there yet, so a plain look at what somebody else may have put there
  // meanwhile.
  ABSL_ASSIGN_OR_RETURN(const auto stored, profiles.ReadUnfilled(keys));
  std::vector<ProfileWrite> writes;
  size_t at = 0;
  for (const auto& [key, profile] : newest) {
    const StoredProfile& there = stored[at++];
    if (there.bytes && !there.damaged && there.profile.revision() >= profile.revision()) continue;
    writes.push_back({key, &there.bytes, &profile});
  }
  ABSL_RETURN_IF_ERROR(profiles.Write(writes));
  return writes.size();
}

absl::StatusOr<std::unique_ptr<eventlog::Consumer>> ReaderOfAll(eventlog::EventLog& log,
                                                                Progress& progress) {
  const std::string topic(base::topics::kProfiles);
  ABSL_ASSIGN_OR_RETURN(const eventlog::TopicInfo info, log.Describe(topic));
  std::vector<eventlog::TopicPartition> partitions;
  std::vector<uint64_t> begins;
  for (uint32_t p = 0; p < info.spec.partitions; ++p) {
    partitions.push_back({topic, p});
    ABSL_ASSIGN_OR_RETURN(const eventlog::OffsetRange range, log.Offsets(partitions.back()));
    progress.Expect(p, range);
    begins.push_back(range.begin);
  }
  ABSL_ASSIGN_OR_RETURN(auto consumer, log.Read(partitions, {}));
  for (size_t p = 0; p < partitions.size(); ++p) {
    ABSL_RETURN_IF_ERROR(consumer->Seek(partitions[p], begins[p]));
  }
  return consumer;
}

}  // namespace

absl::StatusOr<size_t> FillProfileStore(eventlog::EventLog& log, ProfileStore& profiles,
                                        const base::Clock& clock) {
  Progress progress;
  ABSL_ASSIGN_OR_RETURN(const auto consumer, ReaderOfAll(log, progress));
  size_t written = 0;
  auto last_heard = clock.Monotonic();
  while (!progress.done()) {
    ABSL_ASSIGN_OR_RETURN(const eventlog::PollResult polled, consumer->Poll(kPollWait));
    if (polled.batches.empty()) {
      if (clock.Monotonic() - last_heard < kMaxSilence) continue;
      return base::Error(
          absl::StatusCode::kUnavailable, "profiles_unreadable",
          fmt::format("Filling the store: the topic `profiles` gave no records for {} s although "
                      "it has more; is the log's server there?",
                      kMaxSilence.count()));
    }
    last_heard = clock.Monotonic();
    Newest newest;
    for (const eventlog::RecordBatch& batch : polled.batches) Collect(batch, newest, progress);
    ABSL_ASSIGN_OR_RETURN(const size_t count, WriteNewer(newest, profiles));
    written += count;
  }
  ABSL_RETURN_IF_ERROR(profiles.MarkFilled());
  return written;
}

}  // namespace centralita::classifier
