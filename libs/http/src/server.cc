#include "centralita/http/server.h"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "centralita/base/error.h"
#include "session.h"

namespace centralita::http {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using Error = boost::system::error_code;

class BeastServer final : public Server {
 public:
  BeastServer(ServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        context_(std::make_shared<asio::io_context>(options_.threads)),
        acceptor_(asio::make_strand(*context_)) {}

  ~BeastServer() override { Stop(base::Duration(0)).IgnoreError(); }

  absl::Status Listen() {
    Error error;
    const auto address =
        asio::ip::make_address(options_.host == "localhost" ? "127.0.0.1" : options_.host, error);
    const Tcp::endpoint endpoint(address, options_.port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    // Lets a restart have its port back at once; on Linux it does not let two servers share it.
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return base::Error(
          absl::StatusCode::kUnavailable, "cannot_listen",
          fmt::format("Cannot serve HTTP on {}:{}: {}. Choose another port, or 0 for any.",
                      options_.host, options_.port, error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    return absl::OkStatus();
  }

  void Run() {
    Accept();
    for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { context_->run(); });
  }

  uint16_t port() const override { return port_; }

  size_t connections() const override {
    std::lock_guard lock(mutex_);
    return sessions_.size();
  }

  absl::Status Stop(base::Duration limit) override {
    std::lock_guard stop_lock(stop_mutex_);
    if (threads_.empty()) return absl::OkStatus();
    asio::post(acceptor_.get_executor(), [this] {
      Error ignored;
      acceptor_.close(ignored);
      accept_again_.cancel();
    });
    std::unique_lock lock(mutex_);
    stopping_ = true;
    for (auto& [key, session] : sessions_) session->Stop();
    const bool in_time = ended_.wait_for(lock, limit, [this] { return sessions_.empty(); });
    for (auto& [key, session] : sessions_) session->Close();
    ended_.wait(lock, [this] { return sessions_.empty(); });
    lock.unlock();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    if (in_time) return absl::OkStatus();
    return base::Error(
        absl::StatusCode::kDeadlineExceeded, "drain_limit",
        fmt::format(
            "The HTTP server on port {} closed connections whose answers were still due after "
            "{}.",
            port_, base::FormatDuration(limit)));
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(*context_), [this](Error error, Tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) return AcceptLater();
      Admit(std::move(socket));
      Accept();
    });
  }

  // Out of descriptors: connections that close give some back; until then the kernel's queue waits.
  void AcceptLater() {
    accept_again_.expires_after(std::chrono::milliseconds(100));
    accept_again_.async_wait([this](Error) {
      if (acceptor_.is_open()) Accept();
    });
  }

  void Admit(Tcp::socket socket) {
    Error ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    auto session = std::make_shared<Session>(context_, std::move(socket), options_, handler_,
                                             [this](Session* ended) { Forget(ended); });
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    // Those that are refused count too, so that they are bounded; twice the bound is closed without
    // a word.
    if (sessions_.size() >= 2 * options_.max_connections) return;
    const bool room = sessions_.size() < options_.max_connections;
    sessions_.emplace(session.get(), session);
    room ? session->Run() : session->Refuse();
  }

  void Forget(Session* session) {
    std::lock_guard lock(mutex_);
    sessions_.erase(session);
    if (sessions_.empty()) ended_.notify_all();
  }

  const ServerOptions options_;
  const Handler handler_;
  const std::shared_ptr<asio::io_context> context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_->get_executor()};
  asio::basic_socket_acceptor<Tcp> acceptor_;
  asio::steady_timer accept_again_{acceptor_.get_executor()};
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  std::mutex stop_mutex_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool stopping_ = false;
  absl::flat_hash_map<Session*, std::shared_ptr<Session>> sessions_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options,
                                                      Handler handler) {
  auto server = std::make_unique<BeastServer>(options, std::move(handler));
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  server->Run();
  return server;
}

}  // namespace centralita::http
