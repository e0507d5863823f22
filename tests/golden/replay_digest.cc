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
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "centralita/base/crc32c.h"
#include "centralita/base/time.h"
#include "centralita/dispatch/dispatch.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/route/route.h"
#include "fmt/format.h"
#include "tests/golden/lives.h"

namespace centralita::golden {
namespace {

constexpr int kSteps = 6'000;
constexpr std::array<uint32_t, 3> kSeeds = {1, 2, 3};

// Adds up bytes with their lengths, so that moving a byte from one field to the next shows.
class Digest final : public base::Outputs, public base::EntrySink {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override {
    const std::string bytes = value.SerializeAsString();
    Add(fmt::format("emit {} ", static_cast<int>(topic)), key, bytes);
    ++outputs_;
    events::v1::Event event;
    if (topic == base::OutputTopic::kEvents && event.ParseFromString(bytes))
      ++kinds_[event.kind_case()];
  }
  void Notify(const google::protobuf::MessageLite& update) override {
    Add("notify ", "", update.SerializeAsString());
    ++notices_;
  }
  void Put(std::string_view key, std::string_view value) override {
    Add("put ", key, value);
    ++entries_;
  }
  void Erase(std::string_view key) override { Add("erase ", key, ""); }
  void Due(base::TimePoint due) { Add(fmt::format("due {}", base::ToUnixMillis(due)), "", ""); }

  std::string Print() const {
    return fmt::format("crc32c {:08x} bytes {} outputs {} notices {} entries {}", crc_, bytes_,
                       outputs_, notices_, entries_);
  }
  size_t kinds() const { return kinds_.size(); }

 private:
  void Add(std::string_view what, std::string_view key, std::string_view value) {
    const std::string head = fmt::format("{}{}:{}:", what, key.size(), value.size());
    for (const std::string_view part : {std::string_view(head), key, value}) {
      crc_ = base::Crc32c(part, crc_);
      bytes_ += part.size();
    }
  }

  uint32_t crc_ = 0;
  uint64_t bytes_ = 0;
  uint64_t outputs_ = 0;
  uint64_t notices_ = 0;
  uint64_t entries_ = 0;
  std::map<int, uint64_t> kinds_;
};

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
