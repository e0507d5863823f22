// What of each source has been seen, so that a repeat is known as one. Part of a stage's state.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/base/strings.h"
#include "origin.h"

namespace centralita::stage {

// Not thread-safe.
class Watermarks final {
 public:
  // False if it is a repeat; otherwise it counts as seen from now on. Records without origin are
  // never repeats. What a gateway or a replay sent is remembered for a day of the log's time.
  bool Advance(const Origin& origin, base::TimePoint now);

  void TakeChanges(base::EntrySink& sink);
  void ForEachEntry(base::EntrySink& sink) const;
  absl::Status Load(std::string_view key, std::string_view value);

 private:
  using SourceKey = std::tuple<uint32_t, uint32_t, uint32_t>;  // stage, epoch, partition
  struct SourceMark {
    uint64_t offset = 0;
    uint32_t index = 0;
    bool changed = false;
  };
  // A gateway's incarnation, or a replay.
  struct SenderMark {
    uint64_t sequence = 0;
    base::TimePoint last_used;
    bool changed = false;
  };

  bool AdvanceSource(const SourceId& source);
  bool AdvanceSender(std::string_view sender, uint64_t sequence, base::TimePoint now);
  void Forget(base::TimePoint now);

  std::map<SourceKey, SourceMark> sources_;
  base::StringMap<SenderMark> senders_;
  base::TimePoint next_forgetting_;
  std::set<std::string> forgotten_;
};

}  // namespace centralita::stage
