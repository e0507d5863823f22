#include "agents/agent_client.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "centralita/gateway/v1/gateway.grpc.pb.h"
#include "centralita/rpc/status.h"

namespace centralita::agents {
namespace {

using gateway::v1::ConnectRequest;
using gateway::v1::ConnectResponse;

class Client final : public AgentClient,
                     public grpc::ClientBidiReactor<ConnectRequest, ConnectResponse> {
 public:
  Client(std::shared_ptr<grpc::Channel> channel, const AgentCredentials& credentials,
         const std::string& agent_id, AgentListener& listener)
      : listener_(listener), stub_(gateway::v1::AgentGatewayService::NewStub(std::move(channel))) {
    const auto set = [this](const char* name, const std::string& value) {
      if (!value.empty()) context_.AddMetadata(name, value);
    };
    set("x-tenant", credentials.tenant);
    set("x-api-key", credentials.api_key);
    set("x-agent-token", credentials.agent_token);
    ConnectRequest hello;
    hello.mutable_hello()->set_agent_id(agent_id);
    hello.mutable_hello()->set_client("centralita");
    waiting_.push_back(std::move(hello));
    stub_->async()->Connect(&context_, this);
    // The hold keeps the call open while nothing is being read or written.
    AddHold();
    StartRead(&response_);
    StartCall();
    const std::scoped_lock lock(mutex_);
    WriteNext();
  }

  ~Client() override {
    context_.TryCancel();
    ReleaseHold();
    std::unique_lock lock(mutex_);
    done_changed_.wait(lock, [this] { return done_; });
  }

  void Act(gateway::v1::Action action) override {
    const std::scoped_lock lock(mutex_);
    if (closing_ || ended_) return;
    // Actions that wait share a frame.
    if (waiting_.empty() || !waiting_.back().has_actions()) waiting_.emplace_back();
    *waiting_.back().mutable_actions()->add_actions() = std::move(action);
    WriteNext();
  }

  void SetStatus(commands::v1::PresenceStatus status) override {
    const std::scoped_lock lock(mutex_);
    if (closing_ || ended_) return;
    waiting_.emplace_back().mutable_status()->set_status(status);
    WriteNext();
  }

  void Close() override {
    const std::scoped_lock lock(mutex_);
    if (closing_) return;
    closing_ = true;
    WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      {
        const std::scoped_lock lock(mutex_);
        ended_ = true;
      }
      ReleaseHold();
      return;
    }
    for (auto& update : *response_.mutable_updates()) listener_.OnUpdate(std::move(update));
    StartRead(&response_);
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(mutex_);
    writing_ = false;
    if (ok) WriteNext();
  }

  void OnDone(const grpc::Status& status) override {
    bool asked;
    {
      const std::scoped_lock lock(mutex_);
      asked = closing_;
    }
    const bool as_asked =
        asked && (status.ok() || status.error_code() == grpc::StatusCode::CANCELLED);
    listener_.OnClosed(as_asked ? absl::OkStatus() : rpc::FromGrpc(status));
    const std::scoped_lock lock(mutex_);
    done_ = true;
    done_changed_.notify_all();
  }

 private:
  void WriteNext() {
    if (writing_ || ended_) return;
    if (waiting_.empty()) {
      if (closing_ && !half_closed_) {
        half_closed_ = true;
        StartWritesDone();
      }
      return;
    }
    writing_ = true;
    request_ = std::move(waiting_.front());
    waiting_.pop_front();
    StartWrite(&request_);
  }

  void ReleaseHold() {
    {
      const std::scoped_lock lock(mutex_);
      if (released_) return;
      released_ = true;
    }
    RemoveHold();
  }

  AgentListener& listener_;
  const std::unique_ptr<gateway::v1::AgentGatewayService::Stub> stub_;
  grpc::ClientContext context_;
  ConnectResponse response_;
  std::mutex mutex_;
  std::condition_variable done_changed_;
  std::deque<ConnectRequest> waiting_;
  ConnectRequest request_;
  bool writing_ = false;
  bool closing_ = false;
  bool half_closed_ = false;
  bool ended_ = false;
  bool released_ = false;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<AgentClient> AgentClient::Connect(std::shared_ptr<grpc::Channel> channel,
                                                  const AgentCredentials& credentials,
                                                  const std::string& agent_id,
                                                  AgentListener& listener) {
  return std::make_unique<Client>(std::move(channel), credentials, agent_id, listener);
}

}  // namespace centralita::agents
