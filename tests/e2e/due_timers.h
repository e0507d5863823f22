// Timers by the thousand that fall due while something happens, and what came of each: work that
// waits for nobody's answer, handed to dispatch as route hands it over, each with a clock that is
// about to run out. An oracle of its own: it reads what dispatch says in `events` and `outbound`,
// and knows of each timer when it was due.
//
// An alarm may be sent again, and what dispatch says may be written again: readers drop records of
// a source that they know. Twice in effect is what two sources say.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/common/v1/common.pb.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::e2e {

// Not thread-safe.
class DueTimers final {
 public:
  static constexpr int kPools = 12;
  static std::string PoolName(int pool);

  // From the present end of the topics on. The log outlives it.
  static absl::StatusOr<std::unique_ptr<DueTimers>> Create(eventlog::EventLog& log);

  // So many more, due one after the other, evenly from `from` on; durable when it returns. Every
  // other one is a warning an hour before a deadline, the rest are deadlines. All have a notice.
  absl::Status Write(size_t count, base::TimePoint from, base::Duration within);
  // Reads what has come, waiting up to `wait` for anything.
  absl::Status Follow(base::Duration wait);

  size_t size() const { return timers_.size(); }
  // Of those from number `first` on: whose clock was told of in `events`; whose threshold was; and
  // with its notice too.
  size_t Known(size_t first) const;
  size_t Effective(size_t first) const;
  size_t Done(size_t first) const;
  // Effects that the log got from `from` on.
  size_t EffectiveSince(size_t first, base::TimePoint from) const;

  struct Verdict {
    size_t lost = 0;
    // In effect before it was due, by the log's time.
    size_t early = 0;
    // Alarms that had an effect twice, or a notice.
    size_t twice = 0;
    // Effects of a threshold or generation that nobody asked for.
    size_t wrong = 0;
    // Alarms in `commands`; those of them that were sent although one was there.
    size_t alarms = 0;
    size_t alarms_again = 0;
    // Records of a source that was there already.
    size_t repeats = 0;
    // From due until the log had the alarm, and the effect; sorted.
    std::vector<base::Duration> alarms_late;
    std::vector<base::Duration> late;
    bool clean() const { return lost + early + twice + wrong == 0; }
    std::string ToString() const;
  };
  // Of the timers from `first` to before `last`.
  Verdict Judge(size_t first, size_t last) const;

 private:
  using Source = std::tuple<int, uint32_t, uint32_t, uint64_t, uint32_t>;
  struct Effects {
    Source source;
    int times = 0;
    size_t repeats = 0;
    // When the log got the first, and what dispatch says of the earliest.
    base::TimePoint at;
    int64_t said_unix_ms = INT64_MAX;
  };
  struct Timer {
    base::TimePoint due;
    bool known = false;
    int alarms = 0;
    base::TimePoint alarmed_at;
    int wrong = 0;
    Effects event;
    Effects notice;
  };

  explicit DueTimers(eventlog::EventLog& log) : log_(log) {}
  absl::Status Open();
  Timer* Find(std::string_view conversation);
  static Source SourceOf(const common::v1::Origin& origin);
  static void Note(Effects& effects, const common::v1::Origin& origin, base::TimePoint at,
                   int64_t said_unix_ms);
  void TakeEvent(const eventlog::Record& record);
  void TakeNotice(const eventlog::Record& record);
  void TakeCommand(const eventlog::Record& record);

  eventlog::EventLog& log_;
  uint32_t command_partitions_ = 0;
  std::unique_ptr<eventlog::Producer> producer_;
  std::unique_ptr<eventlog::Consumer> reader_;
  std::vector<Timer> timers_;
};

// Of sorted values, none of which is 0.
base::Duration Percentile(const std::vector<base::Duration>& sorted, int percent);

}  // namespace centralita::e2e
