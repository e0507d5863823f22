// An open-loop load on ingest: messages are due at a rate, whether or not the server keeps up, and
// latency counts from when a message was due.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/ledger/ledger_writer.h"
#include "client/endpoint.h"
#include "load/histogram.h"

namespace centralita::load {

struct LoadOptions {
  client::Endpoint endpoint{client::Side::kIngest};
  uint64_t messages = 10'000;
  // A second; 0: as fast as the server takes them (closed loop then).
  double rate = 0;
  int streams = 2;
  // By HTTP: a message a request, and `streams` connections with one request on its way each.
  bool http = false;
  int frame = 50;
  int max_frames_in_flight = 64;
  uint64_t customers = 2'000;
  // Share of deliveries that are sent twice.
  double duplicates = 0.0;
  uint64_t seed = 1;
  // Begins the messages' ids; another one for each run.
  std::string run;
  // How long to wait for the last answers.
  base::Duration patience{60'000};
  // JSON lines whose texts and channels are used; empty: built-in phrases.
  std::string input;
  // May be null.
  ledger::LedgerWriter* ledger = nullptr;
  // Called about every second with what was sent and accepted; may be empty.
  std::function<void(uint64_t sent, uint64_t accepted)> progress;
  // Ends the load early when true; may be empty.
  std::function<bool()> cancelled;
};

struct LoadResult {
  uint64_t sent = 0;
  uint64_t accepted = 0;
  uint64_t refused = 0;
  // Frames whose answer never came.
  uint64_t unanswered_frames = 0;
  uint64_t reconnects = 0;
  double seconds = 0;
  Histogram ack;
  // The first refusal, in words.
  std::string first_refusal;
};

absl::StatusOr<LoadResult> RunLoad(const LoadOptions& options, const base::Clock& clock);

}  // namespace centralita::load
