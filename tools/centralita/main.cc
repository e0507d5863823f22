// `centralita`: everything that a person does with Centralita from a terminal.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "commands/commands.h"

int main(int argc, char** argv) {
  using namespace centralita::commands;
  CLI::App app(
      "Centralita takes customers' messages from every channel, tags and ranks them, and puts each "
      "in front of the "
      "right agent before its clock runs out.\n\n"
      "First steps:\n"
      "  centralita demo                                          a shop's busy afternoon in 30 "
      "seconds\n"
      "  centralita up --policy deploy/demo/policy.yaml           all services in this process\n"
      "  centralita send --api-key luna-demo-key \"where is my order?\"  one message\n"
      "  centralita agent --api-key luna-demo-key --as carmen     take it, as an agent",
      "centralita");
  app.require_subcommand(1);
  app.set_version_flag("--version", CENTRALITA_VERSION);
  app.get_formatter()->column_width(34);
  Run run;
  AddUp(app, run);
  AddDemo(app, run);
  AddSend(app, run);
  AddAgents(app, run);
  AddAgent(app, run);
  AddLoad(app, run);
  AddQueues(app, run);
  AddTrace(app, run);
  AddExplain(app, run);
  AddPolicy(app, run);
  AddSla(app, run);
  AddDlq(app, run);
  AddTopics(app, run);
  AddClassify(app, run);
  AddTrain(app, run);
  AddExport(app, run);
  CLI11_PARSE(app, argc, argv);
  return run();
}
