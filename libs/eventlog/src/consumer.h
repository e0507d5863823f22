// A reader of the embedded log, within a group or of given partitions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centralita/eventlog/eventlog.h"
#include "cold_reader.h"
#include "log_state.h"
#include "writer.h"

namespace centralita::eventlog {

class SqliteConsumer final : public Consumer {
 public:
  // Whose group and name; an empty group: outside any.
  struct Membership {
    std::string group;
    std::string member;
  };
  // `state` and `writer` outlive it.
  SqliteConsumer(LogState& state, Writer& writer, Membership membership,
                 const ConsumerOptions& options);
  ~SqliteConsumer() override { Close(); }

  // Before the first Poll(). ALREADY_EXISTS if the group has a member of this name.
  absl::Status Join(const std::vector<TopicPartition>& partitions);
  void Attach(const std::vector<TopicPartition>& partitions);

  absl::StatusOr<PollResult> Poll(base::Duration max_wait) override;
  absl::Status Seek(const TopicPartition& partition, uint64_t offset) override;
  absl::Status Pause(const TopicPartition& partition) override;
  absl::Status Resume(const TopicPartition& partition) override;
  absl::Status Commit(const TopicPartition& partition, uint64_t next_offset) override;
  void Wake() override { waker_->Interrupt(); }
  void Close() override;

 private:
  struct Held {
    Partition* partition = nullptr;
    std::optional<uint64_t> next;
    bool paused = false;
  };
  // What to read of one partition: from memory, or, if `cached` is empty, from the file.
  struct Fetch {
    size_t held = 0;
    uint64_t from = 0;
    uint64_t end = 0;
    std::vector<CachedBatch> cached;
  };
  struct Budget {
    size_t bytes = 0;
    size_t records = 0;
    // The first record is given even if it is larger than all the budget.
    bool untouched = true;
  };

  absl::StatusOr<PollResult> Look();
  void TakeGroupChanges(PollResult& result);
  void Subscribe(Partition& partition);
  void Unsubscribe(Partition& partition);
  void SignalGroup();
  absl::StatusOr<std::vector<Fetch>> PlanFetches();
  absl::StatusOr<std::optional<RecordBatch>> Read(const Fetch& fetch, Budget& budget);
  // Appends the batch's records that are wanted to `out`; false: the budget did not suffice.
  static bool TakeRecords(BatchReader batch, const Fetch& fetch, std::vector<Record>& out,
                          Budget& budget);
  absl::StatusOr<Held*> FindHeld(const TopicPartition& partition);

  LogState& state_;
  Writer& writer_;
  const Membership membership_;
  const ConsumerOptions options_;
  const std::shared_ptr<Waker> waker_ = std::make_shared<Waker>();
  // In the order of the partitions' names.
  std::vector<Held> held_;
  // Which of `held_` comes first next time, so that none starves.
  size_t turn_ = 0;
  std::unique_ptr<ColdReader> cold_;
  bool closed_ = false;
};

}  // namespace centralita::eventlog
