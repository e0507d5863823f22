// What simulated agents see and do, into a ledger.
#pragma once

#include <string>

#include "agents/simulated_agents.h"
#include "centralita/base/clock.h"
#include "centralita/ledger/ledger_writer.h"

namespace centralita::agents {

class LedgerObserver final : public AgentObserver {
 public:
  LedgerObserver(ledger::LedgerWriter& ledger, const base::Clock& clock)
      : ledger_(ledger), clock_(clock) {}

  void OnConnecting(const std::string& agent_id) override { ledger_.Connected(Now(), agent_id); }
  void OnSaw(const std::string& agent_id, const std::string& session,
             const gateway::v1::Update& update) override {
    ledger_.Saw(Now(), agent_id, session, update);
  }
  void OnDid(const std::string& agent_id, const std::string& session,
             const gateway::v1::Action& action) override {
    ledger_.Did(Now(), agent_id, session, action);
  }
  void OnDisconnected(const std::string& agent_id, const std::string& session) override {
    ledger_.Disconnected(Now(), agent_id, session);
  }

 private:
  int64_t Now() const { return base::ToUnixMillis(clock_.Now()); }

  ledger::LedgerWriter& ledger_;
  const base::Clock& clock_;
};

}  // namespace centralita::agents
