// Requests and responses in our own words.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::http {

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  // Upper case, as in "POST".
  std::string method;
  // Target up to the question mark, as sent (not percent-decoded).
  std::string path;
  // Behind the question mark; empty if there is none.
  std::string query;
  std::vector<Header> headers;
  std::string body;

  // The first header of that name, whatever its case.
  std::optional<std::string_view> FindHeader(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  // Beside Content-Type, Content-Length and Connection, which the server sets.
  std::vector<Header> headers;
};

// {"error":{"code":...,"message":...}}
Response ErrorResponse(int status, std::string_view code, std::string_view message);

// As a JSON string literal, with its quotes. Bytes that are no UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);

// The place where one answer goes. Moved to whoever answers; may be used on any thread, also after
// the server's end (the answer then goes nowhere). Destroyed without an answer, it answers 500.
class Responder final {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void Send(Response response) = 0;
  };

  explicit Responder(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
  ~Responder();
  Responder(Responder&&) = default;
  Responder& operator=(Responder&&) = delete;

  // At most once.
  void Send(Response response);

 private:
  std::unique_ptr<Sink> sink_;
};

}  // namespace centralita::http
