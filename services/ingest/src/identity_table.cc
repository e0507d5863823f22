#include "identity_table.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/base/uuid.h"

namespace centralita::ingest {
namespace {

constexpr base::Duration kTurn{50};
// Requests notice a loss at once; this is for an ingest that has none.
constexpr base::Duration kLook{2'000};
constexpr base::Duration kStopOld{1'000};
constexpr int kTries = 10;

store::Key GenerationKey() { return {"identity/meta", "generation"}; }

// What the mark says while the table is being filled.
std::string Filling(const std::string& generation) { return "filling " + generation; }

absl::StatusOr<std::vector<std::optional<std::string>>> ReadMarks(store::Store& store) {
  std::vector<store::Key> keys;
  for (uint32_t p = 0; p < kIdentityPartitions; ++p) keys.push_back(IdentityMark(p));
  return store.GetMany(keys);
}

// ABORTED if a mark is not as expected any more; the others are written then.
absl::Status WriteMarks(store::Store& store,
                        const std::vector<std::optional<std::string>>& expected,
                        const std::string& mark) {
  std::vector<store::Transaction> transactions;
  for (uint32_t p = 0; p < kIdentityPartitions; ++p) {
    if (expected[p] == mark) continue;
    const store::Key key = IdentityMark(p);
    store::Transaction& transaction = transactions.emplace_back();
    transaction.partition = key.partition;
    transaction.conditions.push_back({key.name, expected[p]});
    transaction.puts.push_back({.name = key.name, .value = mark});
  }
  absl::Status status;
  for (const absl::Status& each : store.CommitMany(transactions)) status.Update(each);
  return status;
}

absl::Status StillLoading() {
  return base::Error(absl::StatusCode::kUnavailable, "identity_loading",
                     "The identity table is still being loaded; send it again in a moment.");
}

// By itself; whatever else is wrong needs somebody to look at it.
bool Passes(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) || absl::IsAborted(status) ||
         absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

// ABORTED if somebody else does the same at this moment.
absl::StatusOr<std::string> TryToAgree(store::Store& store) {
  const std::string mine = base::RandomUuid();
  ABSL_ASSIGN_OR_RETURN(const std::string there,
                        store.SetIfAbsent(GenerationKey(), mine, base::Duration(0)));
  ABSL_ASSIGN_OR_RETURN(const auto marks, ReadMarks(store));
  if (there != mine) {
    bool whole = true;
    for (const auto& mark : marks) whole &= mark == there || mark == Filling(there);
    if (whole) return there;
    const store::Key key = GenerationKey();
    const absl::Status renewed = store.Commit({.partition = key.partition,
                                               .conditions = {{key.name, there}},
                                               .puts = {{.name = key.name, .value = mine}},
                                               .erases = {}});
    ABSL_RETURN_IF_ERROR(renewed);
  }
  ABSL_RETURN_IF_ERROR(WriteMarks(store, marks, Filling(mine)));
  return mine;
}

}  // namespace

absl::StatusOr<std::string> AgreeOnGeneration(store::Store& store) {
  auto agreed = TryToAgree(store);
  for (int i = 1; i < kTries && absl::IsAborted(agreed.status()); ++i) agreed = TryToAgree(store);
  return agreed;
}

absl::Status MarkFilled(store::Store& store, const std::string& generation) {
  ABSL_ASSIGN_OR_RETURN(const auto marks, ReadMarks(store));
  for (const auto& mark : marks) {
    if (mark != generation && mark != Filling(generation)) {
      return absl::AbortedError("A part of the identity table was lost while it was filled.");
    }
  }
  return WriteMarks(store, marks, generation);
}

IdentityTable::IdentityTable(const Deps& deps, std::string member)
    : deps_(deps),
      failures_(deps.failures),
      member_(std::move(member)),
      logic_(deps.store, deps.identity) {}

absl::Status IdentityTable::Start() {
  ABSL_RETURN_IF_ERROR(Open());
  periodic_ = std::make_unique<base::Periodic>(kTurn, [this] { Turn(); });
  return absl::OkStatus();
}

absl::Status IdentityTable::Open() {
  ABSL_ASSIGN_OR_RETURN(generation_, AgreeOnGeneration(deps_.store));
  stage::PipelineOptions options;
  options.group = fmt::format("ingest-identity-{}-{}", member_, generation_);
  options.stage = stage::StageId::kIdentity;
  options.member = member_;
  options.input_topic = base::topics::kIdentity;
  options.logger = &deps_.logger;
  ABSL_ASSIGN_OR_RETURN(auto runner,
                        stage::PipelineRunner::Create(options, deps_.log, deps_.clock, logic_));
  auto started = stage::PipelineThread::Start(std::move(runner));
  const std::scoped_lock lock(mutex_);
  projection_ = std::move(started);
  return absl::OkStatus();
}

absl::Status IdentityTable::Ready() const { return whole_ ? absl::OkStatus() : StillLoading(); }

absl::Status IdentityTable::Health() const {
  const std::scoped_lock lock(mutex_);
  if (projection_ != nullptr) return projection_->runner().Health();
  return Passes(opened_) ? absl::OkStatus() : opened_;
}

absl::Status IdentityTable::Stop(base::Duration limit) {
  // Waits for a turn that is under way; what that waits for is bounded.
  stopped_ = true;
  periodic_.reset();
  // Nobody replaces it any more; Health() may be asked meanwhile.
  return projection_ == nullptr ? absl::OkStatus() : projection_->Stop(limit);
}

void IdentityTable::Turn() {
  if (stopped_) return;
  if (whole_) return LookForLoss();
  if (projection_ == nullptr) {
    OpenAgain();
    return;
  }
  if (!projection_->runner().CaughtUp()) return LookForLoss();
  const absl::Status filled = MarkFilled(deps_.store, generation_);
  if (filled.ok()) {
    deps_.identity.Trust(generation_);
    look_at_ = deps_.clock.Monotonic() + kLook;
    whole_ = true;
  } else if (absl::IsAborted(filled)) {
    LookForLoss();
  }
}

// What goes wrong in the same way again is said once.
void IdentityTable::OpenAgain() {
  const absl::Status opened = Open();
  absl::StatusCode before;
  {
    const std::scoped_lock lock(mutex_);
    before = opened_.code();
    opened_ = opened;
  }
  if (opened.ok()) return;
  failures_.Add();
  if (opened.code() != before) deps_.logger.Warning("identity_not_filled", {{"error", opened}});
}

// A generation that somebody else has begun is a loss as well: his table is not read by us yet.
void IdentityTable::LookForLoss() {
  const bool suspected = deps_.identity.suspicious();
  if (!suspected && deps_.clock.Monotonic() < look_at_) return;
  look_at_ = deps_.clock.Monotonic() + kLook;
  const auto marks = ReadMarks(deps_.store);
  if (!marks.ok()) return;
  bool intact = true;
  for (const auto& mark : *marks) {
    intact &= mark == generation_ || (!whole_ && mark == Filling(generation_));
  }
  if (intact) {
    if (suspected && whole_) deps_.identity.Trust(generation_);
    return;
  }
  whole_ = false;
  deps_.logger.Warning("identity_table_lost",
                       {{"consequence", "messages are refused until it is filled again"}});
  std::unique_ptr<stage::PipelineThread> old;
  {
    const std::scoped_lock lock(mutex_);
    old = std::exchange(projection_, nullptr);
  }
  if (old != nullptr) old->Stop(kStopOld).IgnoreError();
}

}  // namespace centralita::ingest
