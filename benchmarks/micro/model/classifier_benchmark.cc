// What one message costs on one core, all in and stage by stage, on 120,000 distinct texts made
// from the demo's messages, with 1,000 rules; and fastText's own prediction beside it.
//
//   --benchmark_counters_tabular=true shows bytes per text, rules found and allocations per
//   message.
#include <benchmark/benchmark.h>
#include <fasttext/args.h>
#include <fasttext/fasttext.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "benchmarks/micro/text/allocations.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/text/classify.h"

namespace centralita::text {
namespace {

constexpr size_t kTexts = 120'000;
constexpr int kRules = 1000;

struct Labelled {
  std::string text;
  std::string intent;
  std::string language;
};

std::vector<Labelled> DemoMessages() {
  std::vector<Labelled> messages;
  std::ifstream file(CENTRALITA_DEMO "/messages.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line);
    messages.push_back(
        {object["text"], object.value("expect_intent", "other"), object.value("lang", "")});
  }
  return messages;
}

// The beginning of one message and the end of another of its language, with numbers of its own.
std::vector<std::string> DistinctTexts(const std::vector<Labelled>& messages) {
  std::mt19937 random(17);
  std::set<std::string> texts;
  while (texts.size() < kTexts) {
    const Labelled& first = messages[random() % messages.size()];
    const Labelled& second = messages[random() % messages.size()];
    if (first.language != second.language) continue;
    const size_t cut = first.text.find(' ', random() % (first.text.size() + 1));
    const size_t from = second.text.find(' ', random() % (second.text.size() + 1));
    std::string text = first.text.substr(0, cut);
    if (from != std::string::npos && random() % 2 == 0) text += second.text.substr(from);
    for (char& c : text) {
      if (c >= '0' && c <= '9') c = static_cast<char>('0' + random() % 10);
    }
    if (text.size() > 3) texts.insert(std::move(text));
  }
  std::vector<std::string> shuffled(texts.begin(), texts.end());
  std::shuffle(shuffled.begin(), shuffled.end(), random);
  return shuffled;
}

// Words and pairs of words out of the messages, three phrases a rule.
policy::v1::ClassifierSection Section(const std::vector<Labelled>& messages) {
  policy::v1::ClassifierSection section;
  std::set<std::string> intents;
  for (const Labelled& message : messages) intents.insert(message.intent);
  for (const std::string& intent : intents) section.add_intents(intent);
  std::mt19937 random(23);
  for (int i = 0; i < kRules; ++i) {
    policy::v1::Rule& rule = *section.add_rules();
    rule.set_name("rule" + std::to_string(i));
    rule.set_weight(1 + i % 14);
    const Labelled& message = messages[random() % messages.size()];
    if (i % 2 == 0) rule.set_intent(message.intent);
    if (i % 2 == 1) rule.add_tags("tag" + std::to_string(i % 40));
    std::istringstream words(message.text);
    std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
    for (int phrase = 0; phrase < 3; ++phrase) {
      const size_t at = random() % all.size();
      rule.add_any(all[at] + (at + 1 < all.size() ? " " + all[at + 1] : ""));
    }
  }
  for (int i = 0; i < 20; ++i) {
    auto* addend = section.add_addends();
    addend->set_name("term" + std::to_string(i));
    addend->set_tag(i == 0 ? "vip" : "tag" + std::to_string(i));
    addend->set_points(20);
  }
  return section;
}

std::shared_ptr<const model::Model> DefaultModel() {
  std::ifstream from(CENTRALITA_MODEL, std::ios::binary);
  const auto file = std::make_shared<std::string>(std::istreambuf_iterator<char>(from),
                                                  std::istreambuf_iterator<char>());
  auto model = model::Model::Parse(std::as_bytes(std::span(*file)), file);
  return model.ok() ? *std::move(model) : nullptr;
}

profile::v1::Profile SomeProfile() {
  profile::v1::Profile profile;
  profile.set_revision(3);
  profile.set_tier("vip");
  profile.set_preferred_language("es");
  profile.mutable_cart()->mutable_value()->set_cents(34000);
  profile.mutable_cart()->set_payment_failures(1);
  profile.add_orders()->set_status("late");
  profile.add_contacts()->set_intent("order_status");
  return profile;
}

// Made once for all benchmarks.
struct World {
  std::vector<Labelled> messages = DemoMessages();
  std::vector<std::string> texts = DistinctTexts(messages);
  policy::v1::ClassifierSection section = Section(messages);
  std::shared_ptr<const model::Model> model = DefaultModel();
  Classifier classifier{section, {"es", "en", "bg", "pt", "fr", "it", "de"}, 1, model};
  profile::v1::Profile profile = SomeProfile();
};

const World& TheWorld() {
  static const World* const world = new World;
  return *world;
}

// Counts what is said once per run and message.
class Meter {
 public:
  explicit Meter(benchmark::State& state) : state_(state), before_(Allocations()) {}
  ~Meter() {
    const auto messages = static_cast<double>(state_.iterations());
    state_.SetItemsProcessed(state_.iterations());
    state_.counters["allocs"] = static_cast<double>(Allocations() - before_) / messages;
    double sum = 0;
    double squares = 0;
    for (const std::string& text : TheWorld().texts) {
      sum += static_cast<double>(text.size());
      squares += static_cast<double>(text.size() * text.size());
    }
    const double mean = sum / kTexts;
    state_.counters["bytes"] = mean;
    state_.counters["spread"] = std::sqrt(squares / kTexts - mean * mean);
  }

