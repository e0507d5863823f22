// What each stage of a classification costs on one core, over 100,000 distinct texts, beside cld2
// and RE2::Set on the same work; allocations a message; and what a reload of the rules does to the
// rest.
//
// Rules are words and pairs of words of the texts themselves, one in four of them, so that more
// than one matches on average (counter `matches`); the others are like them and match nothing.
// Expressions are made from the same words as people write them: endings left open, marks that may
// be there, numbers, something in between.
#include <benchmark/benchmark.h>
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <re2/re2.h>
#include <re2/set.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>  // cld2 needs it before its own header
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "benchmarks/micro/text/allocations.h"
#include "benchmarks/micro/text/texts.h"
#include "centralita/text/classify.h"
#include "centralita/text/rule_cache.h"

namespace centralita::text {
namespace {

const std::vector<FoldedText>& Folded() {
  static const std::vector<FoldedText> all = [] {
    std::vector<FoldedText> folded(kTexts);
    for (size_t i = 0; i < kTexts; ++i) folded[i].Append(Texts()[i]);
    return folded;
  }();
  return all;
}

std::string WordOf(const FoldedText& text, size_t token) {
  return std::string(text.TextOf(text.tokens()[token]));
}

std::vector<std::string> Phrases(size_t count) {
  std::mt19937 random(5);
  std::vector<std::string> phrases;
  while (phrases.size() < count) {
    const FoldedText& text = Folded()[random() % kTexts];
    if (text.tokens().size() < 2) continue;
    const size_t at = random() % (text.tokens().size() - 1);
    std::string phrase = WordOf(text, at) + " " + WordOf(text, at + 1);
    if (phrases.size() % 4 != 0) phrase += " " + std::to_string(phrases.size()) + "x";
    phrases.push_back(phrase);
  }
  return phrases;
}

std::string ExpressionOf(const std::string& phrase, size_t i) {
  const size_t blank = phrase.find(' ');
  const std::string first = RE2::QuoteMeta(phrase.substr(0, blank));
  const std::string rest = RE2::QuoteMeta(phrase.substr(blank + 1));
  switch (i % 5) {
    case 0:
      return first + "(s|es)? .{0,20}" + rest;
    case 1:
      return first + "\\w* " + rest;
    case 2:
      return "(?:" + first + "|" + rest + ") \\d{3,6}";
    case 3:
      return first + "[ -]?" + rest;
    default:
      return first + " " + rest;
  }
}

// A rule for each phrase; so many in a hundred as expressions.
policy::v1::ClassifierSection Section(size_t count, size_t percent) {
  policy::v1::ClassifierSection section;
  for (const char* intent : {"order_status", "return_refund", "payment_billing", "complaint"}) {
    section.add_intents(intent);
  }
  const std::vector<std::string> phrases = Phrases(count);
  for (size_t i = 0; i < count; ++i) {
    policy::v1::Rule& rule = *section.add_rules();
    rule.set_name("rule" + std::to_string(section.rules_size()));
    rule.set_intent(section.intents(section.rules_size() % 4));
    rule.set_weight(10);
    if (i % 100 < percent) {
      rule.add_regex(ExpressionOf(phrases[i], i));
    } else {
      rule.add_any(phrases[i]);
    }
  }
  auto& addend = *section.add_addends();
  addend.set_name("vip");
  addend.set_tag("vip");
  addend.set_points(200);
  return section;
}

class Run final {
 public:
  explicit Run(benchmark::State& state) : state_(state), before_(Allocations()) {}
  ~Run() {
    const double messages = static_cast<double>(state_.iterations());
    state_.SetItemsProcessed(state_.iterations());
    state_.counters["allocations"] = static_cast<double>(Allocations() - before_) / messages;
    if (matches_ > 0) state_.counters["matches"] = static_cast<double>(matches_) / messages;
  }
  size_t Next() { return next_++ % kTexts; }
  void Matched(size_t count) { matches_ += count; }

