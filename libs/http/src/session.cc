#include "session.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace centralita::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr size_t kMaxDiscarded = 64 << 20;
constexpr base::Duration kDiscardTime{2000};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

beast::string_view ToBeast(std::string_view s) { return {s.data(), s.size()}; }
std::string ToString(beast::string_view s) { return {s.data(), s.size()}; }

Request ToRequest(beast::http::request<beast::http::string_body> message) {
  Request request;
  request.method = ToString(message.method_string());
  const std::string target = ToString(message.target());
  const size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string::npos) request.query = target.substr(mark + 1);
  for (const auto& field : message)
    request.headers.push_back({ToString(field.name_string()), ToString(field.value())});
  request.body = std::move(message.body());
  return request;
}

// Keeps no session alive: an answer to a connection that is gone goes nowhere.
class SessionSink final : public Responder::Sink {
 public:
  explicit SessionSink(std::weak_ptr<Session> session) : session_(std::move(session)) {}
  void Send(Response response) override {
    if (auto session = session_.lock()) session->Answer(std::move(response));
  }

 private:
  const std::weak_ptr<Session> session_;
};

}  // namespace

Session::Session(std::shared_ptr<asio::io_context> context, asio::ip::tcp::socket socket,
                 const ServerOptions& options, const Handler& handler,
                 std::function<void(Session*)> on_end)
    : context_(std::move(context)),
      stream_(std::move(socket)),
      options_(options),
      handler_(handler),
      on_end_(std::move(on_end)) {}

// With a weak pointer: jobs left in a context that nobody runs any more must not keep session and
// context alive.
template <typename Job>
void Session::Post(Job job) {
  asio::post(stream_.get_executor(), [weak = weak_from_this(), job = std::move(job)]() mutable {
    if (auto self = weak.lock()) job(*self);
  });
}

void Session::Run() {
  Post([](Session& self) { self.WaitForRequest(); });
}

void Session::Refuse() {
  Post([](Session& self) {
    self.Write(ErrorResponse(503, "too_many_connections",
                             "This server has no room for another connection; try later."),
               false);
  });
}

void Session::Stop() {
  Post([](Session& self) {
    self.stopping_ = true;
    if (self.state_ == State::kIdle) self.End();
  });
}

void Session::Close() {
  Post([](Session& self) { self.End(); });
}

void Session::Answer(Response response) {
  Post([response = std::move(response)](Session& self) mutable {
    if (self.state_ == State::kHandling) self.Write(std::move(response), self.keep_alive_);
  });
}

// Apart from reading the header, so that a connection without a request can be told from a slow
// request.
void Session::WaitForRequest() {
  if (stopping_) return End();
  state_ = State::kIdle;
  if (buffer_.size() > 0) return ReadHeader();
  stream_.expires_after(options_.idle_timeout);
  stream_.async_read_some(buffer_.prepare(4096),
                          beast::bind_front_handler(&Session::OnFirstBytes, shared_from_this()));
}

void Session::OnFirstBytes(Error error, size_t bytes) {
  if (state_ == State::kEnded) return;
  if (error) return End();
  buffer_.commit(bytes);
  ReadHeader();
}

void Session::ReadHeader() {
  state_ = State::kReading;
  parser_.emplace();
  parser_->header_limit(options_.max_header_bytes);
  parser_->body_limit(options_.max_body_bytes);
  stream_.expires_after(options_.transfer_timeout);
  beast::http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Error error, size_t) { self->OnHeader(error); });
}

void Session::OnHeader(Error error) {
  if (state_ == State::kEnded) return;
  if (error) return OnReadError(error);
  const auto expect = parser_->get()[beast::http::field::expect];
  if (!beast::iequals(expect, ToBeast("100-continue"))) return ReadBody();
  asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                    [self = shared_from_this()](Error write_error, size_t) {
                      self->OnContinueSent(write_error);
                    });
}

void Session::OnContinueSent(Error error) {
  if (state_ == State::kEnded) return;
  if (error) return End();
  ReadBody();
}

void Session::ReadBody() {
  beast::http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Error error, size_t) { self->OnRequest(error); });
}

void Session::OnRequest(Error error) {
  if (state_ == State::kEnded) return;
  if (error) return OnReadError(error);
  state_ = State::kHandling;
  keep_alive_ = parser_->get().keep_alive();
  Request request = ToRequest(parser_->release());
  parser_.reset();
  // The answer has its own time; whoever answers is bounded by its own deadlines.
  stream_.expires_never();
  handler_(std::move(request), Responder(std::make_unique<SessionSink>(weak_from_this())));
}

void Session::OnReadError(Error error) {
  discard_ = true;
  if (error == beast::http::error::body_limit) {
    return Write(ErrorResponse(413, "body_too_large",
                               fmt::format("The body is larger than {} bytes; send less at once.",
                                           options_.max_body_bytes)),
                 false);
  }
  if (error == beast::http::error::header_limit) {
    return Write(ErrorResponse(
                     431, "header_too_large",
                     fmt::format("The header is larger than {} bytes.", options_.max_header_bytes)),
                 false);
  }
  if (error == beast::error::timeout) return End();
  if (error.category() == beast::http::make_error_code(beast::http::error::bad_method).category() &&
      error != beast::http::error::end_of_stream && error != beast::http::error::partial_message) {
    return Write(ErrorResponse(400, "bad_request",
                               fmt::format("This is no HTTP/1.1 request: {}.", error.message())),
                 false);
  }
  End();
}

void Session::Write(Response response, bool keep_alive) {
  state_ = State::kWriting;
  response_.emplace(static_cast<beast::http::status>(response.status), 11);
  response_->set(beast::http::field::content_type, ToBeast(response.content_type));
  for (const Header& header : response.headers)
    response_->set(ToBeast(header.name), ToBeast(header.value));
  response_->body() = std::move(response.body);
  response_->prepare_payload();
  response_->keep_alive(keep_alive && !stopping_);
  stream_.expires_after(options_.transfer_timeout);
  beast::http::async_write(stream_, *response_, [self = shared_from_this()](Error error, size_t) {
    self->OnWritten(error);
  });
}

void Session::OnWritten(Error error) {
  if (state_ == State::kEnded) return;
  const bool keep_alive = response_->keep_alive();
  response_.reset();
  if (error) return End();
  if (keep_alive && !stopping_) return WaitForRequest();
  if (!discard_) return End();
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kDiscardTime);
  DiscardInput();
}

void Session::DiscardInput() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(64 << 10),
                          beast::bind_front_handler(&Session::OnDiscarded, shared_from_this()));
}

void Session::OnDiscarded(Error error, size_t bytes) {
  if (state_ == State::kEnded) return;
  discarded_ += bytes;
  if (error || discarded_ > kMaxDiscarded) return End();
  DiscardInput();
}

void Session::End() {
  if (std::exchange(state_, State::kEnded) == State::kEnded) return;
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
  on_end_(this);
}

}  // namespace centralita::http
