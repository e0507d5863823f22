// Takes appends for the writer of the embedded log.
#pragma once

#include <memory>

#include "centralita/eventlog/eventlog.h"
#include "log_state.h"

namespace centralita::eventlog {

class SqliteProducer final : public Producer {
 public:
  // `state` outlives it.
  SqliteProducer(LogState& state, const ProducerOptions& options);

  absl::Status Append(Outgoing record, AckCallback ack) override;
  absl::Status WaitForRoom(base::Duration limit) override;
  absl::Status Flush(base::Duration limit) override;

 private:
  absl::Status CheckOpen() const;
  static Chunk& OpenChunk(LogState& state, Partition& partition);

  LogState& state_;
  // Lives on in what it appended.
  const std::shared_ptr<ProducerState> shared_;
};

}  // namespace centralita::eventlog
