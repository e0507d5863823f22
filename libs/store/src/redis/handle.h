// hiredis' C handles, wrapped once. Nothing else of the store sees hiredis but redisReply's fields.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tls.h"

namespace centralita::store::redis {

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

inline bool IsError(const redisReply& reply) { return reply.type == REDIS_REPLY_ERROR; }
inline bool IsNil(const redisReply& reply) { return reply.type == REDIS_REPLY_NIL; }
// Of a string, status or error.
inline std::string_view Text(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view() : std::string_view(reply.str, reply.len);
}

struct Endpoint {
  // Empty: `path` is a socket's.
  std::string host;
  int port = 0;
  std::string path;
};

// "host:port", "[::1]:6379", "::1:6379" (as Redis writes it) or "unix:/path"; INVALID_ARGUMENT.
absl::StatusOr<Endpoint> ParseAddress(std::string_view address);

// One connection, which never blocks. Used by one thread. Errors: UNAVAILABLE; the connection is of
// no use any more then.
class Handle final {
 public:
  // Begins to connect; a host's name is looked up, which may take time. `address` is for messages.
  static absl::StatusOr<Handle> Connect(const Endpoint& endpoint, std::string address);

  int fd() const { return context_->fd; }
  // Once the socket can be written: is it connected?
  absl::Status CheckConnected();
  absl::Status StartTls(const Tls& tls, const std::string& host);

  void Append(std::string_view bytes);
  bool has_unsent() const;
  // It may be able to send as soon as the socket can be written.
  bool wants_to_send() const;
  absl::Status Write();
  // What has come, as far as it is worth waiting for none of it.
  absl::Status Read();
  // Null if no reply is complete.
  absl::StatusOr<Reply> Next();

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  Handle(redisContext* context, std::string address)
      : context_(context), address_(std::move(address)) {}
  absl::Status Error() const;

  std::unique_ptr<redisContext, Free> context_;
  std::string address_;
  // Owned by context_; null without TLS.
  const SSL* tls_ = nullptr;
};

}  // namespace centralita::store::redis
