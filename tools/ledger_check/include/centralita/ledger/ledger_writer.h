// Writes a ledger: what senders were told and what agents' clients saw, for centralita-ledger-check
// to judge. The format is in tools/ledger_check/README.md.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace centralita::gateway::v1 {
class Action;
class Update;
}  // namespace centralita::gateway::v1
namespace centralita::metrics::v1 {
class TracedEvent;
}  // namespace centralita::metrics::v1

namespace centralita::ledger {

// One delivery that a sender tried, and what it was told. Times are wall clock, milliseconds since
// 1970.
struct Sending {
  // When the delivery was handed over (an open-loop sender: when it was due); latency counts from
  // here.
  int64_t sent_unix_ms = 0;
  int64_t answered_unix_ms = 0;
  std::string_view tenant = {};
  // The sender's own name of the person: "channel/account/handle".
  std::string_view customer_key = {};
  // As answered; empty if refused or if no answer came.
  std::string_view message_id = {};
  bool accepted = false;
  // The code when not accepted. When nobody knows whether it was written: "unavailable",
  // "log_unavailable", "deadline_exceeded", "cancelled", "unknown", "internal" or "no_answer".
  std::string_view code = {};
  // Counts this sender's deliveries.
  uint64_t send_order = 0;
  // Where it lies in `inbound`, as answered; partition -1 if the answer did not say.
  int64_t partition = -1;
  uint64_t offset = 0;
  // It must not be worked on before then: no latency is counted for it. 0 for at once.
  int64_t not_before_unix_ms = 0;
};

// Thread-safe; calls of one thread keep their order. Buffered: what was not flushed is lost with
// the process, and a last line cut short is something that the checker expects. The first failed
// write is kept and returned by Flush() and Close(); later records are dropped then.
class LedgerWriter final {
 public:
  // Creates the folder. `writer` names this process among those that write to one ledger (letters,
  // digits, '-', '_'). ALREADY_EXISTS if it has files there: a ledger is of one run.
  static absl::StatusOr<std::unique_ptr<LedgerWriter>> Open(const std::filesystem::path& folder,
                                                            std::string_view writer);

  // Flushes; errors are lost, so call Close() where they matter.
  ~LedgerWriter();
  LedgerWriter(const LedgerWriter&) = delete;
  LedgerWriter& operator=(const LedgerWriter&) = delete;

  void Sent(const Sending& sending);

  // What an agent's client did and saw, in the order in which it happened to that client. `session`
  // is as in Welcome; empty before it. Connected: before the Hello is sent. Did: before the action
  // is sent.
  void Connected(int64_t unix_ms, std::string_view agent_id);
  void Saw(int64_t unix_ms, std::string_view agent_id, std::string_view session,
           const gateway::v1::Update& update);
  void Did(int64_t unix_ms, std::string_view agent_id, std::string_view session,
           const gateway::v1::Action& action);
  void Disconnected(int64_t unix_ms, std::string_view agent_id, std::string_view session);

  // The dump of the topic `events`; the records of a partition in the order of their offsets.
  void Event(const metrics::v1::TracedEvent& event);
  // The dump of the topic `dead-letter`: where a record lies there, and its value (a serialised
  // DeadLetterRecord).
  void DeadLetter(uint32_t partition, uint64_t offset, int64_t append_unix_ms,
                  std::string_view record);

  // Hands everything to the operating system and waits until the disk has it.
  absl::Status Flush();
  // Flush, then refuse further records with FAILED_PRECONDITION at the next Flush(). A second call
  // does nothing.
  absl::Status Close();

 private:
  class File;

  LedgerWriter(std::unique_ptr<File> senders, std::unique_ptr<File> agents,
               std::unique_ptr<File> events, std::unique_ptr<File> dead_letters);

  std::unique_ptr<File> senders_;
  std::unique_ptr<File> agents_;
  std::unique_ptr<File> events_;
  std::unique_ptr<File> dead_letters_;
};

}  // namespace centralita::ledger
