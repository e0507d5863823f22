// The one thread that writes the file: takes what waits, writes it in one transaction, syncs,
// acknowledges.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "centralita/sqlite/wal_keeper.h"
#include "log_file.h"
#include "log_state.h"

namespace centralita::eventlog {

// Thread-safe. `state` outlives it.
class Writer final {
 public:
  Writer(std::unique_ptr<LogFile> file, std::unique_ptr<sqlite::WalKeeper> wal, LogState& state);
  // Writes what was taken, then stops.
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Runs `run` in a transaction and waits until that is durable. Then, before it returns,
  // `on_durable` runs under the state's mutex. Both run on the writer's thread. Not to be called
  // from an ack.
  absl::Status Run(std::function<absl::Status(LogFile&)> run, std::function<void()> on_durable);

 private:
  struct Round {
    std::vector<std::unique_ptr<Chunk>> chunks;
    std::vector<std::unique_ptr<Task>> tasks;
  };
  void Loop();
  // False: stopping, and nothing is left.
  bool Take(Round& round);
  absl::Status Write(Round& round);
  absl::Status WriteAll(Round& round);
  void Publish(Round& round);
  void Fail(Round& round);
  void Acknowledge(Round& round, const absl::Status& status);

  std::unique_ptr<LogFile> file_;
  std::unique_ptr<sqlite::WalKeeper> wal_;
  LogState& state_;
  std::thread thread_;
};

}  // namespace centralita::eventlog
