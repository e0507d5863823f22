#include "centralita/text/language.h"

#include <gtest/gtest.h>

namespace centralita::text {
namespace {

DetectedLanguage Detect(std::string_view text, const LanguagePriors& priors = {}) {
  static const LanguageDetector detector;
  FoldedText folded;
  folded.Append(text);
  return detector.Detect(folded, priors);
}

TEST(LanguageTest, ShortMessagesOfShoppersAreRecognised) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"donde esta mi pedido??", "es"},
      {"Hola, quiero devolver los zapatos", "es"},
      {"where is my order", "en"},
      {"I want a refund, this is the wrong size", "en"},
      {"къде ми е поръчката", "bg"},
      {"Здравейте, искам да върна обувките", "bg"},
      {"kade mi e pratkata", "bg"},
      {"onde está a minha encomenda? não chegou", "pt"},
      {"Olá, quero trocar o tamanho", "pt"},
      {"où est ma commande ?", "fr"},
      {"bonjour, je n'ai pas reçu mon colis", "fr"},
      {"wo ist mein Paket", "de"},
      {"Ich möchte die Bestellung stornieren", "de"},
      {"dov'è il mio pacco", "it"},
      {"Buongiorno, vorrei un rimborso", "it"},
  };
  for (const auto& [text, language] : cases) {
    const DetectedLanguage found = Detect(text);
    EXPECT_EQ(found.code, language) << text;
    EXPECT_GT(found.confidence_permille, 300) << text;
    EXPECT_LE(found.confidence_permille, 1000) << text;
  }
}

TEST(LanguageTest, OtherLanguagesAreUndetermined) {
  EXPECT_EQ(Detect("πού είναι η παραγγελία μου").code, kUndetermined);
  EXPECT_EQ(Detect("где мой заказ?").code, kUndetermined);
  EXPECT_EQ(Detect("Де моє замовлення, ви коли його надішлете?").code, kUndetermined);
  EXPECT_EQ(Detect("我的订单在哪里").code, kUndetermined);
  EXPECT_EQ(Detect("Gdzie jest moja przesylka, czekam juz tydzien").code, kUndetermined);
}

TEST(LanguageTest, WithoutWordsThePriorsDecideAndConfidenceIsLow) {
  const std::vector<std::string> tenant = {"es", "en"};
  EXPECT_EQ(Detect("12345", {{}, {}, tenant}).code, "es");
  EXPECT_EQ(Detect("👍", {{}, "pt-BR", tenant}).code, "pt");
  EXPECT_EQ(Detect("", {"bg", {}, tenant}).code, "bg");
  EXPECT_EQ(Detect("ok", {{}, "DE", tenant}).code, "de");
  EXPECT_LE(Detect("12345", {"bg", "bg", tenant}).confidence_permille, 300);
  EXPECT_EQ(Detect("12345").code, kUndetermined);
  EXPECT_EQ(Detect("12345").confidence_permille, 0);
}

TEST(LanguageTest, TheTextOutweighsThePriors) {
  const std::vector<std::string> tenant = {"es"};
  EXPECT_EQ(Detect("where is my order please", {"es", "es-ES", tenant}).code, "en");
}

TEST(LanguageTest, ALocaleThatIsNoLanguageIsIgnored) {
  EXPECT_EQ(Detect("12345", {{}, "x", {}}).code, kUndetermined);
  EXPECT_EQ(Detect("12345", {{}, "espero", {}}).code, kUndetermined);
  EXPECT_EQ(Detect("12345", {{}, "zz-ZZ", {}}).code, kUndetermined);
}

}  // namespace
}  // namespace centralita::text
