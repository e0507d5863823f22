#include "centralita/classifier/profile_reader.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "tests/unit/classifier/fixture.h"

namespace centralita::classifier {
namespace {

constexpr base::Duration kForEver{60'000};

class ProfileReaderTest : public ClassifierFixture {
 protected:
  void SetUp() override {
    ClassifierFixture::SetUp();
    PutProfile("ana", FromText<profile::v1::Profile>("revision: 3 tier: 'vip'"));
    store_->reads = 0;
  }
  // -1: nobody could say; 0: the customer is new.
  static int64_t RevisionOf(const KnownProfile& known) {
    if (!known.known) return -1;
    return known.profile == nullptr ? 0 : static_cast<int64_t>(known.profile->revision());
  }

  const std::string ana_ = base::TenantKey("shop", "ana");
  const std::string ben_ = base::TenantKey("shop", "ben");
};

TEST_F(ProfileReaderTest, ABatchIsReadInOneRoundAndThenFromMemory) {
  const auto reader = ReaderWith({.deadline = kForEver});
  for (int i = 0; i < 3; ++i) {
    const auto found = reader->Read({ben_, ana_});
    EXPECT_EQ(RevisionOf(found[0]), 0);
    EXPECT_EQ(RevisionOf(found[1]), 3);
  }
  EXPECT_EQ(store_->reads, 1);
  EXPECT_EQ(reader->Read({}).size(), 0u);
  EXPECT_EQ(metrics_.profile_cache_hits.Value(), 4);
  EXPECT_EQ(metrics_.profile_cache_misses.Value(), 2);
}

TEST_F(ProfileReaderTest, AfterTheLifetimeTheStoreIsAskedAgain) {
  const auto reader = ReaderWith({.deadline = kForEver, .lifetime = base::Duration(1000)});
  (void)reader->Read({ana_});
  PutProfile("ana", FromText<profile::v1::Profile>("revision: 4"));
  EXPECT_EQ(RevisionOf(reader->Read({ana_})[0]), 3);
  clock_.Advance(base::Duration(1000));
  EXPECT_EQ(RevisionOf(reader->Read({ana_})[0]), 4);
}

TEST_F(ProfileReaderTest, ASlowStoreIsNotWaitedForAndWhatIsInMemoryStillCounts) {
  const auto reader = ReaderWith({.deadline = base::Duration(20)});
  while (!reader->Read({ana_})[0].known) {
    // On a busy machine even a healthy store may take longer than this test's deadline.
  }
  std::promise<void> awake;
  store_->before_read = [waits = awake.get_future().share()] { waits.wait(); };
  const auto found = reader->Read({ana_, ben_});
  EXPECT_EQ(RevisionOf(found[0]), 3);
  EXPECT_EQ(RevisionOf(found[1]), -1);
  EXPECT_EQ(RevisionOf(reader->Read({ben_})[0]), -1) << "the thread is still at work";
  EXPECT_GE(metrics_.profile_deadlines_exceeded.Value(), 2);
  awake.set_value();
  // What it says late is kept.
  while (!reader->Read({ben_})[0].known) std::this_thread::yield();
}

TEST_F(ProfileReaderTest, WhoeverWaitsAtTheSameTimeIsReadTogether) {
  const auto reader = ReaderWith({.deadline = kForEver, .lifetime = base::Duration(0)});
  std::promise<void> first_reads;
  std::promise<void> awake;
  std::once_flag once;
  store_->before_read = [&, waits = awake.get_future().share()] {
    std::call_once(once, [&] { first_reads.set_value(); });
    waits.wait();
  };
  auto first = std::async(std::launch::async, [&] { return reader->Read({ana_}); });
  first_reads.get_future().wait();
  std::vector<std::future<std::vector<KnownProfile>>> others;
  for (int i = 0; i < 5; ++i) {
    others.push_back(std::async(std::launch::async, [&] { return reader->Read({ben_, ana_}); }));
  }
  // One of the first, two of each other.
  while (metrics_.profile_cache_misses.Value() < 11) std::this_thread::yield();
  awake.set_value();
  EXPECT_EQ(RevisionOf(first.get()[0]), 3);
  for (auto& other : others) {
    const auto found = other.get();
    EXPECT_EQ(RevisionOf(found[0]), 0);
    EXPECT_EQ(RevisionOf(found[1]), 3);
  }
  EXPECT_EQ(store_->reads, 2);
}

TEST_F(ProfileReaderTest, AnErrorOrADamagedProfileIsNotKept) {
  const auto reader = ReaderWith({.deadline = kForEver});
  store_->SetReadError(absl::UnavailableError("away"));
  EXPECT_EQ(RevisionOf(reader->Read({ana_})[0]), -1);
  store_->SetReadError(absl::OkStatus());
  EXPECT_EQ(RevisionOf(reader->Read({ana_})[0]), 3);
  store::Transaction damage;
  damage.partition = "profile/" + std::to_string(base::PartitionOf(ben_, kProfilePartitions));
  damage.puts.push_back({ben_, "\xff\xff"});
  ASSERT_TRUE(sqlite_store_->Commit(damage).ok());
  EXPECT_EQ(RevisionOf(reader->Read({ben_})[0]), -1);
  PutProfile("ben", FromText<profile::v1::Profile>("revision: 1"));
  EXPECT_EQ(RevisionOf(reader->Read({ben_})[0]), 1);
}

}  // namespace
}  // namespace centralita::classifier
