#include "writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/uuid.h"
#include "pending.h"

namespace centralita::store::redis {
namespace {

// What was put aside by a process that died before it counted goes after this time.
constexpr base::Duration kStagedLife{60'000};
constexpr base::Duration kLongestLife{100LL * 365 * 24 * 3'600'000};

struct Size {
  size_t changes = 0;
  size_t bytes = 0;
  bool fits() const { return changes <= 1 || (changes <= kSliceChanges && bytes <= kSliceBytes); }
  Size operator+(const Size& other) const { return {changes + other.changes, bytes + other.bytes}; }
};

Size SizeOf(const Condition& condition) {
  return {1, condition.name.size() + (condition.value ? condition.value->size() : 0)};
}
Size SizeOf(const Put& put) { return {1, put.name.size() + put.value.size()}; }
Size SizeOf(const std::string& erase) { return {1, erase.size()}; }

template <typename List>
Size SizeOfAll(const List& list) {
  Size size;
  for (const auto& one : list) size = size + SizeOf(one);
  return size;
}

Size SizeOf(const Transaction& t) {
  return SizeOfAll(t.conditions) + SizeOfAll(t.puts) + SizeOfAll(t.erases);
}

absl::Status TooLarge(const Transaction& transaction, std::string_view what) {
  return base::Error(
      absl::StatusCode::kInvalidArgument, "too_large",
      fmt::format("The transaction on '{}' has {}; split it.", transaction.partition, what));
}

absl::Status Check(const Transaction& transaction) {
  for (const Put& put : transaction.puts) {
    if (put.value.size() > kLargestValue || put.name.size() > kSliceBytes) {
      return TooLarge(transaction, fmt::format("a value of {} bytes with a name of {}; the most "
                                               "are 64 MiB and 256 KiB",
                                               put.value.size(), put.name.size()));
    }
  }
  const Size conditions = SizeOfAll(transaction.conditions);
  if (conditions.fits()) return absl::OkStatus();
  return TooLarge(transaction,
                  fmt::format("{} conditions of {} bytes; the most are {} of {}",
                              conditions.changes, conditions.bytes, kSliceChanges, kSliceBytes));
}

absl::Status Aborted(const Transaction& transaction, long long condition) {
  const size_t index = static_cast<size_t>(condition) - 1;
  const std::string_view name = index < transaction.conditions.size()
                                    ? std::string_view(transaction.conditions[index].name)
                                    : "?";
  return absl::AbortedError(base::ToAbsl(
      fmt::format("nothing was written to '{}': '{}' is not what was expected; read it again",
                  transaction.partition, name)));
}

absl::Status StagedLost(const Transaction& transaction) {
  return base::Error(
      absl::StatusCode::kUnavailable, "redis_staged_lost",
      fmt::format("Redis lost the first part of the transaction on '{}' before it "
                  "counted; nothing was written. Was it restarted, or does it evict? "
                  "(maxmemory-policy must be noeviction)",
                  transaction.partition));
}

void AddCondition(CommandBuilder& builder, const Condition& condition) {
  builder.Add(condition.value ? "1" : "0").Add(condition.value ? *condition.value : "");
}

// Slices of what a large transaction changes, each a command.
class Stager final {
 public:
  Stager(const Scripts& scripts, const PartitionKeys& keys, const std::string& id)
      : scripts_(scripts), keys_(keys), staged_(keys.Staged(id)) {}

  void Add(const Put& put) {
    Room(SizeOf(put));
    const int64_t life = LifeOf(put.time_to_live);
    slice_.Add(put.name).Add(life == 0 ? "" : std::to_string(life)).Add(put.value);
  }
  void Add(const std::string& erase) {
    Room(SizeOf(erase));
    slice_.Add(erase).Add("-").Add("");
  }
  bool complete() const { return complete_ > 0; }

  // The slice that is full; the elements that it adds.
  std::pair<Command, size_t> Take() {
    CommandBuilder head;
    head.Add(staged_).Add(kStagedLife.count()).Add(static_cast<int64_t>(complete_));
    head.Append(std::exchange(full_, CommandBuilder()));
    const size_t elements = 1 + 3 * std::exchange(complete_, 0);
    return {std::move(head).BuildScript(keys_.slot(), scripts_.stage, 1), elements};
  }
  void Finish() { Close(); }

 private:
  void Room(const Size& next) {
    if (size_.changes > 0 && !(size_ + next).fits()) Close();
    size_ = size_ + next;
  }
  void Close() {
    full_ = std::exchange(slice_, CommandBuilder());
    complete_ = std::exchange(size_, Size()).changes;
  }

  const Scripts& scripts_;
  const PartitionKeys& keys_;
  const std::string staged_;
  CommandBuilder slice_;
  Size size_;
  CommandBuilder full_;
  size_t complete_ = 0;
};

}  // namespace

int64_t LifeOf(base::Duration time_to_live) {
  return std::clamp(time_to_live, base::Duration(0), kLongestLife).count();
}

std::vector<absl::Status> Writer::Commit(Transactions transactions) {
  Outcomes outcomes(transactions.size());
  std::vector<Line> lines;
  base::StringMap<size_t> line_of;
  for (size_t i = 0; i < transactions.size(); ++i) {
    outcomes[i] = Check(transactions[i]);
    if (!outcomes[i].ok()) continue;
    const auto [place, added] = line_of.try_emplace(transactions[i].partition, lines.size());
    if (added) lines.push_back({PartitionKeys(key_prefix_, transactions[i].partition), {}});
    lines[place->second].waiting.push_back(i);
  }
  while (!lines.empty()) {
    Round(transactions, lines, outcomes);
    std::erase_if(lines, [](const Line& line) { return line.begin == line.waiting.size(); });
  }
  return outcomes;
}

// The next step of each line.
void Writer::Round(Transactions transactions, std::vector<Line>& lines, Outcomes& outcomes) {
  std::vector<Command> commands;
  std::vector<Line*> whose;
  for (Line& line : lines) {
    const size_t next = line.waiting[line.begin];
    if (!SizeOf(transactions[next]).fits()) {
      outcomes[next] = CommitLarge(transactions[next], line.keys);
      ++line.begin;
      continue;
    }
    commands.push_back(SmallOnes(transactions, line));
    whose.push_back(&line);
  }
  if (commands.empty()) return;
  auto answers = client_.Run(commands);
  for (size_t i = 0; i < whose.size(); ++i) {
    Conclude(transactions, *whose[i], std::move(answers[i]), outcomes);
  }
}

Command Writer::SmallOnes(Transactions transactions, Line& line) const {
  Size size;
  size_t end = line.begin;
  while (end < line.waiting.size()) {
    const Size with = size + SizeOf(transactions[line.waiting[end]]);
    if (end > line.begin && !with.fits()) break;
    size = with;
    ++end;
  }
  line.in_script = end - line.begin;
  CommandBuilder keys;
  CommandBuilder arguments;
  keys.Add(line.keys.Pending()).Add(line.keys.Index()).Add(line.keys.Expiring());
  arguments.Add(static_cast<int64_t>(line.keys.entry_prefix().size()));
  arguments.Add(static_cast<int64_t>(line.in_script));
  for (size_t i = line.begin; i < end; ++i) {
    const Transaction& t = transactions[line.waiting[i]];
    for (const size_t n : {t.conditions.size(), t.puts.size(), t.erases.size()}) {
      arguments.Add(static_cast<int64_t>(n));
    }
    for (const Condition& condition : t.conditions) {
      keys.Add(line.keys.Entry(condition.name));
      AddCondition(arguments, condition);
    }
    for (const Put& put : t.puts) {
      keys.Add(line.keys.Entry(put.name));
      arguments.Add(LifeOf(put.time_to_live)).Add(put.value);
    }
    for (const std::string& erase : t.erases) keys.Add(line.keys.Entry(erase));
  }
  const size_t key_count = keys.arguments();
  keys.Append(arguments);
  return std::move(keys).BuildScript(line.keys.slot(), scripts_.commit, key_count);
}

void Writer::Conclude(Transactions transactions, Line& line, absl::StatusOr<Reply> answer,
                      Outcomes& outcomes) {
  absl::Status status = answer.status();
  if (status.ok()) {
    if (const auto id = PendingIn(**answer)) {
      status = ++line.helps > kMostHelps
                   ? TooManyHelps(transactions[line.waiting[line.begin]].partition)
                   : CarryOut(client_, scripts_, line.keys, *id);
      // The same again.
      if (status.ok()) return;
    } else {
      status = CheckAnswer(**answer, 1 + line.in_script);
    }
  }
  for (size_t k = 0; k < line.in_script; ++k, ++line.begin) {
    const size_t i = line.waiting[line.begin];
    if (!status.ok()) {
      outcomes[i] = status;
    } else if (const long long failed = (*answer)->element[1 + k]->integer; failed != 0) {
      outcomes[i] = Aborted(transactions[i], failed);
    }
  }
}

absl::Status Writer::CommitLarge(const Transaction& transaction, const PartitionKeys& keys) {
  const std::string id = base::RandomUuid();
  ABSL_ASSIGN_OR_RETURN(const size_t staged, Stage(transaction, keys, id));
  ABSL_RETURN_IF_ERROR(Decide(transaction, keys, id, staged));
  // It counts already; who comes next goes on with it if we cannot.
  (void)CarryOut(client_, scripts_, keys, id);
  return absl::OkStatus();
}

// Slice by slice, so that other calls on the same connection come in between.
absl::StatusOr<size_t> Writer::Stage(const Transaction& transaction, const PartitionKeys& keys,
                                     const std::string& id) {
  Stager stager(scripts_, keys, id);
  size_t staged = 0;
  const auto send = [&]() -> absl::Status {
    if (!stager.complete()) return absl::OkStatus();
    const auto [command, elements] = stager.Take();
    staged += elements;
    return client_.Run(command).status();
  };
  for (const Put& put : transaction.puts) {
    stager.Add(put);
    ABSL_RETURN_IF_ERROR(send());
  }
  for (const std::string& erase : transaction.erases) {
    stager.Add(erase);
    ABSL_RETURN_IF_ERROR(send());
  }
  stager.Finish();
  ABSL_RETURN_IF_ERROR(send());
  return staged;
}

absl::Status Writer::Decide(const Transaction& transaction, const PartitionKeys& keys,
                            const std::string& id, size_t staged) {
  for (int helps = 0; helps <= kMostHelps; ++helps) {
    CommandBuilder builder;
    builder.Add(keys.Pending()).Add(keys.Staged(id));
    for (const Condition& condition : transaction.conditions) {
      builder.Add(keys.Entry(condition.name));
    }
    builder.Add(id).Add(static_cast<int64_t>(staged));
    for (const Condition& condition : transaction.conditions) AddCondition(builder, condition);
    ABSL_ASSIGN_OR_RETURN(const Reply answer,
                          client_.Run(std::move(builder).BuildScript(
                              keys.slot(), scripts_.decide, 2 + transaction.conditions.size())));
    const auto other = PendingIn(*answer);
    if (!other) {
      ABSL_RETURN_IF_ERROR(CheckAnswer(*answer, 1));
      if (answer->element[0]->integer == kStagedLost) return StagedLost(transaction);
      ABSL_RETURN_IF_ERROR(CheckAnswer(*answer, 2));
      const long long failed = answer->element[1]->integer;
      return failed == 0 ? absl::OkStatus() : Aborted(transaction, failed);
    }
    ABSL_RETURN_IF_ERROR(CarryOut(client_, scripts_, keys, *other));
  }
  return TooManyHelps(transaction.partition);
}

}  // namespace centralita::store::redis
