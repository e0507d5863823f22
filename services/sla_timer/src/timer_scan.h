// Questions to the timers of the partitions that this process owns. A partition may have millions,
// and alarms must not wait for an answer, so a question is answered in slices.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/timer/v1/timer.pb.h"
#include "timers.h"

namespace centralita::sla_timer {

// A partition, as it is asked.
struct AskedPartition {
  uint32_t partition = 0;
  base::TimePoint now;
  const Timers& timers;
};

// Not thread-safe.
class TimerScan {
 public:
  // Timers that one slice looks at: a fraction of a millisecond.
  static constexpr size_t kSlice = 16'384;

  virtual ~TimerScan() = default;
  // Looks at one slice more; true if all was seen. `owned` may change from one to the next: what
  // has gone is left out from then on.
  bool Step(const std::vector<AskedPartition>& owned);

 private:
  // It is about to be looked through. False: it is of no interest, or was answered at once.
  virtual bool Begin(const AskedPartition& partition) = 0;
  virtual void See(uint32_t partition, const TimerTable& table, const Timer& timer) = 0;

  // Of the present one, as long as `left` counts down; true if it has come to its end.
  bool Look(const AskedPartition& asked, size_t& left);

  std::set<uint32_t> begun_;
  // Which is looked through, and from where on.
  std::optional<uint32_t> current_;
  uint32_t next_ = 0;
};

class ListScan final : public TimerScan {
 public:
  // INVALID_ARGUMENT "bad_limit", "bad_page". `tenant`: whose timers alone are looked at.
  static absl::StatusOr<ListScan> Create(const std::string& tenant,
                                         const timer::v1::ListTimersRequest& request);
  // NOT_FOUND "partition_not_owned" if it was of one that is not here.
  absl::StatusOr<timer::v1::ListTimersResponse> Answer() const;

 private:
  // By the time, then by what makes the order a total one.
  struct Place {
    int64_t next = 0;
    std::string clock;
    std::string conversation;
    auto operator<=>(const Place&) const = default;
  };

  ListScan(const std::string& tenant, const timer::v1::ListTimersRequest& request, size_t limit,
           Place after)
      : tenant_(tenant), request_(request), limit_(limit), after_(std::move(after)) {}

  bool Begin(const AskedPartition& partition) override;
  void See(uint32_t partition, const TimerTable& table, const Timer& timer) override;

  std::string tenant_;
  timer::v1::ListTimersRequest request_;
  size_t limit_;
  Place after_;
  // The first of those that were seen; one more than the limit says that there is a next page.
  std::map<Place, timer::v1::TimerRow> rows_;
  std::set<uint32_t> partitions_;
};

class PeekScan final : public TimerScan {
 public:
  explicit PeekScan(std::string tenant) : tenant_(std::move(tenant)) {}
  timer::v1::PeekResponse Answer() const;

 private:
  bool Begin(const AskedPartition& partition) override;
  void See(uint32_t partition, const TimerTable& table, const Timer& timer) override;

  const std::string tenant_;
  std::map<uint32_t, timer::v1::PartitionPeek> rows_;
};

}  // namespace centralita::sla_timer
