// An agent's client: what it shows him, by what the gateway says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "centralita/commands/v1/commands.pb.h"
#include "centralita/gateway/v1/gateway.pb.h"

namespace centralita::simulation {

class Agent final {
 public:
  Agent(std::string id, std::string pool, int32_t capacity)
      : id_(std::move(id)), pool_(std::move(pool)), capacity_(capacity) {}

  void Connect(int gateway, std::string session);
  // What he had, a resync will say.
  void Disconnect();
  bool connected() const { return !session_.empty(); }
  void Take(const gateway::v1::Update& update);

  // What he does next with what he sees, if anything: `choice` below 100. Once more, what he did
  // last.
  std::optional<commands::v1::Command> Act(uint32_t choice);
  std::optional<commands::v1::Command> Again() const;
  // As Act(), but he takes everything that he is offered and brings it to an end.
  std::optional<commands::v1::Command> Finish();

  const std::string& id() const { return id_; }
  const std::string& pool() const { return pool_; }
  const std::string& session() const { return session_; }
  int gateway() const { return gateway_; }
  commands::v1::PresenceStatus status() const { return status_; }
  void set_status(commands::v1::PresenceStatus status) { status_ = status; }

  // Units of all that he sees and that counts.
  int32_t Load() const;
  int32_t capacity() const { return capacity_; }
  // What he sees, as one text: two who see the same have the same.
  std::string View() const;

 private:
  struct Work {
    uint64_t revision = 0;
    int32_t units = 0;
    // Empty once it is his.
    std::string offer_id;
    bool held = false;
    bool replied = false;
  };

  void Put(const gateway::v1::WorkView& view, const std::string& offer_id, bool held);
  void TakeResult(const gateway::v1::ActionResult& result);
  commands::v1::Command New(const std::string& conversation);
  commands::v1::Command Remember(commands::v1::Command command);

  const std::string id_;
  const std::string pool_;
  const int32_t capacity_;
  int gateway_ = -1;
  std::string session_;
  commands::v1::PresenceStatus status_ = commands::v1::PRESENCE_STATUS_OFFLINE;
  std::map<std::string, Work> work_;
  uint64_t actions_ = 0;
  // By action id: of this connection, not answered yet.
  std::map<std::string, commands::v1::Command> unanswered_;
  std::optional<commands::v1::Command> last_;
};

}  // namespace centralita::simulation
