// All the shards of one partition, and which of them has something due.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/status/status.h"
#include "centralita/base/state_machine.h"
#include "centralita/commands/v1/commands.pb.h"
#include "context.h"
#include "google/protobuf/arena.h"
#include "shard.h"

namespace centralita::dispatch {

class Machine final {
 public:
  Machine();

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs);
  base::TimePoint NextDue() const;
  void TakeChanges(base::EntrySink& sink);
  void ForEachEntry(base::EntrySink& sink) const;
  absl::Status Load(std::string_view key, std::string_view value);
  absl::Status LoadDone();
  absl::Status Audit() const;

  uint32_t engine_level() const { return header_.engine_level(); }
  const Sessions& sessions() const { return sessions_; }

 private:
  Shard* Find(std::string_view tenant, std::string_view pool);
  Shard& FindOrCreate(std::string_view tenant, std::string_view pool);
  void ApplyToShard(const cmd::Command& command, Context& context);
  void ApplyToUnknownShard(const cmd::Command& command, Context& context);
  void Tick(Context& context);
  void DoTimers(Context& context);
  void ContinueSweeps(Context& context);
  void SetEngineLevel(uint32_t level);
  void LoseGateway(const std::string& incarnation);
  void ContinueLosses(Context& context);
  void NoteDue(Shard& shard);
  void MarkHeader();
  void TakeChange(const std::string& key, base::EntrySink& sink);

  state::DispatchHeader header_;
  bool header_dirty_ = false;
  ChangedKeys changed_;
  Sessions sessions_;
  // By TenantKey.
  absl::btree_map<std::string, std::unique_ptr<Shard>, std::less<>> shards_;
  // (due, shard key), and what is noted there for each shard.
  absl::btree_set<std::pair<int64_t, std::string>> due_;
  base::StringMap<int64_t> noted_due_;
  std::string bytes_;
  // The arena's first block; before it, so that it outlives it.
  std::unique_ptr<char[]> block_;
  google::protobuf::Arena arena_;
};

}  // namespace centralita::dispatch
