#include "centralita/corpus/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/status/status.h"
#include "centralita/corpus/random.h"

namespace centralita::corpus {
namespace {

using ::testing::HasSubstr;

Corpus SmallCorpus(std::vector<std::string> texts) {
  Corpus corpus;
  Language& spanish = corpus.languages["es"];
  spanish.slots = {{"product", {"sofá", "lego", "perfume", "router", "anillo", "taladro"}},
                   {"name", {"Marta"}}};
  spanish.greetings = {"hola"};
  spanish.closings = {"gracias"};
  spanish.abbreviations = {{"que", "q"}};
  for (std::string& text : texts) {
    corpus.seeds.push_back({"es", "order_status", std::move(text), "es/order_status.txt:1"});
  }
  return corpus;
}

std::string Lines(const std::vector<Row>& rows) {
  std::string lines;
  for (const Row& row : rows) lines += ToJsonLine(row) + "\n";
  return lines;
}

TEST(GenerateTest, TheFirstVariantIsThePhraseWithItsSlotsFilled) {
  const auto rows = Generate(SmallCorpus({"dónde está lo de {name}\\nadiós"}), {});
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->front().text, "dónde está lo de Marta\nadiós");
  EXPECT_EQ(rows->front().intent, "order_status");
  EXPECT_EQ(rows->front().language, "es");
}

TEST(GenerateTest, VariantsOfAPhraseShareAGroupAndWeighOneTogether) {
  const auto rows = Generate(SmallCorpus({"dónde está mi pedido que hice", "cuándo llega"}), {});
  ASSERT_TRUE(rows.ok()) << rows.status();
  std::map<std::string, double> weights;
  std::set<std::string> texts;
  for (const Row& row : *rows) {
    weights[row.group] += row.weight;
    EXPECT_TRUE(texts.insert(row.group + row.text).second) << row.text;
  }
  ASSERT_EQ(weights.size(), 2U);
  for (const auto& [group, weight] : weights) EXPECT_DOUBLE_EQ(weight, 1.0) << group;
}

TEST(GenerateTest, TheSameSeedGivesTheSameBytes) {
  const Corpus corpus = SmallCorpus({"dónde está mi pedido de {product}", "cuándo llega"});
  const auto once = Generate(corpus, {.seed = 5});
  const auto again = Generate(corpus, {.seed = 5});
  const auto other = Generate(corpus, {.seed = 6});
  ASSERT_TRUE(once.ok() && again.ok() && other.ok());
  EXPECT_EQ(Lines(*once), Lines(*again));
  EXPECT_NE(Lines(*once), Lines(*other));
}

// Written down once: what is drawn must not depend on the compiler or its library.
TEST(GenerateTest, DrawsAreTheSameOnEveryMachine) {
  Random random(1);
  EXPECT_EQ(random.Next(), 0x910A2DEC89025CC1U);
  EXPECT_EQ(random.Next(), 0xBEEB8DA1658EEC67U);
  EXPECT_EQ(StableHash("a"), 0xAF63DC4C8601EC8CU);
}

TEST(GenerateTest, AnotherPhraseLeavesTheRowsOfTheRestAsTheyWere) {
  const auto alone = Generate(SmallCorpus({"cuándo llega mi paquete"}), {});
  const auto beside =
      Generate(SmallCorpus({"tracking de {product}", "cuándo llega mi paquete"}), {});
  ASSERT_TRUE(alone.ok() && beside.ok());
  EXPECT_THAT(Lines(*beside), HasSubstr(Lines(*alone)));
}

TEST(GenerateTest, APhraseThatIsOneSlotBecomesEachOfItsValuesOnce) {
  const auto rows = Generate(SmallCorpus({"{product}"}), {.variants = 3});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 6U);
  EXPECT_EQ(rows->front().text, "sofá");
  EXPECT_DOUBLE_EQ(rows->front().weight, 1.0 / 3);
}

TEST(GenerateTest, PlainRowsAreOnePerPhraseWithoutNoise) {
  const auto rows = Generate(SmallCorpus({"{product}", "dónde está"}), {.plain = true});
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->back().text, "dónde está");
  EXPECT_DOUBLE_EQ(rows->back().weight, 1);
}

TEST(GenerateTest, AnUnknownSlotIsNamedWithItsPlace) {
  const auto rows = Generate(SmallCorpus({"mi {thing}"}), {});
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("es/order_status.txt:1"));
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("{thing}"));
}

TEST(GenerateTest, BadBytesAndBracesAreErrors) {
  EXPECT_EQ(Generate(SmallCorpus({"caf\xE9"}), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Generate(SmallCorpus({"mi {product"}), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(GenerateTest, ARowIsOneLineOfJson) {
  const std::string line = ToJsonLine({"a\n\"b\"", "other", "es", "es/other/1", 0.5});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(line);
  EXPECT_EQ(json["text"], "a\n\"b\"");
  EXPECT_EQ(json["group"], "es/other/1");
  EXPECT_EQ(json["lang"], "es");
  EXPECT_EQ(json["weight"], 0.5);
}

}  // namespace
}  // namespace centralita::corpus
