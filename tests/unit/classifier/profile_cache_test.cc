#include "centralita/classifier/profile_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace centralita::classifier {
namespace {

SharedProfile Revision(uint64_t revision) {
  auto profile = std::make_shared<profile::v1::Profile>();
  profile->set_revision(revision);
  return profile;
}

class ProfileCacheTest : public ::testing::Test {
 protected:
  // -1: nothing is known; 0: the customer is new.
  int64_t RevisionOf(std::string_view key) {
    const auto found = cache_.Find(key);
    if (!found) return -1;
    return *found == nullptr ? 0 : static_cast<int64_t>((*found)->revision());
  }

  base::ManualClock clock_{base::FromUnixMillis(1'800'000'000'000)};
  ProfileCache cache_{clock_, base::Duration(1000), 8};
};

TEST_F(ProfileCacheTest, WhatWasReadIsThereUntilItsLifetimeEnds) {
  EXPECT_EQ(RevisionOf("ana"), -1);
  cache_.Put("ana", Revision(3));
  cache_.Put("new", nullptr);
  clock_.Advance(base::Duration(999));
  EXPECT_EQ(RevisionOf("ana"), 3);
  EXPECT_EQ(RevisionOf("new"), 0) << "that he is new is known, too";
  clock_.Advance(base::Duration(1));
  EXPECT_EQ(RevisionOf("ana"), -1) << "finding it did not make it younger";
  EXPECT_EQ(RevisionOf("new"), -1);
}

TEST_F(ProfileCacheTest, AReadThatComesLateDoesNotUndoAWrite) {
  cache_.Put("ana", Revision(3));
  auto written = *Revision(4);
  cache_.Renew("ana", written);
  cache_.Put("ana", Revision(3));
  EXPECT_EQ(RevisionOf("ana"), 4);
}

TEST_F(ProfileCacheTest, AfterItsLifetimeTheStoreIsBelievedWhateverItSays) {
  cache_.Put("ana", Revision(4));
  clock_.Advance(base::Duration(1000));
  cache_.Put("ana", Revision(2));
  EXPECT_EQ(RevisionOf("ana"), 2) << "the store was rolled back";
}

TEST_F(ProfileCacheTest, AWriteRenewsOnlyWhatIsHere) {
  cache_.Renew("ana", *Revision(4));
  EXPECT_EQ(RevisionOf("ana"), -1);
  cache_.Put("ben", nullptr);
  cache_.Renew("ben", *Revision(1));
  EXPECT_EQ(RevisionOf("ben"), 1);
  cache_.Renew("ben", *Revision(1));
  clock_.Advance(base::Duration(999));
  cache_.Renew("ben", *Revision(2));
  clock_.Advance(base::Duration(999));
  EXPECT_EQ(RevisionOf("ben"), 2) << "a write makes it young again";
}

TEST_F(ProfileCacheTest, ItIsBoundedAndKeepsWhomItWasAskedFor) {
  cache_.Put("regular", Revision(7));
  for (int i = 0; i < 100; ++i) {
    cache_.Put("passing-" + std::to_string(i), Revision(1));
    EXPECT_EQ(RevisionOf("regular"), 7) << i;
  }
  int known = 0;
  for (int i = 0; i < 100; ++i) known += RevisionOf("passing-" + std::to_string(i)) > 0 ? 1 : 0;
  EXPECT_LE(known, 8);
  EXPECT_GE(known, 3);
}

TEST_F(ProfileCacheTest, WithoutRoomOrLifetimeNothingIsKept) {
  ProfileCache no_room(clock_, base::Duration(1000), 0);
  no_room.Put("ana", Revision(3));
  EXPECT_FALSE(no_room.Find("ana"));
  ProfileCache no_life(clock_, base::Duration(0), 8);
  no_life.Put("ana", Revision(3));
  EXPECT_FALSE(no_life.Find("ana"));
}

}  // namespace
}  // namespace centralita::classifier
