#include "centralita/http/admin.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/http/client.h"

namespace centralita::http {
namespace {

TEST(AdminServer, AnswersMetricsHealthAndReadiness) {
  std::atomic<bool> ready{false};
  auto server = StartAdminServer({}, {.metrics = [] { return std::string("x 1\n"); },
                                      .health = [] { return absl::OkStatus(); },
                                      .ready = [&]() -> absl::Status {
                                        return ready ? absl::OkStatus()
                                                     : absl::UnavailableError("identity_loading");
                                      }});
  ASSERT_TRUE(server.ok()) << server.status();
  test::Client client((*server)->port());
  EXPECT_EQ(client.Call("GET", "/metrics").body, "x 1\n");
  EXPECT_EQ(client.Call("GET", "/healthz").status, 200);
  const test::Reply not_ready = client.Call("GET", "/readyz");
  EXPECT_EQ(not_ready.status, 503);
  EXPECT_NE(not_ready.body.find("identity_loading"), std::string::npos);
  ready = true;
  EXPECT_EQ(client.Call("GET", "/readyz").status, 200);
}

TEST(AdminServer, UnknownPathsAndMethodsAreRefused) {
  auto server = StartAdminServer({}, {.metrics = [] { return std::string(); },
                                      .health = [] { return absl::OkStatus(); },
                                      .ready = [] { return absl::OkStatus(); }});
  ASSERT_TRUE(server.ok());
  test::Client client((*server)->port());
  EXPECT_EQ(client.Call("GET", "/nothing").status, 404);
  const test::Reply wrong = client.Call("POST", "/metrics", "x");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_NE(wrong.head.find("Allow: GET"), std::string::npos);
}

}  // namespace
}  // namespace centralita::http
