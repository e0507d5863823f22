// Plays the demo's input in real time over ingest's gRPC, as the shop's channels would.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/ledger/ledger_writer.h"
#include "client/endpoint.h"
#include "client/message_json.h"

namespace centralita::demo {

struct Script {
  // Sorted by at_ms.
  std::vector<std::string> links;
  std::vector<std::string> signals;
  std::vector<std::string> messages;
};

// Reads links.jsonl, signals.jsonl and messages.jsonl. NOT_FOUND names the file.
absl::StatusOr<Script> ReadScript(const std::string& folder);

// A message was accepted. Called on the player's thread.
using Told =
    std::function<void(const client::PlayedMessage& played, const ingest::v1::ItemResult& result)>;

class Player final {
 public:
  // Starts at once. Everything outlives it. `keys`: tenant -> API key.
  Player(Script script, client::Endpoint endpoint, std::map<std::string, std::string> keys,
         const base::Clock& clock, ledger::LedgerWriter& ledger, Told told);
  ~Player();

  bool done() const { return done_; }
  uint64_t sent() const { return sent_; }
  // The first thing that went wrong; OK while nothing did.
  absl::Status status() const;
  void Stop() { stop_ = true; }

 private:
  struct Cue {
    int64_t at_ms = 0;
    // Links before signals before messages of the same moment.
    int order = 0;
    const std::string* line = nullptr;
  };

  void Run();
  absl::Status Play(const Cue& cue);
  absl::Status PlayMessage(const std::string& line);
  absl::Status PlaySignal(const std::string& line);
  absl::Status PlayLink(const std::string& line);
  client::Endpoint For(const std::string& tenant) const;

  const Script script_;
  const client::Endpoint endpoint_;
  const std::map<std::string, std::string> keys_;
  const base::Clock& clock_;
  ledger::LedgerWriter& ledger_;
  const Told told_;
  struct Stubs;
  std::shared_ptr<Stubs> stubs_;
  std::atomic<bool> done_{false};
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> sent_{0};
  mutable std::mutex mutex_;
  absl::Status status_;
  std::thread thread_;
};

}  // namespace centralita::demo
