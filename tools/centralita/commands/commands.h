// The verbs of `centralita`: each adds its options to the command line and says what to run.
#pragma once

#include <functional>

namespace CLI {
class App;
}  // namespace CLI

namespace centralita::commands {

// Set by the verb that was given; returns the exit code.
using Run = std::function<int()>;

void AddUp(CLI::App& app, Run& run);
void AddDemo(CLI::App& app, Run& run);
void AddSend(CLI::App& app, Run& run);
void AddAgents(CLI::App& app, Run& run);
void AddAgent(CLI::App& app, Run& run);
void AddLoad(CLI::App& app, Run& run);
void AddQueues(CLI::App& app, Run& run);
void AddTrace(CLI::App& app, Run& run);
void AddExplain(CLI::App& app, Run& run);
void AddPolicy(CLI::App& app, Run& run);
void AddSla(CLI::App& app, Run& run);
void AddDlq(CLI::App& app, Run& run);
void AddTopics(CLI::App& app, Run& run);
void AddClassify(CLI::App& app, Run& run);
void AddTrain(CLI::App& app, Run& run);
void AddExport(CLI::App& app, Run& run);

}  // namespace centralita::commands
