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
#include "origin.h"

namespace centralita::stage {

// Not thread-safe.
class Watermarks final {
 public:
  // False if it is a repeat; otherwise it counts as seen from now on. Records without origin are never repeats.
  bool Advance(const Origin& origin, base::TimePoint now);

  void TakeChanges(base::EntrySink& sink);
  void ForEachEntry(base::EntrySink& sink) const;
  absl::Status Load(std::string_view key, std::string_view value);

 private:
  using SourceKey = std::tuple<uint32_t, uint32_t, uint32_t>;  // stage, epoch, partition
  struct Client {
    uint64_t sequence = 0;
    base::TimePoint last_used;
  };

  void ForgetOldClients(base::TimePoint now);

  std::map<SourceKey, std::pair<uint64_t, uint32_t>> sources_;
  std::map<std::string, Client, std::less<>> clients_;
  base::TimePoint next_forgetting_;
  std::set<std::string> changed_;
};

}  // namespace centralita::stage
