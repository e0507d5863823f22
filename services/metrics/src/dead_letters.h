// What lies in `dead-letter`: listed for people, and taken back to where it came from.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::metrics {

// Thread-safe; one replay at a time.
class DeadLetters final {
 public:
  DeadLetters(eventlog::EventLog& log, const base::Clock& clock,
              std::unique_ptr<eventlog::Producer> producer)
      : log_(log), clock_(clock), producer_(std::move(producer)) {}

  // Both see the letters of that tenant, and those whose key names none.
  absl::StatusOr<v1::ListDeadLettersResponse> List(const std::string& tenant,
                                                   const v1::ListDeadLettersRequest& request);
  // Appends the original, durably, then a note that it was. A crash between the two makes a second
  // replay of the letter possible, which route recognises as a duplicate.
  absl::StatusOr<v1::ReplayDeadLettersResponse> Replay(const std::string& tenant,
                                                       const v1::ReplayDeadLettersRequest& request);

 private:
  struct Letter;
  absl::StatusOr<std::vector<Letter>> ReadAll(const std::string& tenant);
  absl::Status ReplayOne(const Letter& letter, uint64_t replay, uint64_t index);

  eventlog::EventLog& log_;
  const base::Clock& clock_;
  const std::unique_ptr<eventlog::Producer> producer_;
  std::mutex replaying_;
};

}  // namespace centralita::metrics
