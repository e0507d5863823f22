// A Kafka that wants TLS, the client's certificate and a user's password: whoever has all of it
// works as with any other, and whoever lacks something is told so, in time.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdlib>

#include "centralita/base/clock.h"
#include "centralita/eventlog/kafka_log.h"
#include "tests/contract/temp_folder.h"
#include "tests/support/kafka_server.h"

namespace centralita::eventlog {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

const auto kRefused = AnyOf(absl::StatusCode::kUnauthenticated, absl::StatusCode::kUnavailable);

constexpr char kUser[] = "ana";
constexpr char kPassword[] = "a-password-of-letters";
constexpr char kWrong[] = "another-password";
constexpr base::Duration kPatience{30'000};

// ca.pem and other-ca.pem; NAME.key and NAME.pem for a server and a client of the first authority;
// server.store has both of the server's.
void MakeCertificates(const contract::TempFolder& folder) {
  const std::string script = fmt::format(
      R"(exec >/dev/null 2>&1; set -e; cd {}
      new="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
      openssl req -x509 $new -days 2 -subj /CN=authority -keyout ca.key -out ca.pem
      openssl req -x509 $new -days 2 -subj /CN=other -keyout other.key -out other-ca.pem
      printf 'subjectAltName=IP:127.0.0.1\n' >names
      for name in server client; do
        openssl req $new -subj /CN=$name -keyout $name.key -out $name.csr
        openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
          -extfile names -out $name.pem
      done
      cat server.key server.pem >server.store)",
      folder.File(""));
  ASSERT_EQ(std::system(script.c_str()), 0);
}

class KafkaSecureTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<contract::TempFolder>();
    ASSERT_NO_FATAL_FAILURE(MakeCertificates(*folder_));
    auto server =
        contract::KafkaServer::Start(contract::KafkaSecurity{.server_store = File("server.store"),
                                                             .client_ca = File("ca.pem"),
                                                             .user = kUser,
                                                             .password = kPassword});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  static void TearDownTestSuite() {
    server_.reset();
    folder_.reset();
  }
  static std::string File(const std::string& name) { return folder_->File(name); }

  static KafkaLogOptions Options(const std::string& mechanism) {
    KafkaLogOptions options;
    options.bootstrap_servers = server_->secure_bootstrap();
    options.replication_factor = 1;
    options.min_insync_replicas = 1;
    options.tls = {.enabled = true,
                   .ca_file = File("ca.pem"),
                   .certificate_file = File("client.pem"),
                   .key_file = File("client.key"),
                   .key_password = ""};
    options.sasl = {.mechanism = mechanism, .username = kUser, .password = kPassword};
    return options;
  }
  absl::Status RefusalOf(KafkaLogOptions options) {
    options.request_timeout = base::Duration(5'000);
    return OpenKafkaLog(options, clock_).status();
  }

  inline static std::unique_ptr<contract::TempFolder> folder_;
  inline static std::unique_ptr<contract::KafkaServer> server_;
  const base::SystemClock clock_;
};

TEST_F(KafkaSecureTest, WhoHasAllThatItWantsWritesAndReadsInAGroup) {
  for (const char* const mechanism : {"PLAIN", "SCRAM-SHA-256"}) {
    const auto log = OpenKafkaLog(Options(mechanism), clock_);
    ASSERT_TRUE(log.ok()) << mechanism << ": " << log.status();
    const std::string topic = std::string("of-") + mechanism;
    const auto made = (*log)->EnsureTopic({.name = topic, .partitions = 1});
    ASSERT_TRUE(made.ok()) << made.status();
    const auto producer = *(*log)->NewProducer({.name = "secure"});
    ASSERT_TRUE(producer
                    ->Append({.topic = topic, .partition = 0, .key = "k", .value = "v"},
                             [](const absl::StatusOr<uint64_t>& offset) {
                               EXPECT_TRUE(offset.ok()) << offset.status();
                             })
                    .ok());
    ASSERT_TRUE(producer->Flush(kPatience).ok());

    const auto consumer = *(*log)->Join(topic, "0", {topic}, {});
    std::string read;
    const auto until = clock_.Monotonic() + kPatience;
    while (read.empty() && clock_.Monotonic() < until) {
      const auto polled = consumer->Poll(base::Duration(500));
      ASSERT_TRUE(polled.ok()) << polled.status();
      for (const Assignment& gained : polled->assigned) {
        ASSERT_TRUE(consumer->Seek(gained.partition, 0).ok());
      }
      for (const RecordBatch& batch : polled->batches) read = batch.records()[0].value;
    }
    EXPECT_EQ(read, "v");
    EXPECT_TRUE(consumer->Commit({topic, 0}, 1).ok());
  }
}

TEST_F(KafkaSecureTest, AWrongPasswordIsToldAsSuch) {
  for (const char* const mechanism : {"PLAIN", "SCRAM-SHA-256"}) {
    KafkaLogOptions options = Options(mechanism);
    options.sasl.password = kWrong;
    const absl::Status refusal = RefusalOf(options);
    EXPECT_EQ(refusal.code(), absl::StatusCode::kUnauthenticated) << mechanism;
    EXPECT_THAT(std::string(refusal.message()), HasSubstr("SASL authentication error"))
        << mechanism;
    EXPECT_THAT(std::string(refusal.message()), HasSubstr("check the TLS and SASL settings"))
        << mechanism;
    EXPECT_THAT(std::string(refusal.message()), Not(HasSubstr(kWrong))) << mechanism;
  }
}

TEST_F(KafkaSecureTest, AServerOfAnotherAuthorityIsNotBelieved) {
  KafkaLogOptions options = Options("PLAIN");
  options.tls.ca_file = File("other-ca.pem");
  const absl::Status refusal = RefusalOf(options);
  EXPECT_EQ(refusal.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(refusal.message()), HasSubstr("certificate verify failed"));
}

TEST_F(KafkaSecureTest, WithoutACertificateOrWithoutTlsNothingIsToBeHad) {
  KafkaLogOptions options = Options("PLAIN");
  options.tls.certificate_file.clear();
  options.tls.key_file.clear();
  EXPECT_THAT(RefusalOf(options).code(), kRefused);
  options = Options("PLAIN");
  options.tls.enabled = false;
  EXPECT_THAT(RefusalOf(options).code(), kRefused);
}

TEST_F(KafkaSecureTest, AFileThatIsNotThereIsAMistakeInTheSettings) {
  KafkaLogOptions options = Options("PLAIN");
  options.tls.ca_file = File("none.pem");
  const absl::Status status = RefusalOf(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("ssl.ca.location"));
}

}  // namespace
}  // namespace centralita::eventlog
