// Agents' sessions on this gateway, and the way of an update to the right one.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "centralita/gateway/ports.h"
#include "centralita/gateway/v1/gateway.pb.h"

namespace centralita::gateway {

// An agent's stream. Thread-safe; must not block.
class Session {
 public:
  virtual ~Session() = default;
  virtual const std::string& id() const = 0;
  virtual const AgentIdentity& agent() const = 0;
  virtual void Deliver(gateway::v1::Update update) = 0;
  // Tells the agent why, then ends the stream.
  virtual void Close(const std::string& reason) = 0;
  // Says (again) to the shard that this session is there.
  virtual void Announce() = 0;
};

// Thread-safe.
class SessionTable final {
 public:
  explicit SessionTable(size_t max_sessions) : max_sessions_(max_sessions) {}

  // False if there are too many, or the gateway is closing. An older session of the same agent is
  // closed.
  bool Add(std::shared_ptr<Session> session);
  void Remove(const std::string& id);
  std::shared_ptr<Session> Find(const std::string& id) const;
  std::vector<std::shared_ptr<Session>> All() const;
  size_t size() const;
  // Closes all; takes no more.
  void CloseAll(const std::string& reason);
  // Closes all; takes new ones.
  void Reset(const std::string& reason);

 private:
  const size_t max_sessions_;
  mutable std::mutex mutex_;
  bool closing_ = false;
  std::map<std::string, std::shared_ptr<Session>, std::less<>> by_id_;
  // tenant / agent -> session id.
  std::map<std::string, std::string, std::less<>> by_agent_;
};

}  // namespace centralita::gateway
