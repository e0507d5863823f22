// The stage `route`: the one owner of where a customer's conversation is. A pure function of one
// partition of `routing`.
//
// For each message: a repeat, a further message of the open conversation, a new conversation in a
// pool, or answered at once. For each conversation: its messages' sequence numbers and its
// revision; messages that a shard has not applied are kept until it has, and sent again when it
// closed or released the conversation without them.
//
// State is a set of entries (snapshot/v1/route_state.proto): one per customer, one per tenant's
// policy, a header. Times are the log's. Not thread-safe. Nothing is ever dropped: what cannot be
// taken becomes a `rejected` event, or, if it carries a message, a dead letter (a customer with
// kMaxUnapplied messages that no shard has applied).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "centralita/base/state_machine.h"

namespace centralita::route {

// The highest engine level whose behaviour this binary knows.
inline constexpr uint32_t kEngineLevel = 1;

// Messages of one conversation that no shard has applied yet.
inline constexpr int kMaxUnapplied = 4096;
// Messages in one Enqueue; further ones follow as Append.
inline constexpr int kMaxMessagesPerEnqueue = 256;
// Message ids in one Handover.
inline constexpr int kMaxIdsPerHandover = 512;
// Customers looked at in one tick.
inline constexpr int kMaxExpiriesPerTick = 512;

class Route final : public base::StateMachine {
 public:
  explicit Route(uint32_t partition);
  ~Route() override;

  base::ApplyResult Apply(const base::InputRecord& record, base::Outputs& outputs) override;
  base::TimePoint NextDue() const override;
  void TakeChanges(base::EntrySink& sink) override;
  void ForEachEntry(base::EntrySink& sink) const override;
  absl::Status Load(std::string_view key, std::string_view value) override;
  absl::Status LoadDone() override;
  uint32_t EngineLevel() const override;

  // Customers of whom anything is remembered; for gauges.
  size_t customers() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace centralita::route
