#include "centralita/rpc/server.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/rpc/channel.h"

namespace centralita::rpc {
namespace {

// Answers when it is told to.
class SlowService final : public ingest::v1::IngestService::Service {
 public:
  grpc::Status Submit(grpc::ServerContext* context, const ingest::v1::SubmitRequest*,
                      ingest::v1::SubmitResponse* response) override {
    entered.set_value();
    while (go.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
      if (context->IsCancelled()) return grpc::Status::CANCELLED;
    }
    response->mutable_result()->set_message_id("m");
    return grpc::Status::OK;
  }
  std::promise<void> entered;
  std::promise<void> release;
  std::future<void> go = release.get_future();
};

std::string Target(const Server& server) { return "127.0.0.1:" + std::to_string(server.port()); }

// A unary call by name with raw bytes, so that the test needs no stub of health or reflection.
grpc::StatusCode Probe(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                       std::string* answer) {
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel);
  grpc::ClientContext context;
  SetDeadline(context, base::Duration(5000));
  const grpc::Slice nothing;
  grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  grpc::Status status;
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (status.ok() && response.TrySingleSlice(&slice).ok()) {
    answer->assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return status.error_code();
}

TEST(Server, ReportsItsPortAndAnswersHealthByState) {
  SlowService service;
  auto server = Server::Start({}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  ASSERT_NE((*server)->port(), 0);
  auto channel = OpenChannel({.target = Target(**server)});
  std::string answer;
  // HealthCheckResponse{status}: SERVING is 1, NOT_SERVING 2.
  ASSERT_EQ(Probe(channel, "/grpc.health.v1.Health/Check", &answer), grpc::StatusCode::OK);
  EXPECT_EQ(answer, "\x08\x01");
  (*server)->SetServing(false);
  ASSERT_EQ(Probe(channel, "/grpc.health.v1.Health/Check", &answer), grpc::StatusCode::OK);
  EXPECT_EQ(answer, "\x08\x02");
}

TEST(Server, HasReflection) {
  SlowService service;
  auto server = Server::Start({}, {&service});
  ASSERT_TRUE(server.ok());
  std::string answer;
  const auto code =
      Probe(OpenChannel({.target = Target(**server)}),
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &answer);
  EXPECT_NE(code, grpc::StatusCode::UNIMPLEMENTED);
}

TEST(Server, APortInUseIsAnErrorThatNamesIt) {
  SlowService service;
  auto first = Server::Start({}, {&service});
  ASSERT_TRUE(first.ok());
  SlowService other;
  auto second = Server::Start({.port = (*first)->port()}, {&other});
  ASSERT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              ::testing::HasSubstr(std::to_string((*first)->port())));
}

TEST(Server, InProcessChannelReachesTheService) {
  SlowService service;
  service.release.set_value();
  auto server = Server::Start({.listen = false}, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->port(), 0);
  auto stub = ingest::v1::IngestService::NewStub((*server)->InProcessChannel());
  grpc::ClientContext context;
  ingest::v1::SubmitResponse response;
  ASSERT_TRUE(stub->Submit(&context, {}, &response).ok());
  EXPECT_EQ(response.result().message_id(), "m");
}

TEST(Server, DrainLetsARunningCallEnd) {
  SlowService service;
  auto server = Server::Start({}, {&service});
  ASSERT_TRUE(server.ok());
  auto stub = ingest::v1::IngestService::NewStub(OpenChannel({.target = Target(**server)}));
  auto call = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    ingest::v1::SubmitResponse response;
    return stub->Submit(&context, {}, &response).ok();
  });
  service.entered.get_future().wait();
  auto drain =
      std::async(std::launch::async, [&] { return (*server)->Drain(base::Duration(20'000)); });
  service.release.set_value();
  EXPECT_TRUE(drain.get().ok());
  EXPECT_TRUE(call.get());
}

TEST(Server, DrainCancelsWhatDoesNotEndInTime) {
  SlowService service;
  auto server = Server::Start({}, {&service});
  ASSERT_TRUE(server.ok());
  auto stub = ingest::v1::IngestService::NewStub(OpenChannel({.target = Target(**server)}));
  auto call = std::async(std::launch::async, [&] {
    grpc::ClientContext context;
    ingest::v1::SubmitResponse response;
    return stub->Submit(&context, {}, &response).ok();
  });
  service.entered.get_future().wait();
  EXPECT_EQ((*server)->Drain(base::Duration(50)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(call.get());
}

TEST(Deadline, ACallThatIsNotAnsweredEnds) {
  SlowService service;
  auto server = Server::Start({}, {&service});
  ASSERT_TRUE(server.ok());
  auto stub = ingest::v1::IngestService::NewStub((*server)->InProcessChannel());
  grpc::ClientContext context;
  SetDeadline(context, base::Duration(50));
  ingest::v1::SubmitResponse response;
  EXPECT_EQ(stub->Submit(&context, {}, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace centralita::rpc
