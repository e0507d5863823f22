// A customer whom the shop has said something about, and who writes under many handles: what the
// store knows of him shows in what becomes of his messages.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/ledger/ledger_writer.h"

namespace centralita::e2e {

class KnownCustomer final {
 public:
  // What he sends goes into the ledger.
  KnownCustomer(const std::string& ingest, const std::string& ledger);

  // A signal that makes him a VIP, and a link to him of each of so many handles.
  absl::Status Introduce(int handles);
  struct Answer {
    // Of whom ingest takes the sender to be; empty if it refused, `code` says why.
    std::string customer_id;
    std::string code;
  };
  // By his first handle, or by one of those that were linked to it (1, 2, ...).
  absl::StatusOr<Answer> Write(int handle);
  uint64_t accepted() const { return accepted_; }

  struct Seen {
    // Of his messages in `routing`: with the facts, without them and marked so, and wrongly
    // without.
    int with_facts = 0;
    int degraded = 0;
    int wrong = 0;
  };
  static absl::StatusOr<Seen> SeenIn(eventlog::EventLog& log, const std::string& customer_id);

 private:
  void Authenticate(grpc::ClientContext& context) const;

  std::unique_ptr<ingest::v1::IngestService::Stub> stub_;
  std::unique_ptr<ledger::LedgerWriter> ledger_;
  uint64_t sent_ = 0;
  uint64_t accepted_ = 0;
};

}  // namespace centralita::e2e
