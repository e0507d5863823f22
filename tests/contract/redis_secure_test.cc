// A Redis that wants TLS, the client's certificate, and a user's password.
#include <gmock/gmock.h>

#include <cstdlib>

#include "centralita/base/clock.h"
#include "centralita/base/error.h"
#include "centralita/store/redis_store.h"
#include "tests/contract/temp_folder.h"
#include "tests/support/redis_server.h"

namespace centralita::store {
namespace {

using Code = absl::StatusCode;

constexpr char kPassword[] = "a-password-of-letters";

class RedisSecureTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string key = folder_.File("key.pem");
    const std::string certificate = folder_.File("cert.pem");
    ASSERT_EQ(std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                           "-nodes -days 2 -subj /CN=store -addext subjectAltName=IP:127.0.0.1 "
                           "-keyout " +
                           key + " -out " + certificate + " 2>/dev/null")
                              .c_str()),
              0);
    const std::string port = std::to_string(centralita::testing::FreePort());
    auto server = centralita::testing::RedisServer::Start(
        {"--tls-port", port, "--tls-cert-file", certificate, "--tls-key-file", key,
         "--tls-ca-cert-file", certificate, "--user", "shop", "on", ">" + std::string(kPassword),
         "~*", "&*", "+@all", "--requirepass", "another"});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    options_.addresses = {"127.0.0.1:" + port};
    options_.tls = RedisTls{certificate, certificate, key, ""};
    options_.user = "shop";
    options_.password = kPassword;
  }
  absl::Status Opened() { return OpenRedisStore(options_, clock_).status(); }

  const contract::TempFolder folder_;
  const base::SystemClock clock_;
  std::unique_ptr<centralita::testing::RedisServer> server_;
  RedisStoreOptions options_;
};

TEST_F(RedisSecureTest, WhoHasAllThatItWantsWritesAndReads) {
  const auto store = OpenRedisStore(options_, clock_);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_TRUE((*store)->Commit({"p/1", {}, {{.name = "a", .value = "1"}}, {}}).ok());
  const auto read = (*store)->Get({"p/1", "a"});
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, "1");
}

TEST_F(RedisSecureTest, AWrongPasswordAndAMissingOneAreToldAsSuch) {
  options_.password = "wrong";
  absl::Status status = Opened();
  EXPECT_EQ(status.code(), Code::kUnauthenticated);
  EXPECT_EQ(base::ReasonOf(status), "redis_wrong_password");
  options_.user.clear();
  options_.password.clear();
  status = Opened();
  EXPECT_EQ(status.code(), Code::kUnauthenticated);
  EXPECT_EQ(base::ReasonOf(status), "redis_wants_password");
}

TEST_F(RedisSecureTest, WithoutTheClientsCertificateThereIsNoAnswer) {
  options_.tls->cert_file.clear();
  options_.tls->key_file.clear();
  EXPECT_EQ(Opened().code(), Code::kUnavailable);
}

TEST_F(RedisSecureTest, WithoutTlsThereIsNoAnswer) {
  options_.tls.reset();
  EXPECT_EQ(Opened().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace centralita::store
