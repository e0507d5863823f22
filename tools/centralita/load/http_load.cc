#include "load/http_load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>

#include "centralita/base/status_macros.h"
#include "client/message_json.h"
#include "load/messages.h"

namespace centralita::load {
namespace {

using Time = std::chrono::steady_clock::time_point;

constexpr int kMostThreads = 4;
constexpr std::chrono::milliseconds kLongestPoll{20};
constexpr std::chrono::seconds kReconnect{1};

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

absl::StatusOr<Address> Resolve(const std::string& server) {
  const size_t colon = server.rfind(':');
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(
        fmt::format("The server '{}' is no host:port of ingest's HTTP.", server));
  }
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host = server.substr(0, colon);
  const std::string port = server.substr(colon + 1);
  if (const int error = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); error != 0) {
    return absl::InvalidArgumentError(
        fmt::format("The server '{}' is not to be found: {}.", server, gai_strerror(error)));
  }
  Address address;
  address.size = found->ai_addrlen;
  std::copy_n(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen,
              reinterpret_cast<char*>(&address.bytes));
  freeaddrinfo(found);
  return address;
}

// The status of a whole answer at the front of `bytes`, and its size.
struct Answer {
  int status = 0;
  size_t size = 0;
};
std::optional<Answer> AnswerIn(std::string_view bytes) {
  constexpr std::string_view kLength = "content-length:";
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos || bytes.size() < 12) return std::nullopt;
  Answer answer;
  std::from_chars(bytes.data() + 9, bytes.data() + 12, answer.status);
  size_t length = 0;
  for (size_t at = bytes.find("\r\n"); at < end; at = bytes.find("\r\n", at + 2)) {
    const std::string_view line = bytes.substr(at + 2, end - at);
    const bool is_length =
        line.size() > kLength.size() &&
        std::equal(kLength.begin(), kLength.end(), line.begin(),
                   [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
    if (!is_length) continue;
    const size_t digits = line.find_first_not_of(' ', kLength.size());
    if (digits != std::string_view::npos)
      std::from_chars(line.data() + digits, line.data() + line.size(), length);
  }
  answer.size = end + 4 + length;
  if (bytes.size() < answer.size) return std::nullopt;
  return answer;
}

// One connection, with at most one request on its way.
class Connection final {
 public:
  explicit Connection(const Address& address) : address_(address) {}
  ~Connection() { Close(); }
  Connection(Connection&& other) noexcept
      : address_(other.address_), fd_(std::exchange(other.fd_, -1)) {}

  bool Open() {
    fd_ = socket(address_.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd_ < 0) return false;
    const int yes = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    // Loopback or a near network: it answers at once, or is not there.
    if (connect(fd_, reinterpret_cast<const sockaddr*>(&address_.bytes), address_.size) != 0) {
      Close();
      return false;
    }
    fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
    return true;
  }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
    busy_ = false;
    received_.clear();
  }

  // A request fits into an empty socket buffer.
  bool Send(const std::string& request, Time due) {
    busy_ = true;
    due_ = due;
    return send(fd_, request.data(), request.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(request.size());
  }
  // What has come; false if the connection broke.
  bool Receive() {
    char bytes[4096];
    const ssize_t count = recv(fd_, bytes, sizeof bytes, 0);
    if (count > 0) received_.append(bytes, static_cast<size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
  }
  std::optional<int> TakeStatus() {
    const auto answer = AnswerIn(received_);
    if (!answer) return std::nullopt;
    body_ = received_.substr(0, answer->size);
    received_.erase(0, answer->size);
    busy_ = false;
    return answer->status;
  }

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  bool busy() const { return busy_; }
  Time due() const { return due_; }
  const std::string& body() const { return body_; }

 private:
  const Address& address_;
  int fd_ = -1;
  bool busy_ = false;
  Time due_;
  std::string received_;
  std::string body_;
};

// One thread's share of connections and messages.
class HttpSender final {
 public:
  HttpSender(const LoadOptions& options, const std::vector<ingest::v1::NewMessage>& templates,
             const Address& address, int index, int threads, const base::Clock& clock)
      : options_(options),
        clock_(clock),
        rate_(options.rate / threads),
        maker_(options, templates, index) {
    const int count = std::max(1, options.streams / threads);
    for (int i = 0; i < count; ++i) connections_.emplace_back(address);
    head_ = fmt::format(
        "POST /v1/messages HTTP/1.1\r\nHost: {}\r\nX-Tenant: {}\r\nX-Api-Key: {}\r\n"
        "Content-Type: application/json\r\nContent-Length: ",
        options.endpoint.server, options.endpoint.tenant, options.endpoint.api_key);
  }

  void Run(uint64_t messages, Time start) {
    for (Connection& connection : connections_) connection.Open();
    Time give_up = Time::max();
    size_t busy = 0;
    while (sent_ < messages || busy > 0) {
      const Time now = clock_.Monotonic();
      if (options_.cancelled && options_.cancelled()) messages = sent_;
      if (sent_ == messages && give_up == Time::max()) give_up = now + options_.patience;
      if (now > give_up) break;
      SendDue(messages, start, now);
      Await(sent_ == messages ? now + kLongestPoll : DueAt(start, sent_));
      busy = static_cast<size_t>(std::ranges::count_if(connections_, &Connection::busy));
    }
    result_.unanswered_frames += busy;
    result_.sent = sent_;
    sent_now = sent_;
  }

  const LoadResult& result() const { return result_; }
  std::atomic<uint64_t> sent_now{0};
  std::atomic<uint64_t> accepted_now{0};

 private:
  Time DueAt(Time start, uint64_t n) const {
    if (rate_ <= 0) return start;
    return start +
           std::chrono::nanoseconds(static_cast<int64_t>(static_cast<double>(n) / rate_ * 1e9));
  }

  // What is due goes out as far as there are free connections; what has to wait counts from then.
  void SendDue(uint64_t messages, Time start, Time now) {
    for (Connection& connection : connections_) {
      if (sent_ == messages) return;
      const Time due = rate_ > 0 ? DueAt(start, sent_) : now;
      if (due > now) return;
      if (connection.busy()) continue;
      if (!connection.open() && !Reopen(connection, now)) continue;
      if (connection.Send(Request(sent_), due)) {
        ++sent_;
      } else {
        Broken(connection);
      }
    }
    sent_now = sent_;
  }

  bool Reopen(Connection& connection, Time now) {
    if (now < reopen_at_) return false;
    reopen_at_ = now + kReconnect;
    ++result_.reconnects;
    return connection.Open();
  }
  void Broken(Connection& connection) {
    if (connection.busy()) ++result_.unanswered_frames;
    connection.Close();
  }

  void Await(Time until) {
    polled_.clear();
    waited_for_.clear();
    bool free = false;
    for (Connection& connection : connections_) {
      free = free || (connection.open() && !connection.busy());
      if (!connection.busy()) continue;
      polled_.push_back({.fd = connection.fd(), .events = POLLIN, .revents = 0});
      waited_for_.push_back(&connection);
    }
    const auto left = until - clock_.Monotonic();
    const auto wait = std::clamp<std::chrono::nanoseconds>(
        free ? left : kLongestPoll, std::chrono::nanoseconds(0), kLongestPoll);
    const timespec limit{.tv_sec = 0, .tv_nsec = wait.count()};
    if (ppoll(polled_.data(), polled_.size(), &limit, nullptr) <= 0) return;
    for (size_t i = 0; i < polled_.size(); ++i) {
      if (polled_[i].revents != 0) Take(*waited_for_[i]);
    }
  }

  void Take(Connection& connection) {
    if (!connection.Receive()) return Broken(connection);
    const auto status = connection.TakeStatus();
    if (!status) return;
    if (*status == 200) {
      ++result_.accepted;
      accepted_now = result_.accepted;
      result_.ack.Add(clock_.Monotonic() - connection.due());
      return;
    }
    ++result_.refused;
    if (result_.first_refusal.empty()) result_.first_refusal = connection.body();
  }

  std::string Request(uint64_t n) {
    maker_.Make(n, message_);
    const std::string body = nlohmann::json{
        {"channel", client::ChannelName(message_.channel())},
        {"account", message_.account()},
        {"handle", message_.handle()},
        {"provider_message_id", message_.provider_message_id()},
        {"text",
         message_.text()}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return fmt::format("{}{}\r\n\r\n{}", head_, body.size(), body);
  }

  const LoadOptions& options_;
  const base::Clock& clock_;
  // A second; 0: as fast as answers come.
  const double rate_;
  MessageMaker maker_;
  std::string head_;
  std::vector<Connection> connections_;
  std::vector<pollfd> polled_;
  std::vector<Connection*> waited_for_;
  ingest::v1::NewMessage message_;
  uint64_t sent_ = 0;
  Time reopen_at_;
  LoadResult result_;
};

}  // namespace

absl::StatusOr<LoadResult> RunHttpLoad(const LoadOptions& options, const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(const auto templates, Templates(options.input, clock.Now()));
  ABSL_ASSIGN_OR_RETURN(const Address address, Resolve(options.endpoint.server));
  const int count = std::min(kMostThreads, options.streams);
  const auto share = [&](int i) {
    const auto n = static_cast<uint64_t>(count);
    return options.messages / n + (static_cast<uint64_t>(i) < options.messages % n ? 1 : 0);
  };
  std::vector<std::unique_ptr<HttpSender>> senders;
  std::vector<std::thread> threads;
  std::atomic<int> running{count};
  const auto start = clock.Monotonic();
  for (int i = 0; i < count; ++i) {
    senders.push_back(std::make_unique<HttpSender>(options, templates, address, i, count, clock));
    threads.emplace_back([&running, &sender = *senders.back(), messages = share(i), start] {
      sender.Run(messages, start);
      --running;
    });
  }
  for (int tick = 1; running > 0; ++tick) {
    std::this_thread::sleep_for(base::Duration(50));
    if (tick % 20 != 0 || !options.progress) continue;
    uint64_t sent = 0;
    uint64_t accepted = 0;
    for (const auto& sender : senders) {
      sent += sender->sent_now;
      accepted += sender->accepted_now;
    }
    options.progress(sent, accepted);
  }
  for (std::thread& thread : threads) thread.join();
  LoadResult result;
  result.seconds = std::chrono::duration<double>(clock.Monotonic() - start).count();
  for (const auto& sender : senders) {
    const LoadResult& part = sender->result();
    result.sent += part.sent;
    result.accepted += part.accepted;
    result.refused += part.refused;
    result.unanswered_frames += part.unanswered_frames;
    result.reconnects += part.reconnects;
    result.ack.Merge(part.ack);
    if (result.first_refusal.empty()) result.first_refusal = part.first_refusal;
  }
  if (result.accepted == 0 && result.reconnects > 0) {
    return absl::UnavailableError(
        fmt::format("Nobody answers HTTP at {}.", options.endpoint.server));
  }
  return result;
}

}  // namespace centralita::load
