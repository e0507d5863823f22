// Ingest: the way in. Says yes only when the log has made it durable.
//
// Takes log, store, policy and clock by reference; they outlive it. Start() opens the ports; it
// refuses with identity_loading until its projection of the topic `identity` has caught up, which
// Ready() shows.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/store/store.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"

namespace grpc {
class Channel;
}  // namespace grpc

namespace centralita::ingest {

struct IngestOptions {
  // Address to listen on, for all ports.
  std::string host = "127.0.0.1";
  // 0: any that is free (see the app's ports).
  uint16_t grpc_port = 7401;
  uint16_t http_port = 7400;
  // /metrics, /healthz, /readyz; nullopt: somebody else serves them.
  std::optional<uint16_t> admin_port = 7402;
  int http_threads = 1;
  // Stable across restarts of this member.
  std::string member = "0";
  // Text and subject of one message.
  size_t max_text_bytes = 256 << 10;
  // One HTTP body or gRPC message.
  size_t max_request_bytes = 8 << 20;
  size_t max_items_per_request = 1000;
  size_t max_frames_in_flight = 64;
  size_t max_http_connections = 512;
  // Handles whose customer is kept in memory; about 150 bytes each.
  size_t identity_cache_entries = 500'000;
  // What is taken and not yet durable.
  size_t max_unacknowledged_bytes = 64 << 20;
};

struct IngestDeps {
  eventlog::EventLog& log;
  store::Store& store;
  const app::PolicyWatcher& policy;
  const base::Clock& clock;
  telemetry::Logger& logger;
  telemetry::Metrics& metrics;
};

// Thread-safe.
class IngestApp {
 public:
  // NOT_FOUND if a topic was not created.
  static absl::StatusOr<std::unique_ptr<IngestApp>> Create(const IngestOptions& options,
                                                           IngestDeps deps);
  // As Drain() with five seconds.
  virtual ~IngestApp() = default;

  // UNAVAILABLE if a port is in use.
  virtual absl::Status Start() = 0;
  // The actual ones, after Start(); 0 if there is none.
  virtual uint16_t grpc_port() const = 0;
  virtual uint16_t http_port() const = 0;
  virtual uint16_t admin_port() const = 0;
  // Reaches IngestService without a socket, after Start().
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
  // OK when messages are taken; otherwise why not.
  virtual absl::Status Ready() const = 0;
  // Not OK when the identity projection has stopped for good.
  virtual absl::Status Health() const = 0;
  // Waits until Ready(); DEADLINE_EXCEEDED after `limit`, with what it waits for.
  virtual absl::Status WaitReady(base::Duration limit) const = 0;
  // Not ready, no new requests, answers what it took, waits for the log, closes.
  virtual absl::Status Drain(base::Duration limit) = 0;
};

}  // namespace centralita::ingest
