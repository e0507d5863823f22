// One connection: reads a request, has it answered, writes the answer, and again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "centralita/http/server.h"

namespace centralita::http {

// All members run on the connection's strand; Run(), Stop(), Close() and Answer() may be called
// from anywhere.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  // `context` is shared so that a late answer finds it alive; `options` and `handler` outlive the
  // io threads' last job.
  Session(std::shared_ptr<boost::asio::io_context> context, boost::asio::ip::tcp::socket socket,
          const ServerOptions& options, const Handler& handler,
          std::function<void(Session*)> on_end);

  void Run();
  // Answers 503 and closes.
  void Refuse();
  // Closes now if no request is under way, otherwise after its answer.
  void Stop();
  // Closes now.
  void Close();
  void Answer(Response response);

 private:
  using Error = boost::system::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Message = boost::beast::http::response<boost::beast::http::string_body>;
  enum class State { kIdle, kReading, kHandling, kWriting, kEnded };

  template <typename Job>
  void Post(Job job);
  void WaitForRequest();
  void OnFirstBytes(Error error, size_t bytes);
  void ReadHeader();
  void OnHeader(Error error);
  void OnContinueSent(Error error);
  void ReadBody();
  void OnRequest(Error error);
  void OnReadError(Error error);
  void Write(Response response, bool keep_alive);
  void OnWritten(Error error);
  void DiscardInput();
  void OnDiscarded(Error error, size_t bytes);
  void End();

  const std::shared_ptr<boost::asio::io_context> context_;
  boost::beast::tcp_stream stream_;
  const ServerOptions& options_;
  const Handler& handler_;
  const std::function<void(Session*)> on_end_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::optional<Message> response_;
  State state_ = State::kIdle;
  bool stopping_ = false;
  bool keep_alive_ = true;
  // After an error, the rest of a request is read and dropped, so that the sender gets to see the
  // answer.
  bool discard_ = false;
  size_t discarded_ = 0;
};

}  // namespace centralita::http
