// IngestService by a real client, over loopback and in process.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <future>
#include <map>
#include <set>
#include <thread>

#include "centralita/base/error.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/rpc/channel.h"
#include "centralita/rpc/status.h"
#include "identity.h"
#include "tests/unit/ingest/fixture.h"

namespace centralita::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class GrpcTest : public IngestFixture {
 protected:
  void SetUp() override {
    IngestFixture::SetUp();
    stub_ = v1::IngestService::NewStub(
        rpc::OpenChannel({.target = "127.0.0.1:" + std::to_string(app_->grpc_port())}));
  }

  static void Authorise(grpc::ClientContext& context, const std::string& tenant = "acme",
                        const std::string& key = "acme-key") {
    context.AddMetadata("x-tenant", tenant);
    context.AddMetadata("x-api-key", key);
    rpc::SetDeadline(context, kLimit);
  }

  absl::StatusOr<v1::SubmitBatchResponse> Batch(const std::vector<v1::NewMessage>& messages,
                                                const std::string& tenant = "acme",
                                                const std::string& key = "acme-key") {
    grpc::ClientContext context;
    Authorise(context, tenant, key);
    v1::SubmitBatchRequest request;
    for (const auto& m : messages) *request.add_messages() = m;
    v1::SubmitBatchResponse response;
    const grpc::Status status = stub_->SubmitBatch(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  std::unique_ptr<v1::IngestService::Stub> stub_;
};

TEST_F(GrpcTest, AnAcceptedMessageIsInTheLogWhereTheAnswerSays) {
  grpc::ClientContext context;
  Authorise(context);
  v1::SubmitRequest request;
  *request.mutable_message() = Message("+34600", "wamid.1", "¿Dónde está mi pedido?");
  v1::SubmitResponse response;
  const grpc::Status status = stub_->Submit(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto inbound = Inbound();
  ASSERT_THAT(inbound, SizeIs(1));
  const auto& record = inbound[0];
  EXPECT_EQ(response.result().coordinates().topic(), "inbound");
  EXPECT_EQ(response.result().coordinates().partition(), record.partition);
  EXPECT_EQ(response.result().coordinates().offset(), record.offset);
  EXPECT_EQ(response.result().message_id(), record.value.message_id());
  EXPECT_EQ(record.value.text(), "¿Dónde está mi pedido?");
  EXPECT_EQ(record.value.tenant(), "acme");
  EXPECT_EQ(record.value.customer_id(),
            ComputedCustomer("acme", common::v1::CHANNEL_WHATSAPP, "+34910000000", "+34600"));
  EXPECT_EQ(record.key, base::TenantKey("acme", record.value.customer_id()));
  EXPECT_EQ(record.partition, base::PartitionOf(record.key, 4));
  EXPECT_EQ(record.value.visibility(), common::v1::VISIBILITY_PRIVATE);
  EXPECT_GT(record.value.received_unix_ms(), 0);
}

TEST_F(GrpcTest, TheSameDeliveryTwiceHasTheSameIdAndTenantsDoNotShareIds) {
  const auto twice = Batch({Message("h", "p"), Message("h", "p")});
  const auto other = Batch({Message("h", "p")}, "boreal", "boreal-key");
  ASSERT_TRUE(twice.ok() && other.ok());
  EXPECT_EQ(twice->results(0).message_id(), twice->results(1).message_id());
  EXPECT_NE(twice->results(0).message_id(), other->results(0).message_id());
  EXPECT_NE(twice->results(0).customer_id(), other->results(0).customer_id());
}

TEST_F(GrpcTest, AMixedBatchHasAResultPerItemInOrder) {
  auto late = Message("h3", "p3");
  late.set_provider_time_unix_ms(1);
  const auto response = Batch({Message("h1", "p1"), Message("", "p2"), late, Message("h4", "p4")});
  ASSERT_TRUE(response.ok()) << response.status();
  ASSERT_EQ(response->results_size(), 4);
  EXPECT_FALSE(response->results(0).has_error());
  EXPECT_EQ(response->results(1).error().code(), "missing_field");
  EXPECT_EQ(response->results(1).error().field(), "handle");
  EXPECT_EQ(response->results(2).error().code(), "bad_timestamp");
  EXPECT_FALSE(response->results(3).has_error());
  EXPECT_THAT(Inbound(), SizeIs(2));
  EXPECT_THAT(metrics_.Exposition(),
              HasSubstr("centralita_ingest_refused_total{reason=\"bad_timestamp\"} 1"));
  EXPECT_THAT(metrics_.Exposition(),
              HasSubstr("centralita_ingest_messages_accepted_total{channel=\"whatsapp\"} 2"));
}

TEST_F(GrpcTest, StrangersAreRefusedWithTheReason) {
  EXPECT_EQ(base::ReasonOf(Batch({Message("h", "p")}, "nobody", "acme-key").status()),
            "unknown_tenant");
  EXPECT_EQ(base::ReasonOf(Batch({Message("h", "p")}, "acme", "boreal-key").status()), "wrong_key");
  EXPECT_EQ(base::ReasonOf(Batch({Message("h", "p")}, "acme", "").status()), "missing_api_key");
  EXPECT_EQ(base::ReasonOf(Batch({Message("h", "p")}, "", "acme-key").status()), "missing_tenant");
  EXPECT_EQ(Batch({Message("h", "p")}, "acme", "no").status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(Batch({Message("h", "p")}, "acme", "acme-key-2").ok());
  EXPECT_THAT(Inbound(), SizeIs(1));
}

TEST_F(GrpcTest, AboveTheRateTheRestOfABatchIsRefusedAndThenTheCall) {
  ASSERT_TRUE(policy_->WaitVersion("acme", PublishTenant("acme", {"acme-key"}, 3), kLimit).ok());
  const auto first =
      Batch({Message("h", "1"), Message("h", "2"), Message("h", "3"), Message("h", "4"),
             Message("h", "5"), Message("h", "6"), Message("h", "7"), Message("h", "8")});
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->results(2).has_error());
  EXPECT_EQ(first->results(7).error().code(), "rate_limited");
  EXPECT_TRUE(Batch({Message("h", "1")}, "boreal", "boreal-key").ok())
      << "another tenant has its own rate";
}

TEST_F(GrpcTest, AStreamAnswersEveryFrameAndKeepsACustomersOrder) {
  constexpr int kFrames = 200;
  constexpr int kPerFrame = 25;
  grpc::ClientContext context;
  Authorise(context);
  auto stream = stub_->SubmitStream(&context);
  auto writer = std::async(std::launch::async, [&] {
    for (int f = 0; f < kFrames; ++f) {
      v1::SubmitStreamRequest frame;
      frame.set_frame(static_cast<uint64_t>(f));
      for (int i = 0; i < kPerFrame; ++i) {
        const int n = f * kPerFrame + i;
        *frame.add_messages() = Message("customer-" + std::to_string(n % 10), std::to_string(n));
      }
      if (!stream->Write(frame)) return false;
    }
    return stream->WritesDone();
  });
  std::set<uint64_t> frames;
  v1::SubmitStreamResponse response;
  while (stream->Read(&response)) {
    EXPECT_TRUE(frames.insert(response.frame()).second);
    EXPECT_EQ(response.results_size(), kPerFrame);
    for (const auto& result : response.results())
      EXPECT_FALSE(result.has_error()) << result.error().message();
  }
  EXPECT_TRUE(writer.get());
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(frames.size(), static_cast<size_t>(kFrames));
  std::map<std::string, int> last;
  const auto inbound = Inbound();
  ASSERT_THAT(inbound, SizeIs(kFrames * kPerFrame));
  for (const auto& record : inbound) {
    const int n = std::stoi(record.value.provider_message_id());
    const auto [it, fresh] = last.try_emplace(record.value.customer_id(), n);
    if (!fresh) {
      EXPECT_GT(n, it->second);
      it->second = n;
    }
  }
}

TEST_F(GrpcTest, AStreamWithAWrongKeyEndsAtOnce) {
  grpc::ClientContext context;
  Authorise(context, "acme", "no");
  auto stream = stub_->SubmitStream(&context);
  v1::SubmitStreamResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(base::ReasonOf(rpc::FromGrpc(stream->Finish())), "wrong_key");
}

TEST_F(GrpcTest, AStreamWhoseKeyIsTakenAwayEndsWithItsNextFrame) {
  grpc::ClientContext context;
  Authorise(context);
  auto stream = stub_->SubmitStream(&context);
  v1::SubmitStreamRequest frame;
  *frame.add_messages() = Message("h", "1");
  ASSERT_TRUE(stream->Write(frame));
  v1::SubmitStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(policy_->WaitVersion("acme", PublishTenant("acme", {"new-key"}, 0), kLimit).ok());
  stream->Write(frame);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(base::ReasonOf(rpc::FromGrpc(stream->Finish())), "wrong_key");
  EXPECT_THAT(Inbound(), SizeIs(1));
}

TEST_F(GrpcTest, ACancelledStreamLeavesIngestWell) {
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    Authorise(context);
    auto stream = stub_->SubmitStream(&context);
    v1::SubmitStreamRequest frame;
    for (int i = 0; i < 20; ++i) *frame.add_messages() = Message("h", std::to_string(i));
    for (int f = 0; f < 5; ++f) stream->Write(frame);
    context.TryCancel();
    stream->Finish();
  }
  EXPECT_TRUE(Batch({Message("h", "after")}).ok());
}

TEST_F(GrpcTest, DrainAnswersWhatWasTakenAndEndsStreams) {
  grpc::ClientContext context;
  Authorise(context);
  auto stream = stub_->SubmitStream(&context);
  v1::SubmitStreamRequest frame;
  frame.set_frame(7);
  *frame.add_messages() = Message("h", "1");
  ASSERT_TRUE(stream->Write(frame));
  v1::SubmitStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.frame(), 7u);
  EXPECT_TRUE(app_->Drain(kLimit).ok());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(base::ReasonOf(rpc::FromGrpc(stream->Finish())), "draining");
  EXPECT_EQ(base::ReasonOf(app_->Ready()), "draining");
}

TEST_F(GrpcTest, SignalsGoToTheCustomerOfTheHandleOrById) {
  grpc::ClientContext context;
  Authorise(context);
  v1::SubmitSignalsRequest request;
  auto& by_handle = *request.add_signals();
  by_handle.mutable_handle()->set_channel(common::v1::CHANNEL_WHATSAPP);
  by_handle.mutable_handle()->set_account("+34910000000");
  by_handle.mutable_handle()->set_handle("+34600");
  by_handle.mutable_signal()->mutable_payment_failed()->set_cart_id("c1");
  by_handle.mutable_signal()->set_tenant("boreal");
  auto& by_id = *request.add_signals();
  by_id.set_customer_id("customer-9");
  by_id.set_signal_id("sig-1");
  by_id.mutable_signal()->mutable_order()->set_order_id("A-1");
  request.add_signals();
  v1::SubmitSignalsResponse response;
  ASSERT_TRUE(stub_->SubmitSignals(&context, request, &response).ok());
  EXPECT_EQ(response.results(2).error().code(), "missing_field");
  EXPECT_EQ(response.results(1).message_id(), "sig-1");
  EXPECT_FALSE(response.results(0).message_id().empty());
  const auto signals = ReadTopic<signals::v1::Signal>(base::topics::kSignals);
  ASSERT_THAT(signals, SizeIs(2));
  for (const auto& signal : signals) {
    EXPECT_EQ(signal.value.tenant(), "acme") << "what the sender says of the tenant does not count";
    EXPECT_GT(signal.value.occurred_unix_ms(), 0);
    EXPECT_EQ(signal.key, base::TenantKey("acme", signal.value.customer_id()));
  }
}

TEST_F(GrpcTest, ALinkIsAskedForAtTheHandlesPresentCustomer) {
  grpc::ClientContext context;
  Authorise(context);
  v1::LinkHandleRequest request;
  request.mutable_handle()->set_channel(common::v1::CHANNEL_EMAIL);
  request.mutable_handle()->set_account("help@x");
  request.mutable_handle()->set_handle("ana@x");
  request.mutable_same_customer_as()->set_channel(common::v1::CHANNEL_WHATSAPP);
  request.mutable_same_customer_as()->set_account("+34910000000");
  request.mutable_same_customer_as()->set_handle("+34600");
  v1::LinkHandleResponse response;
  ASSERT_TRUE(stub_->LinkHandle(&context, request, &response).ok());
  EXPECT_FALSE(response.has_error());
  const std::string present = ComputedCustomer("acme", request.handle());
  int links = 0;
  for (const auto& record : ReadTopic<routing::v1::RoutingRecord>(base::topics::kRouting)) {
    if (!record.value.has_link()) continue;
    ++links;
    EXPECT_EQ(record.value.customer_id(), present);
    EXPECT_EQ(record.key, base::TenantKey("acme", present));
    EXPECT_EQ(record.value.link().to_customer_id(),
              ComputedCustomer("acme", request.same_customer_as()));
    EXPECT_EQ(record.value.link().identity_revision(), 0u);
  }
  EXPECT_EQ(links, 1);
}

TEST_F(GrpcTest, TheInProcessChannelIsTheSameService) {
  auto stub = v1::IngestService::NewStub(app_->InProcessChannel());
  grpc::ClientContext context;
  Authorise(context);
  v1::SubmitRequest request;
  *request.mutable_message() = Message("h", "p");
  v1::SubmitResponse response;
  ASSERT_TRUE(stub->Submit(&context, request, &response).ok());
  EXPECT_THAT(Inbound(), SizeIs(1));
}

}  // namespace
}  // namespace centralita::ingest