 private:
  benchmark::State& state_;
  const uint64_t before_;
  size_t next_ = 0;
  size_t matches_ = 0;
};

void BM_CleanAndFold(benchmark::State& state) {
  const Lengths lengths = LengthsOf(Texts());
  CleanedText cleaned;
  FoldedText folded;
  Run run(state);
  for (auto _ : state) {
    cleaned.Set(Texts()[run.Next()], {.email = true});
    folded.Clear();
    folded.Append(cleaned.text());
    benchmark::DoNotOptimize(folded.tokens().data());
  }
  state.counters["bytes_mean"] = lengths.mean;
  state.counters["bytes_deviation"] = lengths.deviation;
}
BENCHMARK(BM_CleanAndFold);

// What was folded lies in the cache, as it does in the service; BM_Fold is to be taken off.
void BM_Fold(benchmark::State& state) {
  FoldedText folded;
  Run run(state);
  for (auto _ : state) {
    folded.Clear();
    folded.Append(Texts()[run.Next()]);
    benchmark::DoNotOptimize(folded.tokens().data());
  }
}
BENCHMARK(BM_Fold);

void BM_FoldAndLanguage(benchmark::State& state) {
  const LanguageDetector detector;
  FoldedText folded;
  Run run(state);
  for (auto _ : state) {
    const std::string& text = Texts()[run.Next()];
    folded.Clear();
    folded.Append(text);
    benchmark::DoNotOptimize(detector.Detect(folded, text, {}));
  }
}
BENCHMARK(BM_FoldAndLanguage);

void BM_RivalCld2(benchmark::State& state) {
  Run run(state);
  for (auto _ : state) {
    const std::string& text = Texts()[run.Next()];
    const CLD2::CLDHints hints{nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
    CLD2::Language languages[3];
    int percents[3];
    double scores[3];
    int bytes = 0;
    bool reliable = false;
    benchmark::DoNotOptimize(CLD2::ExtDetectLanguageSummary(
        text.data(), static_cast<int>(text.size()), true, &hints, CLD2::kCLDFlagBestEffort,
        languages, percents, scores, nullptr, &bytes, &reliable));
  }
}
BENCHMARK(BM_RivalCld2);

// Arguments: rules, and how many in a hundred are expressions.
void BM_Rules(benchmark::State& state) {
  const RuleSet rules(
      Section(static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1))));
  RuleMatches matches;
  Run run(state);
  for (auto _ : state) {
    rules.Find(Folded()[run.Next()], matches);
    run.Matched(matches.rules.size());
  }
}
BENCHMARK(BM_Rules)->Args({1000, 0})->Args({1000, 10})->Args({1000, 100})->Args({5000, 0});

// The same rules, phrases as expressions of fixed letters.
void BM_RivalRe2Set(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  const auto percent = static_cast<size_t>(state.range(1));
  RE2::Options options;
  options.set_max_mem(512 << 20);
  RE2::Set set(options, RE2::UNANCHORED);
  const std::vector<std::string> phrases = Phrases(count);
  for (size_t i = 0; i < count; ++i) {
    set.Add(i % 100 < percent ? ExpressionOf(phrases[i], i) : RE2::QuoteMeta(phrases[i]), nullptr);
  }
  set.Compile();
  std::vector<int> found;
  Run run(state);
  for (auto _ : state) {
    const std::string_view text = Folded()[run.Next()].text();
    set.Match(re2::StringPiece(text.data(), text.size()), &found);
    run.Matched(found.size());
  }
}
BENCHMARK(BM_RivalRe2Set)->Args({1000, 0})->Args({1000, 10})->Args({1000, 100})->Args({5000, 0});

void BM_Signals(benchmark::State& state) {
  const SignalLexicon lexicon;
  Signals signals;
  Folded();
  Run run(state);
  for (auto _ : state) {
    const FoldedText& text = Folded()[run.Next()];
    lexicon.Find(text, {}, signals);
    benchmark::DoNotOptimize(MoodOf(text, {}, signals));
  }
}
BENCHMARK(BM_Signals);

// Language, rules, signals, facts of a profile in memory, priority; no model.
void BM_Whole(benchmark::State& state) {
  const Classifier classifier(
      Section(static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1))),
      {"es", "en", "bg"}, 1);
  profile::v1::Profile profile;
  profile.set_tier("vip");
  profile.set_preferred_language("es");
  profile.mutable_cart()->mutable_value()->set_cents(34000);
  Workspace workspace;
  classification::v1::Classification result;
  Input input;
  input.profile = &profile;
  Run run(state);
  for (auto _ : state) {
    input.text = Texts()[run.Next()];
    classifier.Classify(input, workspace, result);
    run.Matched(static_cast<size_t>(result.rules_size()));
  }
}
BENCHMARK(BM_Whole)->Args({1000, 0})->Args({1000, 10})->Args({1000, 100})->Args({5000, 0});

