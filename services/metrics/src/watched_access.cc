#include "centralita/metrics/watched_access.h"

#include "centralita/app/api_key.h"

namespace centralita::metrics {

absl::Status WatchedAccess::Check(const std::string& tenant, const std::string& api_key) const {
  return app::CheckApiKey(*watcher_.Current(), tenant, api_key);
}

}  // namespace centralita::metrics
