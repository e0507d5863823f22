// Groups on Kafka: members that come, go, die and return.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>

#include "gmock/gmock.h"
#include "tests/contract/kafka_test.h"

namespace centralita::eventlog {
namespace {

constexpr base::Duration kPoll{20};
constexpr base::Duration kSession{3'000};
constexpr int kRounds = 1'500;

using Seen = std::map<TopicPartition, std::vector<std::string>>;

class KafkaGroupTest : public KafkaLogTest, public testing::WithParamInterface<KafkaRebalance> {
 protected:
  KafkaLogOptions GroupOptions() const {
    KafkaLogOptions options = Options();
    options.rebalance = GetParam();
    options.session_timeout = kSession;
    return options;
  }
  // Polls all in turn until each holds `each` partitions.
  static void Settle(const std::vector<Member*>& members, size_t each, Seen& seen) {
    const auto settled = [&] {
      return std::ranges::all_of(members, [&](const Member* m) { return m->holds() == each; });
    };
    for (int i = 0; i < kRounds && !settled(); ++i) {
      for (Member* const member : members) member->PollOnce(kPoll, seen);
    }
    for (const Member* const member : members) EXPECT_EQ(member->holds(), each);
  }
};

INSTANTIATE_TEST_SUITE_P(Kafka, KafkaGroupTest,
                         testing::Values(KafkaRebalance::kEager, KafkaRebalance::kCooperative),
                         [](const auto& parameter) {
                           return parameter.param == KafkaRebalance::kEager ? "Eager"
                                                                            : "Cooperative";
                         });

TEST_P(KafkaGroupTest, ThreeMembersShareAndLoseNothingAsTheyComeAndGo) {
  const auto log = Open(GroupOptions());
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 6}).ok());
  const auto producer = *log->NewProducer({.name = "numbers"});
  std::array<int, 6> appended{};
  const auto append = [&](int count) {
    for (int i = 0; i < count; ++i) {
      for (uint32_t p = 0; p < 6; ++p) {
        ASSERT_TRUE(producer
                        ->Append({.topic = "t",
                                  .partition = p,
                                  .key = "k",
                                  .value = std::to_string(appended[p]++)},
                                 [](const absl::StatusOr<uint64_t>&) {})
                        .ok());
      }
    }
  };
  Seen seen;
  append(50);
  Member a(*log, "a", {"t"});
  Settle({&a}, 6, seen);
  append(50);
  Member b(*log, "b", {"t"});
  Settle({&a, &b}, 3, seen);
  append(50);
  auto c = std::make_unique<Member>(*log, "c", std::vector<std::string>{"t"});
  Settle({&a, &b, c.get()}, 2, seen);
  append(50);
  // Eager: six, then three. Otherwise three and one, and what it keeps goes on; a commit at the
  // wrong moment may cost it all of it once.
  if (GetParam() == KafkaRebalance::kEager) {
    EXPECT_GE(a.revoked(), 9U);
  } else {
    EXPECT_GE(a.revoked(), 4U);
    EXPECT_LT(a.revoked(), 9U);
  }
  c.reset();
  Settle({&a, &b}, 3, seen);
  append(50);
  const auto complete = [&] {
    return seen.size() == 6 &&
           std::ranges::all_of(seen, [](const auto& each) { return each.second.size() >= 250; });
  };
  for (int i = 0; i < kRounds && !complete(); ++i) {
    a.PollOnce(kPoll, seen);
    b.PollOnce(kPoll, seen);
  }
  for (const auto& [partition, values] : seen) {
    ASSERT_EQ(values.size(), 250U) << partition.partition;
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], std::to_string(i));
  }
}

// kafka_member, as a child that dies with this test.
class Child final {
 public:
  explicit Child(const KafkaLogOptions& options, const char* member) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      ::dup2(pipe[1], STDOUT_FILENO);
      ::execl(CENTRALITA_KAFKA_MEMBER, "kafka_member", options.bootstrap_servers.c_str(),
              options.prefix.c_str(), "g", member, "t", nullptr);
      ::_exit(127);
    }
    ::close(pipe[1]);
    out_ = ::fdopen(pipe[0], "r");
  }
  ~Child() {
    Kill();
    std::fclose(out_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Waits until it says that it holds something else than before.
  int Holds() {
    std::array<char, 32> line{};
    return std::fgets(line.data(), line.size(), out_) == nullptr ? -1 : std::atoi(line.data());
  }
  void Kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }

 private:
  pid_t process_ = -1;
  FILE* out_ = nullptr;
};

TEST_F(KafkaLogTest, AMemberThatDiesAndReturnsDisturbsNobodyAndOneThatStaysAwayIsReplaced) {
  KafkaLogOptions options = Options();
  options.session_timeout = kSession;
  const auto log = Open(options);
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 4}).ok());
  Seen seen;
  Member a(*log, "a", {"t"});
  for (int i = 0; i < kRounds && a.holds() != 4; ++i) a.PollOnce(kPoll, seen);
  {
    Child b(options, "b");
    for (int i = 0; i < kRounds && a.holds() != 2; ++i) a.PollOnce(kPoll, seen);
    a.PollOnce(kPoll, seen);
    ASSERT_EQ(b.Holds(), 2);
  }
  // Killed: Kafka does not know it yet, and it is back before it would.
  const size_t revoked = a.revoked();
  Child again(options, "b");
  ASSERT_EQ(again.Holds(), 2);
  for (int i = 0; i < 10; ++i) a.PollOnce(kPoll, seen);
  EXPECT_EQ(a.holds(), 2U);
  EXPECT_EQ(a.revoked(), revoked);

  again.Kill();
  const auto start = clock_.Monotonic();
  for (int i = 0; i < kRounds && a.holds() != 4; ++i) a.PollOnce(kPoll, seen);
  EXPECT_EQ(a.holds(), 4U);
  EXPECT_LE(clock_.Monotonic() - start, kSession + std::chrono::seconds(10));
}

TEST_F(KafkaLogTest, AMemberWhoseNameIsTakenByAnotherIsToldSo) {
  const auto log = Open(Options());
  ASSERT_TRUE(log->EnsureTopic({.name = "t", .partitions = 2}).ok());
  Seen seen;
  Member first(*log, "m", {"t"});
  for (int i = 0; i < kRounds && first.holds() != 2; ++i) first.PollOnce(kPoll, seen);
  Member second(*log, "m", {"t"});
  for (int i = 0; i < kRounds && second.holds() != 2; ++i) second.PollOnce(kPoll, seen);
  EXPECT_EQ(second.holds(), 2U);
  absl::Status status;
  for (int i = 0; i < kRounds && status.ok(); ++i) status = first.consumer().Poll(kPoll).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  // Its leaving takes nothing from the other.
  first.consumer().Close();
  AppendNumbers(*log, "t", 2, 10);
  const auto count = [&] { return seen[{"t", 0}].size() + seen[{"t", 1}].size(); };
  for (int i = 0; i < kRounds && count() < 10; ++i) second.PollOnce(kPoll, seen);
  EXPECT_EQ(count(), 10U);
  EXPECT_EQ(second.revoked(), 0U);
}

}  // namespace
}  // namespace centralita::eventlog
