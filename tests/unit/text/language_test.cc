#include "centralita/text/language.h"

#include <gtest/gtest.h>

namespace centralita::text {
namespace {

DetectedLanguage Detect(std::string_view text, const LanguagePriors& priors = {}) {
  static const LanguageDetector detector;
  FoldedText folded;
  folded.Append(text);
  return detector.Detect(folded, text, priors);
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

TEST(LanguageTest, OtherLanguagesAreKnownTooIfLessWell) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"πού είναι η παραγγελία μου", "el"},
      {"где мой заказ?", "ru"},
      {"Де моє замовлення, ви коли його надішлете?", "uk"},
      {"我的订单在哪里", "zh"},
      {"注文した商品がまだ届きません", "ja"},
      {"제 주문은 어디에 있나요", "ko"},
      {"أين طلبي لم يصل حتى الآن", "ar"},
      {"Gdzie jest moja przesylka, czekam juz tydzien", "pl"},
      {"Waar blijft mijn bestelling, ik wacht al een week", "nl"},
      {"Unde este comanda mea, aștept de o săptămână", "ro"},
      {"Siparişim nerede, bir haftadır bekliyorum", "tr"},
      {"Hvorfor er pakken ikke kommet endnu? Jeg har ventet en uge og hører ingenting", "da"},
      {"Missä tilaukseni oikein viipyy? Olen odottanut jo viikon eikä kukaan vastaa", "fi"},
  };
  for (const auto& [text, language] : cases) EXPECT_EQ(Detect(text).code, language) << text;
}

TEST(LanguageTest, WhatIsNoLanguageIsUndetermined) {
  EXPECT_EQ(Detect("").code, kUndetermined);
  EXPECT_EQ(Detect("?!?! 😡😡").code, kUndetermined);
  EXPECT_EQ(Detect("\xFF\xFE\x80").code, kUndetermined);
}

// Two words decide little; with what is known of the customer they are to be right.
TEST(LanguageTest, ATextThatIsNotUtf8IsTheSameWhateverCameBefore) {
  const std::string_view broken = "</p> LN-20433 zvrk drot plim \xFF krelm wostig";
  const DetectedLanguage first = Detect(broken);
  for (const std::string_view before :
       {"Η παραγγελία μου δεν έχει φτάσει ακόμα, πότε θα έρθει;",
        "Siparişim hâlâ gelmedi, ne zaman gelecek acaba?",
        "Mijn bestelling is nog niet aangekomen, wanneer komt het pakket?"}) {
    Detect(before);
    const DetectedLanguage again = Detect(broken);
    EXPECT_EQ(again.code, first.code) << before;
    EXPECT_EQ(again.confidence_permille, first.confidence_permille) << before;
  }
}

TEST(LanguageTest, TwoWordsAndAPriorAreEnoughForTheRomanceLanguages) {
  struct Case {
    std::string_view language;
    std::vector<std::string_view> texts;
  };
  const Case cases[] = {
      {"es", {"mi pedido",         "pedido perdido",    "quiero devolver",   "zapatos rotos",
              "talla equivocada",  "factura urgente",   "no funciona",       "reembolso pendiente",
              "hola buenas",       "gracias majo",      "tarjeta rechazada", "envio gratis",
              "cambiar direccion", "producto roto",     "mala calidad",      "paquete abierto",
              "sin respuesta",     "cuando llega",      "codigo caducado",   "atencion pesima",
              "cancelar compra",   "color distinto",    "llego tarde",       "garantia lavadora",
              "hablar agente",     "muy contenta",      "sigo esperando",    "no carga",
              "cuenta bloqueada",  "repartidor grosero"}},
      {"pt", {"meu pedido",      "encomenda perdida",   "quero devolver",  "sapatos rasgados",
              "tamanho errado",  "fatura urgente",      "não funciona",    "reembolso pendente",
              "bom dia",         "obrigada querida",    "cartão recusado", "frete grátis",
              "mudar morada",    "produto avariado",    "má qualidade",    "caixa aberta",
              "sem resposta",    "quando chega",        "código expirado", "atendimento péssimo",
              "cancelar compra", "cor diferente",       "chegou tarde",    "garantia fogão",
              "falar atendente", "muito satisfeita",    "estou esperando", "não carrega",
              "conta bloqueada", "entregador grosseiro"}},
      {"fr",
       {"ma commande",       "colis perdu",        "je retourne",      "chaussures abîmées",
        "mauvaise taille",   "facture urgente",    "marche pas",       "remboursement attendu",
        "bonjour madame",    "merci beaucoup",     "carte refusée",    "livraison gratuite",
        "changer adresse",   "produit cassé",      "mauvaise qualité", "colis ouvert",
        "sans réponse",      "arrive quand",       "code expiré",      "service nul",
        "annuler achat",     "couleur différente", "arrivé tard",      "garantie four",
        "parler conseiller", "très contente",      "toujours rien",    "page blanche",
        "compte bloqué",     "livreur impoli"}},
      {"it",
       {"mio ordine",         "pacco perso",        "voglio restituire", "scarpe rotte",
        "taglia sbagliata",   "fattura urgente",    "non funziona",      "rimborso atteso",
        "buongiorno signora", "grazie mille",       "carta rifiutata",   "spedizione gratuita",
        "cambiare indirizzo", "prodotto rotto",     "pessima qualità",   "pacco aperto",
        "nessuna risposta",   "quando arriva",      "codice scaduto",    "servizio pessimo",
        "annullare acquisto", "colore diverso",     "arrivato tardi",    "garanzia forno",
        "parlare operatore",  "molto contenta",     "sto aspettando",    "pagina bianca",
        "account bloccato",   "corriere maleducato"}}};
  const std::vector<std::string> tenant = {"en", "es", "pt", "fr", "it", "de"};
  for (const auto& [language, texts] : cases) {
    size_t right = 0;
    size_t right_by_locale = 0;
    std::string wrong;
    for (const std::string_view text : texts) {
      const bool known = Detect(text, {language, {}, tenant}).code == language;
      right += known;
      if (!known) wrong += std::string(text) + "; ";
      right_by_locale += Detect(text, {{}, language, tenant}).code == language;
    }
    EXPECT_GE(right * 100, texts.size() * 93) << language << ": " << wrong;
    EXPECT_GE(right_by_locale * 100, texts.size() * 93) << language;
  }
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
