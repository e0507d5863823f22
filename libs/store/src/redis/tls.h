// TLS towards Redis. OpenSSL's context, wrapped once; hiredis itself would not check host names.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/store/redis_store.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace centralita::store::redis {

struct FreeSession {
  void operator()(SSL* session) const;
};
using TlsSession = std::unique_ptr<SSL, FreeSession>;

// Immutable.
class Tls final {
 public:
  // INVALID_ARGUMENT, with the file, if one cannot be used.
  static absl::StatusOr<std::unique_ptr<Tls>> Make(const RedisTls& options);

  // For one connection.
  TlsSession NewSession(const std::string& host) const;

 private:
  struct Free {
    void operator()(SSL_CTX* context) const;
  };
  explicit Tls(SSL_CTX* context, std::string server_name)
      : context_(context), server_name_(std::move(server_name)) {}
  absl::Status Load(const RedisTls& options);

  std::unique_ptr<SSL_CTX, Free> context_;
  std::string server_name_;
};

}  // namespace centralita::store::redis
