// Copies the topics `events` and `dead-letter` into a ledger.
#pragma once

#include "absl/status/status.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/ledger/ledger_writer.h"

namespace centralita::demo {

// Everything up to the present end of both.
absl::Status DumpLog(eventlog::EventLog& log, ledger::LedgerWriter& ledger);

}  // namespace centralita::demo
