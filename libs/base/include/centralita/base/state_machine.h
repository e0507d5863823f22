// What a deterministic stage is: a pure function of one input log. route and dispatch implement it;
// libs/stage runs it.
//
// An implementation has no clock, no randomness, no I/O, no floating point in an order, and
// iterates in no hash map's order: the same records give the same outputs and the same entries,
// byte for byte, in every build. Not thread-safe: one thread runs one partition.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "centralita/base/time.h"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace centralita::base {

// Topics to which stages write.
enum class OutputTopic {
  kRouting,
  kCommands,
  kEvents,
  kOutbound,
  kIdentity,
  kProfiles,
  kDeadLetter
};

// Takes what one record gives. The order of calls is the order of the outputs' indexes.
class Outputs {
 public:
  virtual ~Outputs() = default;
  // `value` without its field `origin`, which the runner sets.
  virtual void Emit(OutputTopic topic, std::string_view key,
                    const google::protobuf::MessageLite& value) = 0;
  // Something for those who watch this partition's owner (an owner::v1::AgentUpdate); logged
  // nowhere, so it must be possible to make it again from the state.
  virtual void Notify(const google::protobuf::MessageLite& update) = 0;
};

struct InputRecord {
  uint32_t partition = 0;
  uint64_t offset = 0;
  // max(append time, `now` of the record before).
  TimePoint now;
  std::string_view key;
  std::string_view value;
};

enum class ApplyResult {
  kApplied,
  // The bytes are no record of this topic: the runner dead-letters them, the state is as before.
  kUndecodable,
};

// Takes entries of a state. Keys are unique; an empty value is a value.
class EntrySink {
 public:
  virtual ~EntrySink() = default;
  virtual void Put(std::string_view key, std::string_view value) = 0;
  virtual void Erase(std::string_view key) = 0;
};

// The whole state is a set of entries (key, bytes): a checkpoint is the entries that changed, a
// snapshot all of them. Whatever is not in an entry is an index that LoadDone() can build again,
// and must not influence outputs otherwise.
class StateMachine {
 public:
  virtual ~StateMachine() = default;
  virtual ApplyResult Apply(const InputRecord& record, Outputs& outputs) = 0;
  // When the owner should append a tick; kNever if nothing is due. At or before `now`: at once.
  virtual TimePoint NextDue() const = 0;
  // Gives each entry that changed since the last call once, in its present form, and forgets the
  // changes.
  virtual void TakeChanges(EntrySink& sink) = 0;
  // All entries, sorted by key.
  virtual void ForEachEntry(EntrySink& sink) const = 0;
  // Restoring: every entry once, in any order, into a new machine; then LoadDone().
  // DATA_LOSS if an entry cannot be read; FAILED_PRECONDITION if the engine level is above what
  // this binary knows.
  virtual absl::Status Load(std::string_view key, std::string_view value) = 0;
  virtual absl::Status LoadDone() = 0;
  virtual uint32_t EngineLevel() const = 0;
};

}  // namespace centralita::base
