// Replays the same logs twice through Route and Dispatch and prints a digest of all that came out:
// outputs, entries, and when a tick is due. Every build must print the same
// (scripts/compare_replay.sh compares release and sanitizers).
//
//   replay_digest                    print
//   replay_digest --check FILE       exit 1 if FILE holds another digest: the stages' behaviour has
//   changed replay_digest --renew FILE       write it, if that was meant
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "centralita/base/time.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "tests/golden/digest.h"
#include "tests/golden/lives.h"

namespace centralita::golden {
namespace {

constexpr int kSteps = 6'000;
constexpr std::array<uint32_t, 3> kSeeds = {1, 2, 3};

template <typename Stage>
Digest Replay(const std::vector<LoggedRecord>& log) {
  Stage stage(0);
  Digest digest;
  uint64_t offset = 0;
  for (const LoggedRecord& record : log) {
    stage.Apply({0, offset++, base::FromUnixMillis(record.now_unix_ms), record.key, record.value},
                digest);
    // As at a checkpoint.
    if (offset % 100 == 0) {
      digest.Due(stage.NextDue());
      stage.TakeChanges(digest);
    }
  }
  stage.ForEachEntry(digest);
  return digest;
}

template <typename Stage>
bool ReplayTwice(std::string_view name, uint32_t seed, const std::vector<LoggedRecord>& log,
                 std::string& text) {
  const Digest first = Replay<Stage>(log);
  const Digest second = Replay<Stage>(log);
  const std::string line = fmt::format("{} seed {} records {} kinds {} {}\n", name, seed,
                                       log.size(), first.kinds(), first.Print());
  text += line;
  if (first.Print() == second.Print()) return true;
  fmt::print(stderr, "Two replays of the same log differ in one process:\n  {}  {}\n", line,
             second.Print());
  return false;
}

int Run(std::string_view verb, const std::string& file_name) {
  std::string text;
  bool same = true;
  for (const uint32_t seed : kSeeds) {
    const Logs logs = DrawLives(seed, kSteps);
    same = ReplayTwice<route::Route>("route", seed, logs.routing, text) && same;
    same = ReplayTwice<dispatch::Dispatch>("dispatch", seed, logs.commands, text) && same;
  }
  fmt::print("{}", text);
  if (!same) return 1;
  if (verb == "--renew") {
    std::ofstream file(file_name, std::ios::binary | std::ios::trunc);
    file << text;
    return file.good() ? 0 : 1;
  }
  if (verb != "--check") return 0;
  std::ifstream file(file_name, std::ios::binary);
  const std::string golden(std::istreambuf_iterator<char>(file), {});
  if (golden == text) return 0;
  fmt::print(
      stderr,
      "This is not what {0} holds:\n{1}"
      "So route or dispatch now gives other bytes for the same log. A replay across this change "
      "would differ:\n"
      "if records of an earlier version may exist, hide the change behind an engine level. If it "
      "was meant, renew\n"
      "the file and say so in the commit:\n  build/release/tests/replay_digest --renew {0}\n",
      file_name, golden.empty() ? "(nothing, or it cannot be read)\n" : golden);
  return 1;
}

}  // namespace
}  // namespace centralita::golden

int main(int argc, char** argv) {
  if (argc == 1) return centralita::golden::Run("", "");
  const std::string_view verb = argv[1];
  if (argc == 3 && (verb == "--check" || verb == "--renew"))
    return centralita::golden::Run(verb, argv[2]);
  std::fputs("Usage: replay_digest [--check FILE | --renew FILE]\n", stderr);
  return 2;
}
