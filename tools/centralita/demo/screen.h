// What a person sees while the demo runs: stories above, a live table below. Without a terminal:
// the same in plain lines.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::demo {

struct Moment {
  int64_t elapsed_ms = 0;
  int64_t now_unix_ms = 0;
  // What senders were told was accepted, when the overview was asked for.
  uint64_t told_accepted = 0;
  metrics::v1::GetOverviewResponse overview;
  metrics::v1::ListQueuesResponse queues;
};

// Thread-safe.
class Screen final {
 public:
  explicit Screen(bool terminal) : terminal_(terminal) {}
  void Say(const std::string& line);
  void Show(const Moment& moment);
  // Ends the live table: what follows comes below it.
  void End();

 private:
  void Erase();

  const bool terminal_;
  std::mutex mutex_;
  size_t table_lines_ = 0;
  std::string table_;
  int64_t last_plain_ms_ = -10'000;
};

}  // namespace centralita::demo
