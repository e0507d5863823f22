#include "centralita/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "tests/unit/http/client.h"

namespace centralita::http {
namespace {

using test::Client;
using test::Reply;
using ::testing::HasSubstr;

void Echo(Request request, Responder responder) {
  responder.Send(
      {.status = 200,
       .content_type = "text/plain",
       .body = request.method + " " + request.path + " " + request.query + " " + request.body,
       .headers = {{"X-Seen", std::string(request.FindHeader("x-api-key").value_or("-"))}}});
}

std::unique_ptr<Server> Start(ServerOptions options, Handler handler) {
  auto server = Server::Start(options, std::move(handler));
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

TEST(Server, AnswersManyRequestsOnOneConnection) {
  auto server = Start({}, Echo);
  Client client(server->port());
  const Reply first = client.Call("POST", "/v1/messages?a=1", "hello", {{"X-Api-Key", "k"}});
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "POST /v1/messages a=1 hello");
  EXPECT_THAT(first.head, HasSubstr("X-Seen: k"));
  EXPECT_EQ(client.Call("GET", "/two").body, "GET /two  ");
  EXPECT_EQ(server->connections(), 1u);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  auto server = Start({}, Echo);
  Client client(server->port());
  client.SendRaw("GET /1 HTTP/1.1\r\nHost: t\r\n\r\nGET /2 HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(client.Receive().body, "GET /1  ");
  EXPECT_EQ(client.Receive().body, "GET /2  ");
}

TEST(Server, ConnectionCloseIsHonoured) {
  auto server = Start({}, Echo);
  Client client(server->port());
  EXPECT_EQ(client.Call("GET", "/", {}, {{"Connection", "close"}}).status, 200);
  EXPECT_TRUE(client.Closed());
}

TEST(Server, AnAnswerMayComeLaterFromAnotherThread) {
  std::promise<Responder> waiting;
  auto server =
      Start({}, [&](Request, Responder responder) { waiting.set_value(std::move(responder)); });
  Client client(server->port());
  client.Send("GET", "/", {});
  Responder responder = waiting.get_future().get();
  std::thread([&] { responder.Send({.status = 202, .body = "later", .headers = {}}); }).join();
  const Reply reply = client.Receive();
  EXPECT_EQ(reply.status, 202);
  EXPECT_EQ(reply.body, "later");
}

TEST(Server, ADroppedResponderIsA500) {
  auto server = Start({}, [](Request, Responder) {});
  EXPECT_EQ(Client(server->port()).Call("GET", "/").status, 500);
}

TEST(Server, ABodyAboveTheLimitIs413EvenIfItIsStillBeingSent) {
  auto server = Start({.max_body_bytes = 1000}, Echo);
  Client client(server->port());
  EXPECT_EQ(client.Call("POST", "/", std::string(1000, 'x')).status, 200);
  const Reply reply = client.Call("POST", "/", std::string(3'000'000, 'x'));
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("body_too_large"));
}

TEST(Server, AChunkedBodyAboveTheLimitIs413) {
  auto server = Start({.max_body_bytes = 10}, Echo);
  Client client(server->port());
  client.SendRaw(
      "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: "
      "chunked\r\n\r\n8\r\n12345678\r\n8\r\n12345678\r\n");
  EXPECT_EQ(client.Receive().status, 413);
}

TEST(Server, AHeaderAboveTheLimitIs431) {
  auto server = Start({.max_header_bytes = 500}, Echo);
  Client client(server->port());
  EXPECT_EQ(client.Call("GET", "/", {}, {{"X-Long", std::string(1000, 'x')}}).status, 431);
}

TEST(Server, WhatIsNoHttpIs400AndOthersGoOn) {
  auto server = Start({}, Echo);
  Client bad(server->port());
  bad.SendRaw("\x16\x03\x01 not http\r\n\r\n");
  EXPECT_EQ(bad.Receive().status, 400);
  EXPECT_TRUE(bad.Closed());
  EXPECT_EQ(Client(server->port()).Call("GET", "/").status, 200);
}

TEST(Server, ExpectContinueIsAnsweredBeforeTheBody) {
  auto server = Start({}, Echo);
  Client client(server->port());
  client.SendRaw("POST / HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 100);
  client.SendRaw("ok");
  EXPECT_THAT(client.Receive().body, HasSubstr("ok"));
}

TEST(Server, IdleConnectionsAreClosed) {
  auto server = Start({.idle_timeout = base::Duration(50)}, Echo);
  Client client(server->port());
  EXPECT_EQ(client.Call("GET", "/").status, 200);
  EXPECT_TRUE(client.Closed());
}

TEST(Server, ARequestThatNeverEndsIsClosed) {
  auto server = Start({.transfer_timeout = base::Duration(50)}, Echo);
  Client client(server->port());
  client.SendRaw("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(client.Closed());
}

TEST(Server, ConnectionsAboveTheBoundAreRefused) {
  auto server = Start({.max_connections = 1}, Echo);
  Client first(server->port());
  ASSERT_EQ(first.Call("GET", "/").status, 200);
  Client second(server->port());
  EXPECT_EQ(second.Receive().status, 503);
  EXPECT_EQ(first.Call("GET", "/").status, 200);
}

TEST(Server, StopLetsARequestEndAndClosesTheRest) {
  std::promise<Responder> waiting;
  auto server = Start({}, [&](Request request, Responder responder) {
    if (request.path == "/slow") return waiting.set_value(std::move(responder));
    Echo(std::move(request), std::move(responder));
  });
  Client idle(server->port());
  ASSERT_EQ(idle.Call("GET", "/").status, 200);
  Client busy(server->port());
  busy.Send("GET", "/slow", {});
  Responder responder = waiting.get_future().get();
  auto stopped =
      std::async(std::launch::async, [&] { return server->Stop(base::Duration(20'000)); });
  EXPECT_TRUE(idle.Closed());
  responder.Send({.status = 200, .body = "done", .headers = {}});
  const Reply reply = busy.Receive();
  EXPECT_EQ(reply.body, "done");
  EXPECT_THAT(reply.head, HasSubstr("Connection: close"));
  EXPECT_TRUE(stopped.get().ok());
}

TEST(Server, StopGivesUpAfterItsLimitAndALateAnswerGoesNowhere) {
  std::promise<Responder> waiting;
  auto server =
      Start({}, [&](Request, Responder responder) { waiting.set_value(std::move(responder)); });
  Client client(server->port());
  client.Send("GET", "/", {});
  Responder responder = waiting.get_future().get();
  EXPECT_EQ(server->Stop(base::Duration(20)).code(), absl::StatusCode::kDeadlineExceeded);
  server.reset();
  responder.Send({.status = 200, .body = "too late", .headers = {}});
  EXPECT_TRUE(client.Closed());
}

TEST(Server, APortInUseIsAnErrorThatNamesIt) {
  auto server = Start({}, Echo);
  auto second = Server::Start({.port = server->port()}, Echo);
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(std::to_string(server->port())));
}

TEST(Server, SeveralThreadsServeManyClientsAtOnce) {
  auto server = Start({.threads = 2}, Echo);
  std::vector<std::future<int>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::async(std::launch::async, [&server, i] {
      Client client(server->port());
      int good = 0;
      for (int n = 0; n < 50; ++n) {
        const std::string body = std::to_string(i) + "-" + std::to_string(n);
        good += client.Call("POST", "/p", body).body == "POST /p  " + body ? 1 : 0;
      }
      return good;
    }));
  }
  for (auto& client : clients) EXPECT_EQ(client.get(), 50);
}

}  // namespace
}  // namespace centralita::http
