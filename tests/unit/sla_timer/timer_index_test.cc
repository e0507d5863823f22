#include "timer_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace centralita::sla_timer {
namespace {

using timer::kNone;

// What there is, by number; each is found by its hash and itself alone.
class Model final {
 public:
  void Insert(uint64_t hash, uint32_t number) {
    hashes_[number] = hash;
    index_.Insert(hash, number);
  }
  void Erase(uint32_t number) {
    index_.Erase(hashes_.at(number), number);
    hashes_.erase(number);
  }
  bool Has(uint32_t number) const { return hashes_.contains(number); }
  void Check(uint64_t hash, uint32_t number) const {
    const auto found = hashes_.find(number);
    const bool there = found != hashes_.end() && found->second == hash;
    // Of those that hash alike, the one that is meant.
    const uint32_t got = index_.Find(hash, [&](uint32_t candidate) {
      EXPECT_TRUE(Has(candidate)) << candidate << " was erased";
      return candidate == number;
    });
    EXPECT_EQ(got, there ? number : kNone);
  }
  void CheckAll() const {
    for (const auto& [number, hash] : hashes_) Check(hash, number);
  }

 private:
  TimerIndex index_;
  std::map<uint32_t, uint64_t> hashes_;
};

// All of one table, crowded at its end so that they go on at its beginning; some hash alike.
uint64_t Crowded(uint64_t random) { return 0xfff0 + random % 24; }

uint64_t Spread(uint64_t random) { return random; }

void Compare(uint64_t (*hash_of)(uint64_t), uint32_t numbers) {
  std::mt19937_64 random(9);
  Model model;
  for (int step = 0; step < 40'000; ++step) {
    // Grows for a while, then shrinks, then grows again.
    const auto number = static_cast<uint32_t>(random() % numbers);
    const bool growing = step / 5'000 % 2 == 0;
    if (model.Has(number)) {
      if (!growing || random() % 4 == 0) model.Erase(number);
    } else if (growing || random() % 4 == 0) {
      model.Insert(hash_of(random()), number);
    }
    const auto asked = static_cast<uint32_t>(random() % numbers);
    model.Check(hash_of(random()), asked);
    if (step % 1'000 == 0) model.CheckAll();
  }
  model.CheckAll();
}

TEST(TimerIndexTest, FindsWhatIsThereAndNothingElse) { Compare(Spread, 5'000); }

TEST(TimerIndexTest, HashesThatAreAlikeAreToldApart) { Compare(Crowded, 60); }

TEST(TimerIndexTest, AnEmptyOneHasNothing) {
  const TimerIndex index;
  EXPECT_EQ(index.Find(7, [](uint32_t) { return true; }), kNone);
}

}  // namespace
}  // namespace centralita::sla_timer
