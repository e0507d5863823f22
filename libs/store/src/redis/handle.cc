#include "handle.h"

#include <fmt/format.h>
#include <hiredis/hiredis_ssl.h>
#include <hiredis/sds.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "centralita/base/error.h"
#include "errors.h"
#include "tls.h"

namespace centralita::store::redis {
namespace {

// hiredis reads this much at once.
constexpr size_t kReadSize = size_t{16} * 1024;
// Of these, before other connections have their turn.
constexpr int kReadsInARow = 32;

absl::Status NoAddress(std::string_view address) {
  return base::Error(absl::StatusCode::kInvalidArgument, "redis_bad_address",
                     fmt::format("'{}' is no address of a Redis: write host:port, or unix: and a "
                                 "path, in the store's redis addresses.",
                                 address));
}

}  // namespace

absl::StatusOr<Endpoint> ParseAddress(std::string_view address) {
  if (address.starts_with("unix:")) {
    if (address.size() == 5) return NoAddress(address);
    return Endpoint{.host = "", .port = 0, .path = std::string(address.substr(5))};
  }
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return NoAddress(address);
  std::string_view host = address.substr(0, colon);
  const std::string_view digits = address.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 1 || port > 65535 ||
      host.empty()) {
    return NoAddress(address);
  }
  return Endpoint{.host = std::string(host), .port = port, .path = ""};
}

absl::StatusOr<Handle> Handle::Connect(const Endpoint& endpoint, std::string address) {
  redisContext* context = endpoint.path.empty()
                              ? redisConnectNonBlock(endpoint.host.c_str(), endpoint.port)
                              : redisConnectUnixNonBlock(endpoint.path.c_str());
  if (context == nullptr) return ConnectionError("no memory", address);
  Handle handle(context, std::move(address));
  if (context->err != 0) return handle.Error();
  return handle;
}

absl::Status Handle::Error() const {
  return ConnectionError(context_->errstr[0] == '\0' ? "connection failed" : context_->errstr,
                         address_);
}

absl::Status Handle::CheckConnected() {
  int error = 0;
  socklen_t size = sizeof(error);
  if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  if (error == 0) return absl::OkStatus();
  return ConnectionError(std::strerror(error), address_);
}

absl::Status Handle::StartTls(const Tls& tls, const std::string& host) {
  TlsSession session = tls.NewSession(host);
  if (redisInitiateSSL(context_.get(), session.get()) != REDIS_OK) return Error();
  // hiredis owns it now.
  tls_ = session.release();
  return absl::OkStatus();
}

bool Handle::wants_to_send() const {
  // In the middle of a handshake it is the other side's turn, and it would be asked in vain.
  return sdslen(context_->obuf) > 0 && (tls_ == nullptr || !SSL_want_read(tls_));
}

void Handle::Append(std::string_view bytes) {
  redisAppendFormattedCommand(context_.get(), bytes.data(), bytes.size());
}

bool Handle::has_unsent() const { return sdslen(context_->obuf) > 0; }

absl::Status Handle::Write() {
  int done = 0;
  while (done == 0) {
    const size_t before = sdslen(context_->obuf);
    if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return Error();
    if (sdslen(context_->obuf) == before) break;
  }
  return absl::OkStatus();
}

absl::Status Handle::Read() {
  for (int i = 0; i < kReadsInARow; ++i) {
    const size_t before = context_->reader->len;
    if (redisBufferRead(context_.get()) != REDIS_OK) return Error();
    if (context_->reader->len - before < kReadSize) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<Reply> Handle::Next() {
  void* reply = nullptr;
  if (redisGetReplyFromReader(context_.get(), &reply) != REDIS_OK) return Error();
  return Reply(static_cast<redisReply*>(reply));
}

}  // namespace centralita::store::redis
