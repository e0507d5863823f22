// The HTTP API by a client that shares no code with the server.
#include <gmock/gmock.h>

#include "tests/unit/http/client.h"
#include "tests/unit/ingest/fixture.h"

namespace centralita::ingest {
namespace {

using http::test::Client;
using http::test::Reply;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::vector<std::pair<std::string, std::string>> kAcme = {{"X-Tenant", "acme"},
                                                                {"X-Api-Key", "acme-key"}};

std::string Json(const std::string& id, const std::string& text = "hola") {
  return R"({"channel":"whatsapp","account":"+34910000000","handle":"+34600","provider_message_id":")" +
         id + R"(","text":")" + text + "\"}";
}

class HttpTest : public IngestFixture {
 protected:
  Reply Post(const std::string& body, const std::string& path = "/v1/messages") {
    return Client(app_->http_port()).Call("POST", path, body, kAcme);
  }
};

TEST_F(HttpTest, OneObjectAndAListAreTakenOnOneConnection) {
  Client client(app_->http_port());
  const Reply one = client.Call("POST", "/v1/messages", Json("1", "¡Hola! 🙂"), kAcme);
  EXPECT_EQ(one.status, 200);
  EXPECT_THAT(one.body, HasSubstr("\"message_id\":\""));
  EXPECT_THAT(one.body, HasSubstr("\"topic\":\"inbound\""));
  const Reply list =
      client.Call("POST", "/v1/messages", "[" + Json("2") + "," + Json("3") + "]", kAcme);
  EXPECT_EQ(list.status, 200);
  const auto inbound = Inbound();
  ASSERT_THAT(inbound, SizeIs(3));
  EXPECT_EQ(inbound[0].value.text(), "¡Hola! 🙂");
}

TEST_F(HttpTest, SignalsAndLinksHaveTheirPaths) {
  EXPECT_EQ(Post(R"({"customer_id":"c","occurred":"2026-01-01T00:00:00Z",
                     "signal":{"cart":{"cart_id":"k","value":{"cents":34000,"currency":"EUR"}}}})",
                 "/v1/signals")
                .status,
            200);
  EXPECT_THAT(ReadTopic<signals::v1::Signal>(base::topics::kSignals), SizeIs(1));
  const Reply link =
      Post(R"({"handle":{"channel":"email","account":"a","handle":"h"},"customer_id":"c"})",
           "/v1/links");
  EXPECT_EQ(link.status, 200);
  EXPECT_THAT(link.body, HasSubstr("\"customer_id\":\"c\""));
}

TEST_F(HttpTest, UnknownPathsAndMethodsAreRefused) {
  EXPECT_EQ(Post(Json("1"), "/v1/message").status, 404);
  EXPECT_EQ(Client(app_->http_port()).Call("GET", "/v1/messages", {}, kAcme).status, 405);
}

TEST_F(HttpTest, AdminTellsReadinessAndMetrics) {
  ASSERT_EQ(Post(Json("1")).status, 200);
  Client admin(app_->admin_port());
  EXPECT_EQ(admin.Call("GET", "/readyz").status, 200);
  EXPECT_EQ(admin.Call("GET", "/healthz").status, 200);
  EXPECT_THAT(admin.Call("GET", "/metrics").body,
              HasSubstr("centralita_ingest_messages_accepted_total{channel=\"whatsapp\"} 1"));
}

TEST_F(HttpTest, WhatIsAcceptedSurvivesARestart) {
  ASSERT_EQ(Post(Json("1", "before")).status, 200);
  ASSERT_TRUE(app_->Drain(kLimit).ok());
  app_.reset();
  StartApp();
  ASSERT_TRUE(app_->WaitReady(kLimit).ok());
  ASSERT_EQ(Post(Json("2", "after")).status, 200);
  EXPECT_THAT(Inbound(), SizeIs(2));
}

TEST_F(HttpTest, APortInUseIsNamed) {
  IngestOptions options;
  options.grpc_port = 0;
  options.http_port = app_->http_port();
  options.admin_port = std::nullopt;
  options.member = "1";
  auto second = IngestApp::Create(options, {.log = *backends_.log,
                                            .store = *backends_.store,
                                            .policy = *policy_,
                                            .clock = clock_,
                                            .logger = *logger_,
                                            .metrics = metrics_});
  ASSERT_TRUE(second.ok());
  const absl::Status started = (*second)->Start();
  EXPECT_EQ(started.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(started.message()), HasSubstr(std::to_string(app_->http_port())));
}

}  // namespace
}  // namespace centralita::ingest
