#include "centralita/stage/pipeline_runner.h"
#include "centralita/stage/stage_runner.h"
#include "loop_thread.h"

namespace centralita::stage {
namespace {

template <typename Runner, typename Interface>
class Thread final : public Interface {
 public:
  explicit Thread(std::unique_ptr<Runner> runner) : loop_(std::move(runner)) {}
  Runner& runner() override { return loop_.runner(); }
  absl::Status Stop(base::Duration drain_limit) override { return loop_.Stop(drain_limit); }

 private:
  LoopThread<Runner> loop_;
};

}  // namespace

std::unique_ptr<StageThread> StageThread::Start(std::unique_ptr<StageRunner> runner) {
  return std::make_unique<Thread<StageRunner, StageThread>>(std::move(runner));
}

std::unique_ptr<PipelineThread> PipelineThread::Start(std::unique_ptr<PipelineRunner> runner) {
  return std::make_unique<Thread<PipelineRunner, PipelineThread>>(std::move(runner));
}

}  // namespace centralita::stage
