#include "centralita/app/backends.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/eventlog/sqlite_log.h"
#include "centralita/store/sqlite_store.h"

namespace centralita::app {

namespace topics = base::topics;

std::vector<eventlog::TopicSpec> StandardTopics(const TopicLayout& layout) {
  std::vector<eventlog::TopicSpec> specs;
  const auto add = [&](std::string_view name, uint32_t partitions, bool compacted,
                       base::Duration retention) {
    specs.push_back({.name = std::string(name),
                     .partitions = partitions,
                     .compacted = compacted,
                     .retention = retention});
  };
  for (const std::string_view name :
       {topics::kInbound, topics::kRouting, topics::kSignals, topics::kOutbound}) {
    add(name, layout.data_partitions, false, layout.retention);
  }
  add(topics::kCommands, layout.commands_partitions, false, layout.retention);
  for (const std::string_view name : {topics::kEvents, topics::kDeadLetter}) {
    add(name, layout.data_partitions, false, layout.history_retention);
  }
  for (const std::string_view name : {topics::kIdentity, topics::kProfiles}) {
    add(name, layout.data_partitions, true, base::Duration(0));
  }
  // One partition, so that a version's sections and its manifest have one order.
  add(topics::kPolicy, 1, true, base::Duration(0));
  add(topics::kSnapshots, 1, true, base::Duration(0));
  return specs;
}

absl::Status EnsureTopics(eventlog::EventLog& log, const std::vector<eventlog::TopicSpec>& specs) {
  for (const eventlog::TopicSpec& spec : specs)
    ABSL_RETURN_IF_ERROR(log.EnsureTopic(spec).status());
  return absl::OkStatus();
}

absl::StatusOr<Backends> OpenEmbedded(const EmbeddedOptions& options, const base::Clock& clock) {
  std::error_code error;
  std::filesystem::create_directories(options.data_dir, error);
  if (error) {
    return base::Error(
        absl::StatusCode::kUnavailable, "data_dir_unusable",
        fmt::format("The data directory '{}' cannot be made: {}. Choose one that you may write to.",
                    options.data_dir, error.message()));
  }
  const std::filesystem::path dir(options.data_dir);
  Backends backends;
  ABSL_ASSIGN_OR_RETURN(backends.log,
                        eventlog::OpenSqliteLog({.path = (dir / "log.db").string()}, clock));
  ABSL_ASSIGN_OR_RETURN(backends.store,
                        store::OpenSqliteStore({.path = (dir / "store.db").string()}, clock));
  ABSL_RETURN_IF_ERROR(EnsureTopics(*backends.log, StandardTopics(options.topics)));
  return backends;
}

}  // namespace centralita::app
