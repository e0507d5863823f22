// How many messages one core classifies: language, rules, facts of a profile in memory, priority.
#include <benchmark/benchmark.h>

#include "centralita/text/classify.h"

namespace centralita::text {
namespace {

constexpr std::string_view kMessages[] = {
    "Hola, hice un pedido hace dos semanas y todavía no ha llegado, ¿me podéis decir dónde está?",
    "where is my order?? it says delivered but nobody came",
    "Здравейте, искам да върна обувките, размерът не е моят. Как става?",
    "Bonjour, je n'ai pas reçu mon colis, pouvez-vous me rembourser svp 😡",
    "Ich möchte die Bestellung stornieren, bitte schnell, danke!",
    "il pagamento non va, la carta viene rifiutata da stamattina, ho il carrello pieno",
    "Olá, queria trocar o tamanho da encomenda que fiz ontem, obrigada",
    "ok gracias 👍"};

// `phrases` phrases in rules of five each; one in ten is a word that customers use.
policy::v1::ClassifierSection Section(int phrases) {
  constexpr std::string_view kReal[] = {"donde esta", "no ha llegado", "my order",     "върна",
                                        "rembourser", "stornieren",    "il pagamento", "trocar"};
  policy::v1::ClassifierSection section;
  for (int i = 0; i < 15; ++i) section.add_intents("intent" + std::to_string(i));
  policy::v1::Rule* rule = nullptr;
  for (int i = 0; i < phrases; ++i) {
    if (i % 5 == 0) {
      rule = section.add_rules();
      rule->set_name("rule" + std::to_string(i));
      rule->set_intent(section.intents(i / 5 % 15));
      rule->set_weight(10);
    }
    rule->add_any(i % 10 == 0 ? std::string(kReal[static_cast<size_t>(i / 10) % std::size(kReal)])
                              : "word" + std::to_string(i) + " other" + std::to_string(i % 13));
  }
  for (int i = 0; i < 10; ++i) {
    auto* addend = section.add_addends();
    addend->set_name("term" + std::to_string(i));
    addend->set_tag(i == 0 ? "vip" : "tag" + std::to_string(i));
    addend->set_points(50);
  }
  return section;
}

void BM_Classify(benchmark::State& state) {
  const Classifier classifier(Section(static_cast<int>(state.range(0))), {"es", "en", "bg"}, 1);
  profile::v1::Profile profile;
  profile.set_revision(3);
  profile.set_tier("vip");
  profile.set_preferred_language("es");
  profile.mutable_cart()->mutable_value()->set_cents(34000);
  profile.mutable_cart()->set_payment_failures(1);
  profile.add_orders()->set_status("late");
  Workspace workspace;
  classification::v1::Classification result;
  Input input;
  input.channel = common::v1::CHANNEL_CHAT;
  input.profile = &profile;
  size_t next = 0;
  for (auto _ : state) {
    input.text = kMessages[next++ % std::size(kMessages)];
    classifier.Classify(input, workspace, result);
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Classify)->Arg(100)->Arg(1000)->Arg(10000);

void BM_Fold(benchmark::State& state) {
  FoldedText folded;
  int64_t bytes = 0;
  size_t next = 0;
  for (auto _ : state) {
    const std::string_view text = kMessages[next++ % std::size(kMessages)];
    folded.Clear();
    folded.Append(text);
    benchmark::DoNotOptimize(folded.tokens().data());
    bytes += static_cast<int64_t>(text.size());
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(BM_Fold);

void BM_BuildClassifier(benchmark::State& state) {
  const auto section = Section(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(Classifier(section, {}, 1));
}
BENCHMARK(BM_BuildClassifier)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace centralita::text
