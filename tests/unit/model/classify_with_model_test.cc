// Rules and model together, on whole messages.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <thread>

#include "centralita/text/classify.h"
#include "tests/unit/model/content.h"

namespace centralita::text {
namespace {

using classification::v1::Classification;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPolicy[] = R"pb(
  intents: [ "order_status", "return_refund", "complaint", "praise_feedback", "other" ]
  rules { name: "refund" any: "reembolso" intent: "return_refund" weight: 10 }
  rules { name: "late" any: "tarde" intent: "complaint" weight: 4 }
)pb";

// A word each that says its intent, and "hola" that says nothing.
std::shared_ptr<const model::Model> WordsModel() {
  model::Content content = model::EmptyContent(
      {"complaint", "order_status", "praise_feedback", "return_refund", "unheard_of"}, 16);
  content.threshold_permille = 500;
  content.step = 0.5;
  const std::pair<const char*, size_t> words[] = {
      {"verguenza", 0}, {"paquete", 1}, {"gracias", 2}, {"devolver", 3}, {"xyzzy", 4}};
  for (const auto& [word, label] : words) {
    model::RowOf(content, model::WordHash(word))[label] = 127;
  }
  return model::Loaded(content);
}

class ClassifyWithModelTest : public ::testing::Test {
 protected:
  explicit ClassifyWithModelTest(std::shared_ptr<const model::Model> model = WordsModel()) {
    policy::v1::ClassifierSection section;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kPolicy, &section));
    classifier_ =
        std::make_unique<Classifier>(section, std::vector<std::string>{"es"}, 1, std::move(model));
  }
  Classification Classify(std::string_view text) {
    Classification result;
    Input input;
    input.text = text;
    classifier_->Classify(input, workspace_, result);
    return result;
  }

  std::unique_ptr<Classifier> classifier_;
  Workspace workspace_;
};

TEST_F(ClassifyWithModelTest, WhereNoRuleSpeaksTheModelDecides) {
  const auto result = Classify("mi paquete");
  EXPECT_EQ(result.intent(), "order_status");
  EXPECT_EQ(result.decided_by(), classification::v1::INTENT_SOURCE_MODEL);
  EXPECT_GT(result.intent_confidence_permille(), 900);
  EXPECT_EQ(result.intents(0).intent(), "order_status");
  EXPECT_EQ(result.intents(0).permille(), result.intent_confidence_permille());
  EXPECT_THAT(result.model_version(), HasSubstr("linear-2-"));
  EXPECT_THAT(result.tags(), Not(Contains("unsure")));
}

TEST_F(ClassifyWithModelTest, AnUnsureModelAbstainsAndKeepsTheThreeLikeliest) {
  const auto result = Classify("hola buenas");
  EXPECT_EQ(result.intent(), "other");
  EXPECT_EQ(result.intent_confidence_permille(), 0);
  EXPECT_THAT(result.tags(), Contains("unsure"));
  EXPECT_EQ(result.decided_by(), classification::v1::INTENT_SOURCE_UNSPECIFIED);
  ASSERT_EQ(result.intents_size(), 3);
  EXPECT_EQ(result.intents(0).permille(), 200);
}

TEST_F(ClassifyWithModelTest, AClearRuleIsNotOverruled) {
  const auto result = Classify("el reembolso del paquete");
  EXPECT_EQ(result.intent(), "return_refund");
  EXPECT_EQ(result.decided_by(), classification::v1::INTENT_SOURCE_RULES);
  EXPECT_EQ(result.intents(1).intent(), "order_status");
}

TEST_F(ClassifyWithModelTest, ASoftRuleIsAHint) {
  EXPECT_EQ(Classify("tarde").intent(), "complaint");
  EXPECT_EQ(Classify("tarde el paquete").intent(), "order_status");
  EXPECT_EQ(Classify("tarde, una verguenza").decided_by(),
            classification::v1::INTENT_SOURCE_RULES_AND_MODEL);
}

TEST_F(ClassifyWithModelTest, ALabelThatThePolicyDoesNotKnowDecidesNothing) {
  const auto result = Classify("xyzzy");
  EXPECT_EQ(result.intent(), "other");
  EXPECT_THAT(result.tags(), Contains("unsure"));
}

TEST_F(ClassifyWithModelTest, TheSecondOfTwoMattersIsKept) {
  const auto result =
      Classify("hola, ¿donde anda el paquete que pedi, mi paquete? y otra cosa, quiero devolver.");
  EXPECT_EQ(result.intent(), "order_status");
  EXPECT_EQ(result.also_intent(), "return_refund");
  EXPECT_EQ(Classify("mi paquete no viene. un saludo a todos").also_intent(), "");
}

TEST_F(ClassifyWithModelTest, ThanksAroundAMatterAreNoSecondOne) {
  const auto result = Classify("donde esta el paquete, el paquete azul. gracias por todo");
  EXPECT_EQ(result.intent(), "order_status");
  EXPECT_EQ(result.also_intent(), "");
}

TEST_F(ClassifyWithModelTest, EveryThreadSaysTheSame) {
  const std::vector<std::string> texts = {"mi paquete", "hola", "reembolso, mi paquete no llega",
                                          "devolver. y el paquete azul?", "ааа 😡"};
  std::vector<std::string> said[3];
  std::vector<std::thread> threads;
  for (auto& mine : said) {
    threads.emplace_back([&] {
      Workspace workspace;
      Classification result;
      for (int round = 0; round < 100; ++round) {
        for (const std::string& text : texts) {
          Input input;
          input.text = text;
          classifier_->Classify(input, workspace, result);
          mine.push_back(result.SerializeAsString());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(said[0], said[1]);
  EXPECT_EQ(said[0], said[2]);
}

TEST(CutClausesTest, ShortPiecesBelongToTheirNeighbours) {
  FoldedText folded;
  folded.Append("Hola, no llega mi pedido. Y quiero cambiar la talla, gracias");
  std::vector<Clause> clauses;
  CutClauses(folded, clauses);
  ASSERT_EQ(clauses.size(), 2u);
  // "hola" goes with what follows it, "gracias" with what comes before it.
  EXPECT_EQ(clauses[0].end, 5u);
  EXPECT_EQ(clauses[1].begin, 5u);
  EXPECT_EQ(clauses[1].end, 11u);
  folded.Clear();
  CutClauses(folded, clauses);
  EXPECT_TRUE(clauses.empty());
}

}  // namespace
}  // namespace centralita::text
