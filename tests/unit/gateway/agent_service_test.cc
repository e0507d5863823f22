// An agent's stream through an in-process channel, and what the gateway appends for it.
#include "agent_service.h"

#include <grpcpp/grpcpp.h>

#include "centralita/rpc/server.h"
#include "centralita/rpc/status.h"
#include "fakes.h"

namespace centralita::gateway {
namespace {

using commands::v1::Command;

// Takes everything and says of each record what it is told to say.
class FailingProducer final : public eventlog::Producer {
 public:
  absl::Status Append(eventlog::Outgoing record, eventlog::AckCallback ack) override {
    Command command;
    EXPECT_TRUE(command.ParseFromString(record.value));
    if (command.has_presence()) {
      ack(uint64_t{0});
      return absl::OkStatus();
    }
    if (command.action().has_hold()) return absl::ResourceExhaustedError("full");
    ack(absl::UnavailableError("the disk is full"));
    return absl::OkStatus();
  }
  absl::Status WaitForRoom(base::Duration) override { return absl::OkStatus(); }
  absl::Status Flush(base::Duration) override { return absl::OkStatus(); }
};

// An agent's client, one call at a time.
class Desk {
 public:
  explicit Desk(v1::AgentGatewayService::Stub& stub, const std::string& key = "key") {
    context_.AddMetadata("x-tenant", "acme");
    context_.AddMetadata("x-api-key", key);
    stream_ = stub.Connect(&context_);
  }
  ~Desk() {
    if (!finished_) {
      context_.TryCancel();
      stream_->Finish();
    }
  }
  bool Hello(const std::string& agent) {
    v1::ConnectRequest request;
    request.mutable_hello()->set_agent_id(agent);
    return stream_->Write(request);
  }
  void SetStatus(commands::v1::PresenceStatus status) {
    v1::ConnectRequest request;
    request.mutable_status()->set_status(status);
    stream_->Write(request);
  }
  void Act(const v1::Action& action) {
    v1::ConnectRequest request;
    *request.mutable_actions()->add_actions() = action;
    stream_->Write(request);
  }
  // KIND_NOT_SET at the end of the stream.
  v1::Update Next() {
    while (next_ >= frame_.updates_size()) {
      next_ = 0;
      if (!stream_->Read(&frame_)) {
        frame_.Clear();
        return {};
      }
    }
    return frame_.updates(next_++);
  }
  absl::Status Finish() {
    finished_ = true;
    while (Next().kind_case() != v1::Update::KIND_NOT_SET) {
    }
    return rpc::FromGrpc(stream_->Finish());
  }
  void Break() {
    context_.TryCancel();
    finished_ = true;
    stream_->Finish();
  }
  void WritesDone() { stream_->WritesDone(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ConnectRequest, v1::ConnectResponse>> stream_;
  v1::ConnectResponse frame_;
  int next_ = 0;
  bool finished_ = false;
};

class AgentServiceTest : public GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    Run(*log().NewProducer({.name = "gateway", .gapless = false}));
  }
  void TearDown() override {
    stub_.reset();
    server_.reset();
  }
  void Run(std::unique_ptr<eventlog::Producer> producer) {
    stub_.reset();
    server_.reset();
    service_.reset();
    commands_ = std::make_unique<CommandWriter>(std::move(producer), 4, "gw");
    service_ = std::make_unique<AgentService>(directory_, *commands_, sessions_, *logger_);
    auto server = rpc::Server::Start({.listen = false}, {service_.get()});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    stub_ = v1::AgentGatewayService::NewStub(server_->InProcessChannel());
  }
  std::unique_ptr<Desk> Join(const std::string& agent) {
    auto desk = std::make_unique<Desk>(*stub_);
    desk->Hello(agent);
    EXPECT_TRUE(desk->Next().has_welcome());
    return desk;
  }
  static v1::Action Accept(const std::string& id) {
    v1::Action action;
    action.set_action_id(id);
    action.set_conversation_id("conversation");
    action.mutable_accept()->set_offer_id("offer");
    return action;
  }

