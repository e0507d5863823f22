#include "services/classifier/src/classify_service.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <thread>

#include "centralita/base/error.h"
#include "centralita/rpc/server.h"
#include "centralita/rpc/status.h"
#include "tests/unit/classifier/fixture.h"

namespace centralita::classifier {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class OneKey final : public Access {
 public:
  absl::Status Check(const std::string& tenant, const std::string& api_key) const override {
    if (tenant == "shop" && api_key == "key") return absl::OkStatus();
    return base::Error(absl::StatusCode::kUnauthenticated, "unauthenticated", "No.");
  }
};

class ClassifyServiceTest : public ClassifierFixture {
 protected:
  void SetUp() override {
    ClassifierFixture::SetUp();
    service_ = std::make_unique<ClassifyService>(policies_, access_, *reader_, clock_, metrics_);
    rpc::ServerOptions options;
    options.listen = false;
    auto server = rpc::Server::Start(options, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::ClassifierService::NewStub(server_->InProcessChannel());
  }
  void TearDown() override {
    stub_.reset();
    server_.reset();
    ClassifierFixture::TearDown();
  }
  absl::StatusOr<classification::v1::Classification> Ask(const std::string& request,
                                                         const std::string& key = "key") {
    grpc::ClientContext context;
    context.AddMetadata("x-tenant", "shop");
    context.AddMetadata("x-api-key", key);
    v1::ClassifyResponse response;
    const grpc::Status status =
        stub_->Classify(&context, FromText<v1::ClassifyRequest>(request), &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response.classification();
  }

  OneKey access_;
  std::unique_ptr<ClassifyService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::ClassifierService::Stub> stub_;
};

TEST_F(ClassifyServiceTest, SaysWhatTheRoleWouldSay) {
  PutProfile("ana", FromText<profile::v1::Profile>("revision: 3 tier: 'vip'"));
  const auto said = Ask("text: 'where is my order' channel: CHANNEL_CHAT customer_id: 'ana'");
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->intent(), "order_status");
  EXPECT_TRUE(said->facts().vip());
  EXPECT_EQ(said->priority(), 400);
  EXPECT_EQ(said->policy_version(), 4u);
  const auto stranger = Ask("text: 'where is my order'");
  EXPECT_EQ(stranger->priority(), 100);
  EXPECT_THAT(stranger->tags(), Not(Contains("degraded")));
}

TEST_F(ClassifyServiceTest, WithoutTheStoreItIsDegraded) {
  store_->SetReadError(absl::UnavailableError("away"));
  const auto said = Ask("text: 'refund' customer_id: 'ana'");
  EXPECT_THAT(said->tags(), Contains("degraded"));
  EXPECT_EQ(said->degraded_reason(), "profile_unavailable");
}

TEST_F(ClassifyServiceTest, HeadersTellARobot) {
  const auto said = Ask("text: 'refund' headers { name: 'Auto-Submitted' value: 'auto-replied' }");
  EXPECT_THAT(said->tags(), Contains("auto_reply"));
  EXPECT_THAT(Ask("text: 'refund'")->tags(), Not(Contains("auto_reply")));
}

TEST_F(ClassifyServiceTest, AnotherKeyIsRefused) {
  EXPECT_EQ(Ask("text: 'refund'", "guess").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Ask("", "guess").status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ClassifyServiceTest, NoTextIsAMistake) {
  const auto said = Ask("locale: 'es'");
  EXPECT_EQ(said.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(said.status()), "no_text");
}

TEST_F(ClassifyServiceTest, InABatchEachHasItsOwnOutcome) {
  v1::ClassifyBatchRequest request;
  request.add_items()->set_text("refund");
  request.add_items();
  request.add_items()->set_text(std::string(kMaxClassifyBytes + 1, 'x'));
  request.add_items()->set_subject("where is it");
  v1::ClassifyRequest& flood = *request.add_items();
  flood.set_text("refund");
  for (int i = 0; i <= kMaxClassifyHeaders; ++i) flood.add_headers()->set_name("Received");
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", "shop");
  context.AddMetadata("x-api-key", "key");
  v1::ClassifyBatchResponse response;
  const grpc::Status status = stub_->ClassifyBatch(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 5);
  EXPECT_EQ(response.results(0).classification().intent(), "return_refund");
  EXPECT_EQ(response.results(1).error().code(), "no_text");
  EXPECT_EQ(response.results(2).error().code(), "text_too_long");
  EXPECT_EQ(response.results(2).error().field(), "text");
  EXPECT_EQ(response.results(3).classification().intent(), "order_status");
  EXPECT_EQ(response.results(4).error().code(), "too_many_headers");
  EXPECT_EQ(response.results(4).error().field(), "headers");
}

TEST_F(ClassifyServiceTest, ABatchHasALimit) {
  v1::ClassifyBatchRequest request;
  for (int i = 0; i <= kMaxClassifyItems; ++i) request.add_items()->set_text("x");
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", "shop");
  context.AddMetadata("x-api-key", "key");
  v1::ClassifyBatchResponse response;
  EXPECT_THAT(stub_->ClassifyBatch(&context, request, &response).error_message(),
              HasSubstr("at most 1000"));
}

// Asks the service once the caller has gone.
class LateService final : public v1::ClassifierService::Service {
 public:
  explicit LateService(ClassifyService& service) : service_(service) {}
  grpc::Status ClassifyBatch(grpc::ServerContext* context, const v1::ClassifyBatchRequest* request,
                             v1::ClassifyBatchResponse* response) override {
    entered_.set_value();
    while (!context->IsCancelled()) std::this_thread::yield();
    const grpc::Status status = service_.ClassifyBatch(context, request, response);
    said_.set_value({status.error_code(), response->results_size()});
    return status;
  }
  void WaitUntilAsked() { entered_.get_future().wait(); }
  // The code, and how many items were answered.
  std::pair<grpc::StatusCode, int> Said() { return said_.get_future().get(); }

 private:
  ClassifyService& service_;
  std::promise<void> entered_;
  std::promise<std::pair<grpc::StatusCode, int>> said_;
};

TEST_F(ClassifyServiceTest, ForACallerWhoHasGoneNothingIsClassified) {
  LateService late(*service_);
  rpc::ServerOptions options;
  options.listen = false;
  auto server = rpc::Server::Start(options, {&late});
  ASSERT_TRUE(server.ok()) << server.status();
  v1::ClassifyBatchRequest request;
  for (int i = 0; i < kMaxClassifyItems; ++i) request.add_items()->set_text("refund");
  grpc::ClientContext context;
  context.AddMetadata("x-tenant", "shop");
  context.AddMetadata("x-api-key", "key");
  v1::ClassifyBatchResponse response;
  auto stub = v1::ClassifierService::NewStub((*server)->InProcessChannel());
  std::thread leaving([&] {
    late.WaitUntilAsked();
    context.TryCancel();
  });
  EXPECT_FALSE(stub->ClassifyBatch(&context, request, &response).ok());
  leaving.join();
  EXPECT_EQ(late.Said(), std::make_pair(grpc::StatusCode::CANCELLED, 0));
}

}  // namespace
}  // namespace centralita::classifier