class MemoryCache final : public RuleCache {
 public:
  std::optional<std::string> Get(const std::string& name) override {
    const auto found = kept_.find(name);
    if (found == kept_.end()) return std::nullopt;
    return found->second;
  }
  void Put(const std::string& name, std::string_view bytes) override { kept_[name] = bytes; }

 private:
  std::map<std::string, std::string> kept_;
};

// Arguments: rules, how many in a hundred are expressions, whether what was compiled is kept.
void BM_BuildRules(benchmark::State& state) {
  const auto section =
      Section(static_cast<size_t>(state.range(0)), static_cast<size_t>(state.range(1)));
  MemoryCache cache;
  RuleCache* const kept = state.range(2) != 0 ? &cache : nullptr;
  if (kept != nullptr) benchmark::DoNotOptimize(RuleSet(section, kept).phrases());
  for (auto _ : state) benchmark::DoNotOptimize(RuleSet(section, kept).phrases());
}
BENCHMARK(BM_BuildRules)
    ->Args({5000, 0, 0})
    ->Args({5000, 10, 0})
    ->Args({5000, 10, 1})
    ->Args({1000, 100, 0})
    ->Args({1000, 100, 1})
    ->Unit(benchmark::kMillisecond);

// Each message takes the rules that are current then, as the classifier does; meanwhile another
// thread builds 5,000 (one in ten an expression) and swaps them in, again and again. Arguments: 0
// nothing is reloaded, 1 compiled each time, 2 restored from what was kept. p99 of one message in
// microseconds.
void BM_DuringReload(benchmark::State& state) {
  const auto section = Section(5000, 10);
  MemoryCache cache;
  const auto build = [&](RuleCache* kept) {
    return std::make_shared<const Classifier>(section, std::vector<std::string>{"es"}, 1, nullptr,
                                              std::make_shared<const RuleSet>(section, kept));
  };
  std::mutex mutex;
  auto current = build(&cache);
  std::atomic<bool> stop{false};
  uint64_t reloads = 0;
  std::thread other([&] {
    while (state.range(0) != 0 && !stop) {
      auto next = build(state.range(0) == 2 ? &cache : nullptr);
      const std::lock_guard lock(mutex);
      current.swap(next);
      ++reloads;
    }
  });
  Workspace workspace;
  classification::v1::Classification result;
  std::vector<double> micros;
  Run run(state);
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    std::shared_ptr<const Classifier> classifier;
    {
      const std::lock_guard lock(mutex);
      classifier = current;
    }
    Input input;
    input.text = Texts()[run.Next()];
    classifier->Classify(input, workspace, result);
    micros.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  stop = true;
  other.join();
  const size_t p99 = micros.size() * 99 / 100;
  std::nth_element(micros.begin(), micros.begin() + static_cast<std::ptrdiff_t>(p99), micros.end());
  state.counters["p99_us"] = micros[p99];
  state.counters["reloads"] = static_cast<double>(reloads);
}
BENCHMARK(BM_DuringReload)->Arg(0)->Arg(1)->Arg(2)->MinTime(5)->UseRealTime();

}  // namespace
}  // namespace centralita::text