  FakeDirectory directory_;
  SessionTable sessions_{100};
  std::unique_ptr<CommandWriter> commands_;
  std::unique_ptr<AgentService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<v1::AgentGatewayService::Stub> stub_;
};

TEST_F(AgentServiceTest, AHelloIsWelcomedAndItsPresenceWritten) {
  Desk desk(*stub_);
  desk.Hello("ana");
  const v1::Update update = desk.Next();
  ASSERT_TRUE(update.has_welcome());
  EXPECT_EQ(update.welcome().display_name(), "Ана");
  EXPECT_EQ(update.welcome().pool(), "care");
  EXPECT_EQ(update.welcome().session().substr(0, 3), "gw/");
  const Command command = CommandAt(0);
  EXPECT_EQ(command.tenant(), "acme");
  EXPECT_EQ(command.pool(), "care");
  EXPECT_EQ(command.presence().agent_id(), "ana");
  EXPECT_EQ(command.presence().incarnation(), "gw");
  EXPECT_EQ(command.presence().session(), update.welcome().session());
  EXPECT_EQ(command.presence().status(), commands::v1::PRESENCE_STATUS_AVAILABLE);
}

TEST_F(AgentServiceTest, AWrongKeyAndAnUnknownAgentAreToldSo) {
  Desk wrong(*stub_, "other");
  wrong.Hello("ana");
  const absl::Status status = wrong.Finish();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(base::ReasonOf(status), "unauthenticated");
  Desk unknown(*stub_);
  unknown.Hello("nobody");
  EXPECT_EQ(unknown.Finish().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(sessions_.size(), 0u);
}

TEST_F(AgentServiceTest, TheFirstRequestMustBeAHelloAndNoOther) {
  Desk early(*stub_);
  early.SetStatus(commands::v1::PRESENCE_STATUS_AWAY);
  EXPECT_EQ(early.Finish().code(), absl::StatusCode::kFailedPrecondition);
  const auto twice = Join("ana");
  twice->Hello("ana");
  EXPECT_EQ(twice->Finish().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(AgentServiceTest, StatusesAreWrittenInOrderAndWrongOnesEndTheStream) {
  const auto desk = Join("ana");
  desk->SetStatus(commands::v1::PRESENCE_STATUS_AWAY);
  desk->SetStatus(commands::v1::PRESENCE_STATUS_OFFLINE);
  EXPECT_EQ(CommandAt(1).presence().status(), commands::v1::PRESENCE_STATUS_AWAY);
  EXPECT_EQ(CommandAt(2).presence().status(), commands::v1::PRESENCE_STATUS_OFFLINE);
  desk->SetStatus(commands::v1::PRESENCE_STATUS_LOST);
  EXPECT_EQ(desk->Finish().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(AgentServiceTest, ABrokenStreamIsALossOfItsSession) {
  const auto desk = Join("ana");
  const std::string session = CommandAt(0).presence().session();
  desk->Break();
  const Command lost = CommandAt(1);
  EXPECT_EQ(lost.presence().status(), commands::v1::PRESENCE_STATUS_LOST);
  EXPECT_EQ(lost.presence().session(), session);
  EXPECT_EQ(sessions_.size(), 0u);
}

TEST_F(AgentServiceTest, AStreamThatIsEndedInGoodOrderEndsWell) {
  const auto desk = Join("ana");
  desk->WritesDone();
  EXPECT_TRUE(desk->Finish().ok());
  EXPECT_EQ(CommandAt(1).presence().status(), commands::v1::PRESENCE_STATUS_LOST);
}

TEST_F(AgentServiceTest, ASecondSessionOfAnAgentClosesTheFirst) {
  const auto first = Join("ana");
  const auto second = Join("ana");
  const v1::Update closing = first->Next();
  ASSERT_TRUE(closing.has_closing());
  EXPECT_FALSE(closing.closing().reason().empty());
  EXPECT_EQ(first->Finish().code(), absl::StatusCode::kUnavailable);
  // Each speaks of its own session alone, so their order is of no matter.
  Command joined = CommandAt(1);
  Command lost = CommandAt(2);
  if (joined.presence().status() == commands::v1::PRESENCE_STATUS_LOST) std::swap(joined, lost);
  EXPECT_EQ(lost.presence().status(), commands::v1::PRESENCE_STATUS_LOST);
  EXPECT_NE(lost.presence().session(), joined.presence().session()) << "the second one stays";
  EXPECT_EQ(sessions_.size(), 1u);
}

TEST_F(AgentServiceTest, ActionsBecomeCommandsWithGrowingSequences) {
  const auto desk = Join("ana");
  desk->Act(Accept("action-1"));
  v1::Action reply = Accept("action-2");
  reply.mutable_reply()->set_text("¡Hola! Здравейте");
  desk->Act(reply);
  const Command first = CommandAt(1);
  EXPECT_EQ(first.action().agent_id(), "ana");
  EXPECT_EQ(first.action().action_id(), "action-1");
  EXPECT_EQ(first.action().conversation_id(), "conversation");
  EXPECT_EQ(first.action().accept().offer_id(), "offer");
  EXPECT_EQ(first.origin().client().incarnation(), "gw");
  const Command second = CommandAt(2);
  EXPECT_EQ(second.action().reply().text(), "¡Hola! Здравейте");
  EXPECT_GT(second.origin().client().sequence(), first.origin().client().sequence());
}

TEST_F(AgentServiceTest, ABadActionIsAnsweredWithItsCodeAndTheNextOneGoesOn) {
  const auto desk = Join("ana");
  const auto code = [&](const v1::Action& action) {
    desk->Act(action);
    return desk->Next().action_result().error().code();
  };
  EXPECT_EQ(code(Accept("")), "bad_action_id");
  EXPECT_EQ(code(Accept(std::string(129, 'x'))), "bad_action_id");
  v1::Action nowhere = Accept("a1");
  nowhere.clear_conversation_id();
  EXPECT_EQ(code(nowhere), "missing_conversation");
  v1::Action nothing = Accept("a2");
  nothing.clear_accept();
  EXPECT_EQ(code(nothing), "unknown_action");
  v1::Action reply = Accept("a3");
  reply.mutable_reply()->set_text(std::string((64 << 10) + 1, 'x'));
  EXPECT_EQ(code(reply), "oversize");
  v1::Action transfer = Accept("a4");
  transfer.mutable_transfer()->set_note(std::string((4 << 10) + 1, 'x'));
  EXPECT_EQ(code(transfer), "oversize");
  reply.mutable_reply()->set_text(std::string(64 << 10, 'x'));
  desk->Act(reply);
  EXPECT_EQ(CommandAt(1).action().action_id(), "a3");
}

TEST_F(AgentServiceTest, AnActionThatTheLogDoesNotTakeIsAnsweredAsNotWritten) {
  Run(std::make_unique<FailingProducer>());
  const auto desk = Join("ana");
  desk->Act(Accept("a1"));
  const v1::Update failed = desk->Next();
  EXPECT_EQ(failed.action_result().action_id(), "a1");
  EXPECT_EQ(failed.action_result().error().code(), "not_written");
  v1::Action hold = Accept("a2");
  hold.mutable_hold();
  desk->Act(hold);
  const v1::Update refused = desk->Next();
  EXPECT_EQ(refused.action_result().action_id(), "a2");
  EXPECT_EQ(refused.action_result().error().code(), "not_written");
}

TEST_F(AgentServiceTest, AGatewayThatIsClosingTakesNobody) {
  const auto desk = Join("ana");
  sessions_.CloseAll("leaving");
  EXPECT_EQ(desk->Next().closing().reason(), "leaving");
  EXPECT_EQ(desk->Finish().code(), absl::StatusCode::kUnavailable);
  Desk late(*stub_);
  late.Hello("boris");
  EXPECT_EQ(late.Finish().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace centralita::gateway
