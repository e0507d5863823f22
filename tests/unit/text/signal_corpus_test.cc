// Plain questions threaten nobody: the phrases that the model learns from, in seven languages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "centralita/text/classify.h"

namespace centralita::text {
namespace {

using ::testing::Contains;
using ::testing::Not;

constexpr std::string_view kThreats[] = {"legal_threat", "safety", "vulnerable", "public_threat",
                                         "chargeback"};

class SignalCorpusTest : public ::testing::Test {
 protected:
  std::set<std::string> TagsOf(std::string_view text, bool is_public = false) {
    Input input;
    input.text = text;
    if (is_public) input.visibility = common::v1::VISIBILITY_PUBLIC;
    classification::v1::Classification result;
    classifier_.Classify(input, workspace_, result);
    return {result.tags().begin(), result.tags().end()};
  }

  const Classifier classifier_{
      policy::v1::ClassifierSection(), {"es", "en", "bg", "pt", "fr", "de", "it"}, 1};
  Workspace workspace_;
};

TEST_F(SignalCorpusTest, PlainQuestionsThreatenNobody) {
  // Who is pregnant, retired, disabled or in mourning says so, whatever else is asked.
  const std::set<std::string> says_so = {"бременна съм, мога ли да го пия",
                                         "bin schwanger, darf ich das nehmen",
                                         "i'm pregnant, can i take it",
                                         "se puede usar estando embarazada",
                                         "estoy embarazada, puedo tomarlo?",
                                         "tengo carnet de discapacidad, hay rebaja?",
                                         "mi padre falleció, cómo cierro su cuenta",
                                         "tarif retraité",
                                         "pode usar grávida?"};
  int phrases = 0;
  for (const char* language : {"bg", "de", "en", "es", "fr", "it", "pt"}) {
    for (const char* intent :
         {"product_question", "discount_promo", "account_access", "shipping_info"}) {
      std::ifstream file(std::filesystem::path(CORPUS_FOLDER) / language /
                         (std::string(intent) + ".txt"));
      for (std::string line; std::getline(file, line);) {
        if (line.empty() || line[0] == '#' || says_so.contains(line)) continue;
        ++phrases;
        const std::set<std::string> tags = TagsOf(line);
        for (const std::string_view threat : kThreats) {
          EXPECT_FALSE(tags.contains(std::string(threat)))
              << language << "/" << intent << ": \"" << line << "\" is tagged " << threat;
        }
      }
    }
  }
  EXPECT_GT(phrases, 1000);
}

TEST_F(SignalCorpusTest, AWordOfOneLanguageIsNothingInAnother) {
  const std::string_view harmless[] = {
      "I'm so sad about my order",
      "What brand is the charger?",
      "código inválido",
      "account disabled",
      "il pacco è mancato alla consegna",
      "pacco mancato",
      "tem robô aspirador?",
      "SRAM bicycle parts",
      "lampe déco",
      "Do you sell a gas regulator?",
      "I saw the competition on instagram and want to take part",
      "os vi en instagram",
      "os sigo en redes sociales",
      "how can I leave a review",
      "où est ma commande",
      "es ist ma wieder schön",
  };
  for (const std::string_view text : harmless) {
    std::set<std::string> tags = TagsOf(text);
    for (const std::string_view threat : kThreats) {
      EXPECT_FALSE(tags.contains(std::string(threat))) << text << ": " << threat;
    }
    EXPECT_THAT(tags, Not(Contains("angry"))) << text;
  }
  EXPECT_THAT(TagsOf("où est ma commande", true), Not(Contains("public_threat")));
}

TEST_F(SignalCorpusTest, ThreatsAreHeardInTheirOwnLanguageAndWhereNobodyKnowsIt) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"safety", "Gestern hat das Ladegerät einen Kurzschluss gehabt und ein Brand ist entstanden"},
      {"safety", "salió fuego del enchufe"},
      {"safety", "el cargador echó humo"},
      {"safety", "es gab einen Brand"},
      {"legal_threat", "ich erstatte Anzeige"},
      {"legal_threat", "Voy a ir a juicio con vosotros si hace falta"},
      {"legal_threat", "abogado"},
      {"vulnerable", "I am disabled and I cannot carry the box up the stairs"},
      {"vulnerable", "Purtroppo è mancato mio marito la settimana scorsa"},
      {"public_threat", "I will leave a review about how you treat your customers"},
      {"legal_threat", "Мой адвокат свяжется с вами на следующей неделе"},
  };
  for (const auto& [tag, text] : cases) {
    EXPECT_THAT(TagsOf(text), Contains(std::string(tag))) << text;
  }
}

}  // namespace
}  // namespace centralita::text
