#include "centralita/app/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "centralita/app/watchdog.h"

namespace centralita::app {
namespace {

using ::testing::ElementsAre;

class LifecycleTest : public ::testing::Test {
 protected:
  Part Recorded(const std::string& name, absl::Status start = absl::OkStatus(),
                absl::Status drain = absl::OkStatus()) {
    return {name,
            [this, name, start] {
              done_.push_back("start " + name);
              return start;
            },
            [this, name, drain](base::Duration limit) {
              done_.push_back("drain " + name);
              limits_.push_back(limit.count());
              clock_.Advance(base::Duration(400));
              return drain;
            }};
  }

  base::ManualClock clock_{base::FromUnixMillis(0)};
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  Lifecycle lifecycle_{*logger_, clock_};
  std::vector<std::string> done_;
  std::vector<int64_t> limits_;
};

TEST_F(LifecycleTest, StartsInOrderAndDrainsInReverseWithWhatIsLeftOfTheTime) {
  for (const char* name : {"a", "b", "c"}) lifecycle_.Add(Recorded(name));
  ASSERT_TRUE(lifecycle_.Start().ok());
  ASSERT_TRUE(lifecycle_.Drain(base::Duration(1000)).ok());
  EXPECT_THAT(done_, ElementsAre("start a", "start b", "start c", "drain c", "drain b", "drain a"));
  EXPECT_THAT(limits_, ElementsAre(1000, 600, 200));
}

TEST_F(LifecycleTest, AFailedStartDrainsOnlyWhatWasStarted) {
  lifecycle_.Add(Recorded("a"));
  lifecycle_.Add(Recorded("b", absl::UnavailableError("no port")));
  lifecycle_.Add(Recorded("c"));
  EXPECT_EQ(lifecycle_.Start().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(done_, ElementsAre("start a", "start b", "drain a"));
}

// A part that is there from its `nth` start on.
class PatientStart : public LifecycleTest {
 protected:
  void AddPart(int nth, absl::Status before) {
    lifecycle_.Add(
        {.name = "kafka",
         .start = [this, nth, before] { return ++starts_ < nth ? before : absl::OkStatus(); },
         .drain = {},
         .patience = base::Duration(60'000)});
  }
  absl::Status Start() {
    return lifecycle_.Start([this](base::Duration wait) {
      waits_.push_back(wait.count());
      clock_.Advance(wait);
      return !stop_;
    });
  }

  int starts_ = 0;
  bool stop_ = false;
  std::vector<int64_t> waits_;
};

TEST_F(PatientStart, WaitsForAServerThatIsNotThereYetLessAndLessOften) {
  AddPart(8, absl::UnavailableError("no broker answers"));
  EXPECT_TRUE(Start().ok());
  EXPECT_EQ(starts_, 8);
  ASSERT_EQ(waits_.size(), 7u);
  EXPECT_GE(waits_.front(), 150);
  EXPECT_LE(waits_.front(), 200);
  EXPECT_GE(waits_.back(), 3750);
  EXPECT_LE(waits_.back(), 5000);
}

TEST_F(PatientStart, EndsWithTheErrorOnceItsTimeIsUp) {
  AddPart(1'000'000, absl::UnavailableError("no broker answers"));
  EXPECT_EQ(Start().code(), absl::StatusCode::kUnavailable);
  EXPECT_GE(clock_.Now(), base::FromUnixMillis(60'000));
  EXPECT_LE(clock_.Now(), base::FromUnixMillis(65'000));
}

TEST_F(PatientStart, DoesNotRepeatWhatWaitingDoesNotMend) {
  AddPart(2, absl::NotFoundError("no such topic"));
  EXPECT_EQ(Start().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(starts_, 1);
}

TEST_F(PatientStart, EndsWhenItIsToStop) {
  AddPart(1'000'000, absl::UnavailableError("no broker answers"));
  stop_ = true;
  EXPECT_EQ(Start().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(starts_, 1);
}

TEST_F(LifecycleTest, AFailedDrainDoesNotKeepTheOthersFromTheirs) {
  lifecycle_.Add(Recorded("a"));
  lifecycle_.Add(Recorded("b", absl::OkStatus(), absl::DeadlineExceededError("slow")));
  ASSERT_TRUE(lifecycle_.Start().ok());
  EXPECT_EQ(lifecycle_.Drain(base::Duration(1000)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(done_, ElementsAre("start a", "start b", "drain b", "drain a"));
  EXPECT_TRUE(lifecycle_.Drain(base::Duration(1000)).ok()) << "a second drain has nothing to do";
}

TEST(Watchdog, IsSilentWhenTheWorkEndsInTimeAndCallsWhenItDoesNot) {
  bool called = false;
  {
    Watchdog watchdog(base::Duration(3'600'000), [&] { called = true; });
  }
  EXPECT_FALSE(called);

  std::mutex mutex;
  std::condition_variable changed;
  Watchdog watchdog(base::Duration(1), [&] {
    std::lock_guard lock(mutex);
    called = true;
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(20), [&] { return called; }));
}

}  // namespace
}  // namespace centralita::app
