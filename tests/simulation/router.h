// A router's process: route and dispatch over the fakes, stepped by the simulation, and what
// gateways see of it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "centralita/stage/stage_runner.h"
#include "owner_hub.h"
#include "tests/simulation/disks.h"
#include "tests/support/process.h"

namespace centralita::simulation {

// Jobs that a stage would give to a thread, done when the simulation says so, or when the stage
// waits for one.
class SteppedJobs final : public stage::Background {
 public:
  void Run(std::function<void()> job) override { jobs_.push_back(std::move(job)); }
  void BeforeWaiting() override { RunAll(); }
  void RunAll() {
    while (!jobs_.empty()) {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      job();
    }
  }

 private:
  std::deque<std::function<void()>> jobs_;
};

class Router final {
 public:
  // `name` is used once: who comes back is another member.
  Router(Disks& disks, const std::string& name);
  // As a crash.
  ~Router();
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  // A turn of each stage. OK while it lives; CANCELLED once it has crashed; what a stage says when
  // it has stopped.
  absl::Status Turn();
  void RunJobs();
  // Leaves in good order.
  void Drain();

  router::OwnerHub& hub() { return hub_; }
  testing::MemoryLog& log() { return log_; }
  testing::Process& process() { return process_; }

 private:
  std::unique_ptr<stage::StageRunner> Make(stage::StageId stage, const std::string& member,
                                           stage::StageObserver* observer,
                                           const stage::MachineFactory& factory);

  Disks& disks_;
  testing::Process process_;
  testing::MemoryLog log_;
  testing::MemoryStore store_;
  SteppedJobs route_jobs_;
  SteppedJobs dispatch_jobs_;
  router::OwnerHub hub_;
  std::unique_ptr<stage::StageRunner> route_;
  std::unique_ptr<stage::StageRunner> dispatch_;
};

}  // namespace centralita::simulation
