// A thread that steps a runner until it is stopped or the runner has failed.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "centralita/base/thread.h"
#include "centralita/base/time.h"

namespace centralita::stage {

template <typename Runner>
class LoopThread final {
 public:
  explicit LoopThread(std::unique_ptr<Runner> runner) : runner_(std::move(runner)) {
    thread_ = std::thread([this] {
      base::NameThread(runner_->Name());
      // An error is kept by the runner's Health().
      while (!stop_ && runner_->Step(base::Duration(50)).ok()) {
      }
    });
  }
  ~LoopThread() { Stop(base::Duration(5000)).IgnoreError(); }

  Runner& runner() { return *runner_; }

  absl::Status Stop(base::Duration drain_limit) {
    if (!thread_.joinable()) return absl::OkStatus();
    stop_ = true;
    runner_->Wake();
    thread_.join();
    return runner_->Drain(drain_limit);
  }

 private:
  const std::unique_ptr<Runner> runner_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace centralita::stage
