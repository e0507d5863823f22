// Replays recorded partitions of `routing` and `commands` and prints a digest of each: every build
// must print the same (scripts/compare_replay.sh).
//
//   replay_recording FOLDER   all files of it that are called routing-N or commands-N
//
// As a stage's runner does it: time never goes back, and what was seen before is left out.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>

#include "centralita/base/time.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "origin.h"
#include "tests/golden/digest.h"
#include "tests/golden/recording.h"
#include "watermarks.h"

namespace centralita::golden {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<base::StateMachine> StageOf(const std::string& topic, uint32_t partition) {
  if (topic == "routing") return std::make_unique<route::Route>(partition);
  if (topic == "commands") return std::make_unique<dispatch::Dispatch>(partition);
  return nullptr;
}

// False if the file is no recording.
bool Replay(const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t dash = name.rfind('-');
  uint32_t partition = 0;
  if (dash == std::string::npos) return false;
  std::from_chars(name.data() + dash + 1, name.data() + name.size(), partition);
  const auto stage = StageOf(name.substr(0, dash), partition);
  if (stage == nullptr) return false;

  std::ifstream in(path, std::ios::binary);
  Digest digest;
  stage::Watermarks seen;
  base::TimePoint now{};
  uint64_t applied = 0;
  uint64_t repeats = 0;
  uint64_t unreadable = 0;
  RecordedRecord record;
  while (ReadRecord(in, record)) {
    now = std::max(now, base::FromUnixMillis(static_cast<int64_t>(record.append_unix_ms)));
    const stage::Origin origin = stage::ReadOrigin(record.value);
    if (origin.kind == stage::Origin::Kind::kDamaged) {
      ++unreadable;
    } else if (!seen.Advance(origin, now)) {
      ++repeats;
    } else if (stage->Apply({partition, record.offset, now, record.key, record.value}, digest) ==
               base::ApplyResult::kApplied) {
      ++applied;
    } else {
      ++unreadable;
    }
    // As at a checkpoint.
    if (record.offset % 100 == 0) {
      digest.Due(stage->NextDue());
      stage->TakeChanges(digest);
    }
  }
  stage->ForEachEntry(digest);
  fmt::print("{} applied {} repeats {} unreadable {} kinds {} {}\n", name, applied, repeats,
             unreadable, digest.kinds(), digest.Print());
  return !in.fail();
}

int Run(const char* folder) {
  std::set<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) files.insert(entry.path());
  if (files.empty()) {
    fmt::print(stderr, "replay_recording: there is nothing in {}.\n", folder);
    return 1;
  }
  for (const fs::path& path : files) {
    if (Replay(path)) continue;
    fmt::print(stderr, "replay_recording: {} is no whole recording.\n", path.string());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace centralita::golden

int main(int argc, char** argv) {
  if (argc == 2) return centralita::golden::Run(argv[1]);
  std::fputs("Usage: replay_recording FOLDER\n", stderr);
  return 2;
}
