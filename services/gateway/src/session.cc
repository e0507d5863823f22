#include "session.h"

#include <utility>

#include "centralita/base/key.h"

namespace centralita::gateway {

bool SessionTable::Add(std::shared_ptr<Session> session) {
  std::shared_ptr<Session> older;
  {
    const std::scoped_lock lock(mutex_);
    if (closing_) return false;
    const std::string agent = base::TenantKey(session->agent().tenant, session->agent().agent_id);
    if (const auto known = by_agent_.find(agent); known != by_agent_.end()) {
      const auto found = by_id_.find(known->second);
      older = std::move(found->second);
      by_id_.erase(found);
    } else if (by_id_.size() >= max_sessions_) {
      return false;
    }
    by_agent_[agent] = session->id();
    by_id_.emplace(session->id(), std::move(session));
  }
  if (older != nullptr) older->Close("This agent has connected again elsewhere.");
  return true;
}

void SessionTable::Remove(const std::string& id) {
  std::shared_ptr<Session> removed;
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  removed = std::move(found->second);
  by_id_.erase(found);
  const auto agent =
      by_agent_.find(base::TenantKey(removed->agent().tenant, removed->agent().agent_id));
  if (agent != by_agent_.end() && agent->second == id) by_agent_.erase(agent);
}

std::shared_ptr<Session> SessionTable::Find(const std::string& id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Session>> SessionTable::All() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::shared_ptr<Session>> all;
  all.reserve(by_id_.size());
  for (const auto& [id, session] : by_id_) all.push_back(session);
  return all;
}

size_t SessionTable::size() const {
  const std::scoped_lock lock(mutex_);
  return by_id_.size();
}

void SessionTable::CloseAll(const std::string& reason) {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  Reset(reason);
}

void SessionTable::Reset(const std::string& reason) {
  for (const auto& session : All()) session->Close(reason);
}

}  // namespace centralita::gateway