 private:
  benchmark::State& state_;
  const uint64_t before_;
};

void BM_1_Fold(benchmark::State& state) {
  const World& world = TheWorld();
  FoldedText folded;
  size_t next = 0;
  const Meter meter(state);
  for (auto _ : state) {
    folded.Clear();
    folded.Append(world.texts[next++ % kTexts]);
    benchmark::DoNotOptimize(folded.tokens().data());
  }
}
BENCHMARK(BM_1_Fold);

void BM_2_FoldAndModel(benchmark::State& state) {
  const World& world = TheWorld();
  FoldedText folded;
  model::Scorer scorer;
  size_t next = 0;
  const Meter meter(state);
  for (auto _ : state) {
    folded.Clear();
    folded.Append(world.texts[next++ % kTexts]);
    scorer.Begin(world.model);
    for (const Token& token : folded.tokens()) scorer.Add(folded.TextOf(token));
    benchmark::DoNotOptimize(scorer.End().data());
  }
}
BENCHMARK(BM_2_FoldAndModel);

void BM_3_FoldAndRules(benchmark::State& state) {
  const World& world = TheWorld();
  FoldedText folded;
  RuleMatches matches;
  size_t next = 0;
  size_t found = 0;
  {
    const Meter meter(state);
    for (auto _ : state) {
      folded.Clear();
      folded.Append(world.texts[next++ % kTexts]);
      world.classifier.rules().Find(folded, matches);
      found += matches.rules.size();
    }
  }
  state.counters["rules"] = static_cast<double>(found) / static_cast<double>(state.iterations());
}
BENCHMARK(BM_3_FoldAndRules);

void BM_4_FoldAndLanguage(benchmark::State& state) {
  const World& world = TheWorld();
  const LanguageDetector detector;
  const std::vector<std::string> tenant = {"es", "en", "bg"};
  FoldedText folded;
  size_t next = 0;
  const Meter meter(state);
  for (auto _ : state) {
    const std::string& text = world.texts[next++ % kTexts];
    folded.Clear();
    folded.Append(text);
    benchmark::DoNotOptimize(detector.Detect(folded, text, {{}, {}, tenant}));
  }
}
BENCHMARK(BM_4_FoldAndLanguage);

// Language, rules, model, signs, facts of a profile in memory, priority.
void BM_5_Classify(benchmark::State& state) {
  const World& world = TheWorld();
  Workspace workspace;
  classification::v1::Classification said;
  Input input;
  input.channel = common::v1::CHANNEL_CHAT;
  input.profile = &world.profile;
  size_t next = 0;
  const Meter meter(state);
  for (auto _ : state) {
    input.text = world.texts[next++ % kTexts];
    world.classifier.Classify(input, workspace, said);
    benchmark::DoNotOptimize(said);
  }
}
BENCHMARK(BM_5_Classify);

// The same with the inbound record decoded and the routing record encoded.
void BM_6_ClassifyWithRecords(benchmark::State& state) {
  const World& world = TheWorld();
  std::vector<std::string> records;
  for (size_t i = 0; i < kTexts; ++i) {
    message::v1::InboundMessage message;
    message.set_message_id("5f0c1d2e-0000-5000-8000-000000001000");
    message.set_tenant("shop");
    message.set_customer_id("customer-" + std::to_string(i));
    message.set_channel(common::v1::CHANNEL_CHAT);
    message.set_account("support");
    message.set_handle("handle-" + std::to_string(i));
    message.set_text(world.texts[i]);
    records.push_back(message.SerializeAsString());
  }
  Workspace workspace;
  message::v1::InboundMessage message;
  routing::v1::RoutingRecord routing;
  std::string bytes;
  size_t next = 0;
  const Meter meter(state);
  for (auto _ : state) {
    message.ParseFromString(records[next++ % kTexts]);
    Input input;
    input.text = message.text();
    input.channel = message.channel();
    input.profile = &world.profile;
    routing.set_tenant(message.tenant());
    routing.set_customer_id(message.customer_id());
    routing::v1::TaggedMessage& tagged = *routing.mutable_tagged();
    tagged.set_message_id(message.message_id());
    tagged.set_account(message.account());
    tagged.set_handle(message.handle());
    world.classifier.Classify(input, workspace, *tagged.mutable_classification());
    routing.SerializeToString(&bytes);
    benchmark::DoNotOptimize(bytes.data());
  }
}
BENCHMARK(BM_6_ClassifyWithRecords);

// The rival, trained on the same messages: argument 1 with pairs of words only, 2 with runs of 2 to
// 5 letters too, as our model has them.
void BM_7_FastText(benchmark::State& state) {
  const World& world = TheWorld();
  const std::string rows =
      (std::filesystem::temp_directory_path() / ("fasttext-" + std::to_string(getpid()))).string();
  {
    std::ofstream file(rows);
    for (const Labelled& message : world.messages) {
      std::string line = message.text;
      std::replace(line.begin(), line.end(), '\n', ' ');
      file << "__label__" << message.intent << " " << line << "\n";
    }
  }
  fasttext::Args args;
  args.input = rows;
  args.output = rows + ".out";
  args.model = fasttext::model_name::sup;
  args.loss = fasttext::loss_name::softmax;
  args.dim = 64;
  args.wordNgrams = 2;
  args.minCount = 1;
  args.bucket = 1 << 19;
  args.minn = state.range(0) == 2 ? 2 : 0;
  args.maxn = state.range(0) == 2 ? 5 : 0;
  args.thread = 1;
  args.verbose = 0;
  fasttext::FastText rival;
  rival.train(args);
  size_t next = 0;
  const Meter meter(state);
  std::vector<std::pair<fasttext::real, std::string>> said;
  for (auto _ : state) {
    std::istringstream line(world.texts[next++ % kTexts] + "\n");
    rival.predictLine(line, said, 3, 0);
    benchmark::DoNotOptimize(said.data());
  }
  std::filesystem::remove(rows);
}
BENCHMARK(BM_7_FastText)->Arg(1)->Arg(2);

}  // namespace
}  // namespace centralita::text

// Of its own, since Debian's libfasttext brings fastText's.
BENCHMARK_MAIN();
