#include "centralita/app/stop_signal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>

#include "centralita/app/lifecycle.h"

namespace centralita::app {
namespace {

TEST(StopSignal, FirstAsksForADrainAndSecondIsImmediate) {
  std::promise<int> second;
  auto signal = StopSignal::Install([&](int number) { second.set_value(number); });
  ASSERT_TRUE(signal.ok()) << signal.status();
  EXPECT_FALSE((*signal)->WaitFor(base::Duration(0)));
  ::kill(::getpid(), SIGTERM);
  EXPECT_TRUE((*signal)->WaitFor(base::Duration(20'000)));
  ::kill(::getpid(), SIGINT);
  EXPECT_EQ(second.get_future().get(), SIGINT);
}

TEST(RunUntilStopped, DrainsAfterTheSignalAndSaysHowItWent) {
  base::SystemClock clock;
  auto logger = telemetry::Logger::Discard();
  for (const bool clean : {true, false}) {
    auto signal = StopSignal::Install();
    ASSERT_TRUE(signal.ok());
    Lifecycle lifecycle(*logger, clock);
    bool drained = false;
    lifecycle.Add({"part",
                   [&] {
                     (*signal)->Trigger();
                     return absl::OkStatus();
                   },
                   [&](base::Duration) -> absl::Status {
                     drained = true;
                     return clean ? absl::OkStatus() : absl::DeadlineExceededError("slow");
                   }});
    EXPECT_EQ(RunUntilStopped(lifecycle, **signal, *logger, base::Duration(1000)).ok(), clean);
    EXPECT_TRUE(drained);
  }
}

TEST(RunUntilStopped, AFailedStartEndsAtOnce) {
  base::SystemClock clock;
  auto logger = telemetry::Logger::Discard();
  auto signal = StopSignal::Install();
  ASSERT_TRUE(signal.ok());
  Lifecycle lifecycle(*logger, clock);
  lifecycle.Add({"part", [] { return absl::UnavailableError("port in use"); }, {}});
  EXPECT_FALSE(RunUntilStopped(lifecycle, **signal, *logger, base::Duration(1000)).ok());
}

}  // namespace
}  // namespace centralita::app
