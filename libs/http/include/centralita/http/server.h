// An HTTP/1.1 server with a few threads for many connections.
//
// One request at a time per connection (pipelined ones wait). What is too large is refused with 413
// or 431, what is no HTTP with 400; above the bound of connections, 503.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/http/message.h"

namespace centralita::http {

struct ServerOptions {
  std::string host = "127.0.0.1";
  // 0: any that is free (see Server::port()).
  uint16_t port = 0;
  int threads = 1;
  size_t max_body_bytes = 8 << 20;
  uint32_t max_header_bytes = 16 << 10;
  size_t max_connections = 512;
  // A connection on which nothing was asked for so long is closed.
  base::Duration idle_timeout{60'000};
  // From the first byte of a request to its last; and for writing an answer.
  base::Duration transfer_timeout{30'000};
};

// Called on the server's threads, possibly several at once; must not block. It answers now, or
// keeps the responder.
using Handler = std::function<void(Request request, Responder responder)>;

// Thread-safe.
class Server {
 public:
  // UNAVAILABLE if the port is in use or the host is none of this machine's.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       Handler handler);
  // As Stop() with no time.
  virtual ~Server() = default;

  // The actual one.
  virtual uint16_t port() const = 0;
  virtual size_t connections() const = 0;
  // No new connections or requests; waits for the answers that are due, then closes:
  // DEADLINE_EXCEEDED if some were not given in time. The handler is not called after it returned.
  virtual absl::Status Stop(base::Duration limit) = 0;
};

}  // namespace centralita::http
