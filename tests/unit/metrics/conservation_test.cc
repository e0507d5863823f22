// The equation of conservation over random lives of conversations, with the words of route and of
// dispatch crossing.
#include <deque>
#include <random>

#include "harness.h"

namespace centralita::metrics {
namespace {

// Plays one customer: what route and dispatch each say, in the order in which each says it.
class Life {
 public:
  Life(std::string id, uint64_t seed) : id_(std::move(id)), random_(seed) {}

  void Play(int steps) {
    for (int i = 0; i < steps; ++i) Step();
    // In the end an agent resolves what is left.
    while (open_) Close();
  }

  std::deque<Event> route;
  std::deque<Event> dispatch;
  uint64_t accepted = 0;

 private:
  bool Chance(int percent) {
    return std::uniform_int_distribution<int>(1, 100)(random_) <= percent;
  }
  std::string Name() const { return id_ + "-" + std::to_string(conversation_); }

  void Step() {
    switch (std::uniform_int_distribution<int>(0, 6)(random_)) {
      case 0:
        ++accepted;
        route.push_back(Duplicate());
        break;
      case 1:
        if (!open_) {
          ++accepted;
          route.push_back(Answered());
        }
        break;
      case 2:
      case 3:
        Message();
        break;
      case 4:
        if (!open_) break;
        dispatch.push_back(Offered(Name(), revision_));
        dispatch.push_back(Accepted(Name(), revision_));
        if (Chance(30)) dispatch.push_back(Held(Name(), revision_));
        break;
      case 5:
        if (!open_) break;
        dispatch.push_back(Released(Name(), revision_, applied_));
        dispatch.push_back(Queued(Name(), ++revision_));
        break;
      case 6:
        if (open_) Close();
        break;
    }
  }

  void Message() {
    ++accepted;
    if (open_) {
      route.push_back(Joined(Name(), ++last_, revision_));
    } else if (conversation_ > 0 && Chance(50)) {
      route.push_back(Reopened(Name(), ++last_, ++revision_));
      dispatch.push_back(Queued(Name(), revision_));
      open_ = true;
    } else {
      ++conversation_;
      revision_ = last_ = 1;
      applied_ = 0;
      open_ = true;
      route.push_back(Opened(Name()));
      dispatch.push_back(Queued(Name()));
    }
  }

  // The shard has applied some of what route has sent; the rest comes back to life by either
  // policy.
  void Close() {
    const uint64_t last =
        std::uniform_int_distribution<uint64_t>(std::max<uint64_t>(applied_, 1), last_)(random_);
    dispatch.push_back(Closed(Name(), last, revision_));
    applied_ = last;
    open_ = last < last_;
    if (!open_) return;
    if (Chance(50)) {
      ++revision_;
      for (uint64_t s = last + 1; s <= last_; ++s) {
        route.push_back(s == last + 1 ? Reopened(Name(), s, revision_)
                                      : Moved(Name(), s, Name(), revision_));
      }
    } else {
      const std::string old = Name();
      const uint64_t moved = last_ - last;
      ++conversation_;
      revision_ = 1;
      applied_ = 0;
      last_ = moved;
      route.push_back(Opened(Name()));
      for (uint64_t s = 1; s <= moved; ++s) route.push_back(Moved(Name(), s, old, 1));
    }
    dispatch.push_back(Queued(Name(), revision_));
  }

  const std::string id_;
  std::mt19937_64 random_;
  int conversation_ = 0;
  bool open_ = false;
  uint64_t revision_ = 0;
  uint64_t last_ = 0;
  uint64_t applied_ = 0;
};

class ConservationTest : public testing::TestWithParam<uint64_t> {};

TEST_P(ConservationTest, EveryMessageIsInOnePlaceHoweverTheWordsCross) {
  std::mt19937_64 random(GetParam());
  std::vector<Life> lives;
  uint64_t accepted = 0;
  for (int i = 0; i < 8; ++i) {
    lives.emplace_back("c" + std::to_string(i), random()).Play(60);
    accepted += lives.back().accepted;
  }
  Counted counted;
  while (true) {
    std::vector<std::deque<Event>*> sources;
    for (Life& life : lives) {
      for (auto* source : {&life.route, &life.dispatch}) {
        if (!source->empty()) sources.push_back(source);
      }
    }
    if (sources.empty()) break;
    auto& source = *sources[random() % sources.size()];
    counted.now += static_cast<int64_t>(random() % 20);
    counted.Tell(source.front());
    source.pop_front();
    if (random() % 50 == 0) counted.SaveAndLoad();
    ASSERT_LE(counted.Placed(), accepted);
  }
  const auto overview = counted.Overview();
  EXPECT_EQ(overview.tagged(), accepted);
  EXPECT_EQ(counted.Placed(), accepted) << overview.ShortDebugString();
  EXPECT_EQ(overview.messages().resolved() + overview.messages().duplicates(), accepted)
      << "all is closed";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConservationTest, testing::Range<uint64_t>(1, 41));

TEST(ConservationTest, ChangesAddUpToTheWholeState) {
  std::mt19937_64 random(7);
  Life life("c", 7);
  life.Play(200);
  Counted counted;
  Entries saved;
  while (!life.route.empty() || !life.dispatch.empty()) {
    auto& source = life.dispatch.empty() || (!life.route.empty() && random() % 2 == 0)
                       ? life.route
                       : life.dispatch;
    counted.now += 500;
    counted.Tell(source.front());
    source.pop_front();
    if (random() % 10 == 0) counted.counts->TakeChanges(saved);
  }
  counted.counts->TakeChanges(saved);
  EXPECT_EQ(saved.all, AllEntries(*counted.counts));
}

}  // namespace
}  // namespace centralita::metrics
