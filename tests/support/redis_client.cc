#include "tests/support/redis_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"

namespace centralita::testing {
namespace {

absl::Status Gone() { return absl::UnavailableError("the Redis under test does not answer"); }

}  // namespace

absl::StatusOr<RedisClient> RedisClient::Connect(int port) {
  RedisClient client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(client.fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(client.fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return Gone();
  }
  return client;
}

RedisClient::RedisClient(RedisClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

RedisClient::~RedisClient() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status RedisClient::Send(const std::vector<std::string>& command) {
  std::string bytes = fmt::format("*{}\r\n", command.size());
  for (const std::string& argument : command) {
    bytes += fmt::format("${}\r\n{}\r\n", argument.size(), argument);
  }
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return Gone();
    sent += static_cast<size_t>(n);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> RedisClient::Run(const std::vector<std::string>& command) {
  ABSL_RETURN_IF_ERROR(Send(command));
  return ReadReply();
}

absl::Status RedisClient::Fill() {
  std::array<char, 64 * 1024> chunk{};
  const ssize_t n = ::recv(fd_, chunk.data(), chunk.size(), 0);
  if (n <= 0) return Gone();
  buffer_.append(chunk.data(), static_cast<size_t>(n));
  return absl::OkStatus();
}

absl::StatusOr<std::string> RedisClient::ReadLine() {
  size_t end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    ABSL_RETURN_IF_ERROR(Fill());
    end = buffer_.find("\r\n");
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

absl::StatusOr<std::string> RedisClient::ReadBytes(size_t count) {
  while (buffer_.size() < count + 2) ABSL_RETURN_IF_ERROR(Fill());
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count + 2);
  return bytes;
}

absl::StatusOr<std::string> RedisClient::ReadReply() {
  ABSL_ASSIGN_OR_RETURN(const std::string line, ReadLine());
  const std::string rest = line.substr(1);
  if (line[0] == '-') return absl::InternalError(rest);
  if (line[0] == '+' || line[0] == ':') return rest;
  const int count = std::atoi(rest.c_str());
  if (count < 0) return "(nil)";
  if (line[0] == '$') return ReadBytes(static_cast<size_t>(count));
  std::string all;
  for (int i = 0; i < count; ++i) {
    ABSL_ASSIGN_OR_RETURN(const std::string element, ReadReply());
    all += (i == 0 ? "" : "\n") + element;
  }
  return all;
}

}  // namespace centralita::testing
