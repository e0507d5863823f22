#include "gateway_watch.h"

namespace centralita::router {

std::vector<std::string> GatewayWatch::Lost(const std::set<std::string>& known,
                                            const std::set<std::string>& live,
                                            std::chrono::steady_clock::time_point now) {
  std::erase_if(missing_since_, [&](const auto& entry) {
    return !known.contains(entry.first) || live.contains(entry.first);
  });
  std::vector<std::string> lost;
  for (const std::string& incarnation : known) {
    if (live.contains(incarnation)) continue;
    const auto [entry, first_time] = missing_since_.try_emplace(incarnation, now);
    if (!first_time && now - entry->second >= lease_time_) {
      lost.push_back(incarnation);
      // Reported again after another lease time, should the record have been lost with its log.
      entry->second = now;
    }
  }
  return lost;
}

}  // namespace centralita::router
