#include "tests/simulation/script.h"

#include <array>
#include <charconv>
#include <random>

#include "absl/strings/str_split.h"
#include "centralita/base/error.h"
#include "fmt/format.h"

namespace centralita::simulation {
namespace {

struct Kind {
  std::string_view name;
  // How often it is drawn, beside the others.
  uint32_t weight = 0;
  // Arguments are drawn below these; 0: none.
  uint32_t below_a = 0;
  uint32_t below_b = 0;
  bool fault = false;
};

// In the order of Op. Arguments are taken modulo what there is when the step is done.
constexpr std::array<Kind, static_cast<size_t>(Op::kLast)> kKinds = {{
    {"say", 90, 24, 8},
    {"say_again", 10, 1000, 0},
    {"reclassify", 6, 2, 6, true},
    {"amend", 8, 24, 600},
    // Not drawn: a message that is said while a link takes effect, and delivered again behind it,
    // is work of two customers (docs/guarantees.md).
    {"link", 0, 24, 24},
    {"policy", 2, 0, 0},
    {"act", 190, 8, 100},
    {"retry", 8, 8, 0, true},
    {"arrive", 26, 8, 2},
    {"away", 4, 8, 0},
    {"leave", 4, 8, 0},
    {"break", 8, 8, 0, true},
    {"flush", 120, 2, 6},
    {"resend", 6, 2, 5, true},
    {"deliver", 120, 2, 2},
    {"watch", 16, 2, 2},
    {"gateway_crash", 3, 2, 0, true},
    {"alarm", 10, 1000, 3, true},
    {"ring", 20, 0, 0},
    {"ring_old", 16, 0, 0, true},
    {"wait", 60, 1500, 0},
    {"step", 260, 2, 0},
    {"background", 60, 2, 0},
    {"crash", 6, 2, 0, true},
    {"crash_at", 10, 2, 40, true},
    {"drain", 3, 2, 0},
    {"start", 24, 2, 0},
    {"zombie", 4, 2, 0, true},
    {"wake", 8, 2, 0},
    {"fail_append", 4, 2, 4, true},
    {"lose_ack", 4, 2, 4, true},
    {"hold_acks", 6, 2, 0, true},
    {"release_acks", 14, 2, 8},
    {"store_down", 2, 0, 0, true},
    {"store_up", 8, 0, 0},
    {"lose_answer", 3, 0, 0, true},
    {"keep_store", 3, 0, 0},
    {"roll_back", 1, 0, 0, true},
    {"lose_store", 1, 0, 0, true},
}};

constexpr uint32_t TotalWeight() {
  uint32_t total = 0;
  for (const Kind& kind : kKinds) total += kind.weight;
  return total;
}

const Kind& KindOf(Op op) { return kKinds[static_cast<size_t>(op)]; }

absl::Status Unreadable(size_t line, std::string_view text, std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_script",
                     fmt::format("Line {} of the script, '{}': {}.", line, text, what));
}

absl::StatusOr<uint32_t> Number(size_t line, std::string_view text, std::string_view word) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc() && end == word.data() + word.size()) return number;
  return Unreadable(line, text, "its arguments are whole numbers");
}

absl::StatusOr<Op> OpNamed(size_t line, std::string_view text, std::string_view name) {
  for (size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i].name == name) return static_cast<Op>(i);
  }
  return Unreadable(line, text, "there is no such step");
}

}  // namespace

std::string_view NameOf(Op op) { return KindOf(op).name; }

bool IsFault(Op op) { return KindOf(op).fault; }

Script Draw(uint64_t seed, size_t steps) {
  // Without the library's distributions, which differ between implementations.
  std::mt19937_64 random(seed);
  const auto below = [&random](uint32_t bound) {
    return bound == 0 ? 0 : static_cast<uint32_t>(random() % bound);
  };
  Script script;
  script.reserve(steps);
  while (script.size() < steps) {
    uint32_t left = below(TotalWeight());
    size_t kind = 0;
    while (left >= kKinds[kind].weight) left -= kKinds[kind++].weight;
    Step step{.op = static_cast<Op>(kind)};
    step.a = below(kKinds[kind].below_a);
    step.b = below(kKinds[kind].below_b);
    script.push_back(step);
  }
  return script;
}

std::string ToText(const Script& script) {
  std::string text;
  for (const Step& step : script)
    text += fmt::format("{} {} {}\n", NameOf(step.op), step.a, step.b);
  return text;
}

absl::StatusOr<Script> FromText(std::string_view text) {
  Script script;
  size_t line = 0;
  for (const auto row : absl::StrSplit(std::string(text), '\n')) {
    ++line;
    const std::string here(row);
    const std::vector<std::string> words = absl::StrSplit(here, ' ', absl::SkipEmpty());
    if (words.empty() || words[0].starts_with('#')) continue;
    if (words.size() != 3) return Unreadable(line, here, "a step has a name and two numbers");
    const auto op = OpNamed(line, here, words[0]);
    if (!op.ok()) return op.status();
    const auto a = Number(line, here, words[1]);
    if (!a.ok()) return a.status();
    const auto b = Number(line, here, words[2]);
    if (!b.ok()) return b.status();
    script.push_back({*op, *a, *b});
  }
  return script;
}

}  // namespace centralita::simulation
