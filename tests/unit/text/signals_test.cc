#include "centralita/text/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

namespace centralita::text {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

const SignalLexicon& Lexicon() {
  static const SignalLexicon* const lexicon = new SignalLexicon();
  return *lexicon;
}

Signals SignalsOf(std::string_view text, const SignalContext& context = {}) {
  FoldedText folded;
  folded.Append(text);
  Signals signals;
  Lexicon().Find(folded, context, signals);
  return signals;
}

struct TagCase {
  std::string_view tag;
  std::vector<std::string_view> given;
  std::vector<std::string_view> not_given;
};

// Spanish, English, Bulgarian each.
const TagCase kTagCases[] = {
    {"angry",
     {"Estoy harta de vosotros, sois unos mentirosos", "qué vergüenza de tienda",
      "ESTO ES UNA TOMADURA DE PELO", "This is ridiculous, you are liars", "I'm absolutely FURIOUS",
      "what a bunch of clowns", "Писна ми от вас, измамници!", "пълно безобразие",
      "СРАМ за такава фирма"},
     {"¿Dónde está mi pedido?", "no estoy enfadada, solo pregunto", "no es una estafa, ¿verdad?",
      "Where is my order?", "I'm not angry, just curious", "it's not a scam, is it",
      "Къде ми е поръчката?", "не съм ядосана", "Кога пристига?"}},
    {"legal_threat",
     {"Mañana denuncio", "Hablaré con mi abogado", "pondré una hoja de reclamaciones",
      "You will hear from my solicitor", "I'll sue you", "see you in court", "Ще подам жалба в КЗП",
      "ще ви съдя", "Адвокатът ми: говорете с адвоката ми"},
     {"quiero una factura", "no voy a denunciar, tranquilos", "he cambiado la dirección",
      "please send it to the office", "I'm not going to sue you",
      "I ordered a court shoe? no, boots", "искам фактура", "няма да ви съдя", "сменете адреса"}},
    {"chargeback",
     {"Voy a pedir un contracargo", "abriré una disputa en PayPal", "voy a devolver el recibo",
      "I will file a chargeback", "I'm disputing the charge", "my bank will reverse it",
      "Ще оспоря плащането", "ще пусна диспут", "ще пусна чарджбек"},
     {"¿cómo pago con tarjeta?", "no quiero hacer un contracargo", "el cargo está bien",
      "can I pay by card?", "I don't want a chargeback", "free of charge?",
      "мога ли да платя с карта?", "не искам чарджбек", "плащането мина"}},
    {"public_threat",
     {"os voy a poner una reseña de una estrella", "lo voy a publicar en redes sociales",
      "se enterará todo el mundo", "I'll leave a review on Google: one star", "this will go viral",
      "I will post this on Twitter", "Ще напиша отзив, лош отзив",
      "ще пусна публикация във фейсбук", "не купувайте от тях"},
     {"¿puedo ver las medidas?", "no voy a poner una reseña negativa", "me encanta la tienda",
      "can I see the size guide?", "I won't leave a review on this one", "thanks, great shop",
      "имате ли таблица с размери?", "няма да ви пиша нищо", "супер магазин"}},
    {"safety",
     {"El cargador echa humo y chispas", "me ha dado una descarga eléctrica, descarga electrica",
      "mi hija ha tenido una reacción alérgica", "The charger caught fire",
      "I got an electric shock from the kettle", "my son had an allergic reaction to the cream",
      "Зарядното се запали", "удари ме ток от чайника", "детето получи алергична реакция"},
     {"el color no me gusta", "no es peligroso, ¿no?", "la lámpara es pequeña",
      "the colour is wrong", "is it not dangerous?", "a lamp for the kitchen", "цветът е друг",
      "не е опасно, нали?", "малка лампа"}},
    {"vulnerable",
     {"Soy jubilada y voy en silla de ruedas", "mi marido ha fallecido", "estoy embarazada",
      "I'm disabled and use a wheelchair", "my mother passed away last week",
      "I am in hospital right now", "Пенсионерка съм, на 80", "баща ми почина",
      "в инвалидна количка съм"},
     {"quiero cambiar la talla", "no estoy enferma", "para mi hermano", "I want another size",
      "I'm not pregnant, just wrong size", "for my brother", "искам друг размер", "не съм бременна",
      "за брат ми"}},
    {"complex",
     {"Tengo dos pedidos sin llegar: LN-20433 y LN-20590", "es la tercera vez que escribo",
      "varios problemas: factura y talla", "I have two orders, 204331 and 204332",
      "this is the third time I write", "several issues with my account", "имам няколко проблема",
      "пиша за трети път", "двете поръчки 204331 и 204332"},
     {"Mi pedido LN-20433", "el pedido LN-20433, sí, LN-20433", "una cosa", "order 204331",
      "order 204331, I repeat 204331", "one question", "поръчка 204331", "един въпрос",
      "поръчката ми"}},
    {"auto_reply",
     {"Respuesta automática: estoy fuera de la oficina", "Mensaje generado automáticamente",
      "estaré ausente hasta el lunes", "Automatic reply: out of office",
      "Delivery Status Notification (Failure)", "I am currently away until Monday",
      "Автоматичен отговор", "В отпуск съм до понеделник", "извън офиса съм"},
     {"¿a qué hora cierra la oficina?", "el mando automático no va", "estoy esperando",
      "is there an office nearby?", "the automatic gate is broken", "I am away? no",
      "доставка до офис", "автоматична кафемашина", "чакам"}},
    {"phishing",
     {"su paquete está retenido en aduana, pague aquí http://x.invalid",
      "Verifique su cuenta: https://banco.invalid", "Ha ganado un premio, haga clic",
      "Your package is on hold. Confirm your card now: http://p.invalid/pay",
      "Verify your account or your account will be suspended", "you won! click here http://a.b",
      "Пратката ви е задържана на митницата. Платете тук http://x.invalid",
      "Потвърдете профила си https://a.invalid", "Спечелихте! Кликнете тук"},
     {"¿tengo que pagar aduana?", "mi producto es https://luna.example/p/1", "hago clic y no va",
      "do I pay customs?", "this one: https://luna.example/p/1", "I cannot verify anything",
      "плащам ли мито?", "този: https://luna.example/p/1", "нищо не мога да натисна"}},
    {"spam",
     {"Mejoramos su posicionamiento web, primera página de Google", "gana con criptomonedas",
      "casino online gratis", "5,000 backlinks for only $49", "Dear Webmaster, rank your website",
      "crypto investment with guaranteed returns", "Печели от вкъщи с крипто",
      "бързи кредити за всеки", "онлайн казино с бонус"},
     {"la web no carga", "¿tenéis página en Google?", "quiero comprar", "the website is down",
      "is there a page for sizes?", "I want to buy", "сайтът не работи", "искам да купя",
      "кредитна карта приемате ли?"}},
    {"trolling",
     {"cuéntame un chiste", "¿quieres ser mi novia? jajaja", "solo os estoy troleando xd",
      "tell me a joke", "will you marry me?", "lol just trolling you", "Кажи ми виц!",
      "имаш ли си гадже", "само ви бъзикам хаха"},
     {"esto no es un chiste, ¿dónde está mi pedido?", "no os estoy troleando: llegó roto",
      "un regalo para mi novia", "cuéntame un chiste mientras arregláis el problema con mi tarjeta",
      "is this a joke? where is my order", "I'm not trolling you, it never came",
      "a ring, I want to ask her to marry me: I need it for tomorrow", "това не е виц",
      "не само ви бъзикам, счупен е", "подарък за гаджето ми"}},
    {"greeting_only",
     {"Hola", "hola buenas tardes!!", "Buenos días a todos", "hello", "Hi there!",
      "good morning team", "Здравейте", "добър ден", "Здрасти! 👋 здрасти"},
     {"hola, ¿mi pedido?", "hola?? hay alguien", "gracias", "hello, my order", "hi, where is it",
      "thanks", "здравейте, поръчката ми?", "добър телефон", "ало има ли някой"}},
    {"noise",
     {"", "...", "asdf", "test", "prueba Test", "qwerty", "тест", "xkcdvbnm", "!!"},
     {"?", "👍", "ok", "agente", "LN-20344", "sí", "да", "size 12", "rhythm"}},
};

TEST(SignalsTest, EachTagIsGivenAndNotGiven) {
  for (const TagCase& tag_case : kTagCases) {
    for (const std::string_view text : tag_case.given) {
      if (tag_case.tag == "greeting_only" && text.find("👋") != std::string_view::npos) continue;
      EXPECT_THAT(SignalsOf(text).tags, Contains(tag_case.tag)) << text;
    }
    for (const std::string_view text : tag_case.not_given) {
      EXPECT_THAT(SignalsOf(text).tags, Not(Contains(tag_case.tag))) << text;
    }
  }
}

TEST(SignalsTest, TheOtherLanguagesHaveTheTagsToo) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"angry", "Que vergonha, ladrões!"},
      {"angry", "C’est honteux, voleurs"},
      {"angry", "So eine Frechheit!"},
      {"angry", "VERGOGNA, una truffa"},
      {"legal_threat", "Vou ao Procon"},
      {"legal_threat", "Je saisis la DGCCRF"},
      {"legal_threat", "Ich gehe zur Verbraucherzentrale"},
      {"legal_threat", "domani scrivo all'associazione consumatori"},
      {"chargeback", "vou contestar a cobrança no cartão"},
      {"chargeback", "je vais faire opposition"},
      {"chargeback", "dann mache ich eine Rückbuchung"},
      {"chargeback", "voglio contestare l'addebito"},
      {"safety", "o carregador pegou fogo"},
      {"safety", "le chargeur a pris feu"},
      {"safety", "ich habe einen Stromschlag bekommen"},
      {"safety", "il tostapane fa scintille"},
      {"vulnerable", "sou idosa e estou doente"},
      {"vulnerable", "je suis enceinte"},
      {"vulnerable", "ich sitze im Rollstuhl"},
      {"vulnerable", "mio padre è deceduto"},
      {"auto_reply", "Automatische Antwort: Abwesenheitsnotiz"},
      {"auto_reply", "Réponse automatique : absent du bureau"},
      {"auto_reply", "Resposta automática"},
      {"auto_reply", "Risposta automatica: fuori ufficio"},
      {"greeting_only", "Olá, bom dia"},
      {"greeting_only", "Bonjour madame"},
      {"greeting_only", "Guten Tag"},
      {"greeting_only", "ciao a tutti"},
  };
  for (const auto& [tag, text] : cases) EXPECT_THAT(SignalsOf(text).tags, Contains(tag)) << text;
}

TEST(SignalsTest, HeadersGiveMachinesAway) {
  const auto tags = [](std::string_view name, std::string_view value) {
    const HeaderView headers[] = {{name, value}};
    return SignalsOf("Recibido, gracias por escribir", {.headers = headers}).tags;
  };
  EXPECT_THAT(tags("Auto-Submitted", "auto-replied"), Contains("auto_reply"));
  EXPECT_THAT(tags("auto-submitted", " Auto-Generated; owner=x"), Contains("auto_reply"));
  EXPECT_THAT(tags("Return-Path", "<>"), Contains("auto_reply"));
  EXPECT_THAT(tags("Precedence", "AUTO_REPLY"), Contains("auto_reply"));
  EXPECT_THAT(tags("Content-Type", "multipart/report; report-type=delivery-status"),
              Contains("auto_reply"));
  EXPECT_THAT(tags("Auto-Submitted", "no"), Not(Contains("auto_reply")));
  EXPECT_THAT(tags("Return-Path", "<ana@example.com>"), Not(Contains("auto_reply")));
  EXPECT_THAT(tags("Precedence", "bulk"), Not(Contains("auto_reply")));
}

TEST(SignalsTest, ABadReviewIsAThreatOfItsOwn) {
  EXPECT_THAT(SignalsOf("Llegó roto y nadie responde", {.is_public = true, .headers = {}}).tags,
              Contains("public_threat"));
  EXPECT_THAT(SignalsOf("Llegó roto y nadie responde").tags, Not(Contains("public_threat")));
  EXPECT_THAT(SignalsOf("Me encanta, perfecto", {.is_public = true, .headers = {}}).tags,
              IsEmpty());
}

TEST(SignalsTest, WhereThereIsMoreThanTextNothingIsNoise) {
  for (const std::string_view text : {"", "...", "asdf", "hola"}) {
    EXPECT_THAT(SignalsOf(text, {.headers = {}, .text_incomplete = true}).tags, IsEmpty()) << text;
  }
  EXPECT_THAT(SignalsOf("hablaré con mi abogado", {.headers = {}, .text_incomplete = true}).tags,
              ElementsAre("legal_threat"));
}

TEST(SignalsTest, SentimentFollowsTheWordsAndTurnsWithNegation) {
  EXPECT_GT(SignalsOf("todo perfecto, muy contenta").sentiment_permille, 300);
  EXPECT_LT(SignalsOf("llegó rota, qué decepción").sentiment_permille, -300);
  EXPECT_GT(SignalsOf("not bad").sentiment_permille, 0);
  EXPECT_LT(SignalsOf("not good").sentiment_permille, 0);
  EXPECT_GT(SignalsOf("не е лошо").sentiment_permille, 0);
  EXPECT_LT(SignalsOf("no estoy contenta").sentiment_permille, 0);
  EXPECT_EQ(SignalsOf("pedido LN-20433").sentiment_permille, 0);
}

TEST(SignalsTest, AConditionThatIsNegatedDoesNotNegateTheThreat) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"legal_threat", "Si no contestáis os denuncio"},
      {"chargeback", "si no pagáis abriré una disputa"},
      {"legal_threat", "If you don't answer I'll sue you"},
      {"legal_threat", "ако не върнете парите ще ви съдя"},
      {"legal_threat", "ако не отговорите ще ви съдя"},
      {"legal_threat", "se não respondem vou processar"},
      {"legal_threat", "se non rispondete vi denuncio"},
      {"legal_threat", "si vous ne répondez pas je porte plainte"},
      {"legal_threat", "wenn nicht, rechtsanwalt"},
      {"legal_threat", "wenn nicht verklage ich Sie"},
  };
  for (const auto& [tag, text] : cases) EXPECT_THAT(SignalsOf(text).tags, Contains(tag)) << text;
  EXPECT_THAT(SignalsOf("no voy a denunciar").tags, IsEmpty());
  EXPECT_THAT(SignalsOf("si queréis, no os denuncio").tags, IsEmpty());
  // The condition itself is negated all the same.
  EXPECT_THAT(SignalsOf("si no es una estafa, lo compro").tags, IsEmpty());
  EXPECT_THAT(SignalsOf("if it isn't a scam I'll buy it").tags, IsEmpty());
  EXPECT_THAT(SignalsOf("if you are not scammers, fine").tags, IsEmpty());
  EXPECT_THAT(SignalsOf("Ich will Sie nicht verklagen").tags, IsEmpty());
}

TEST(SignalsTest, HasteRaisesUrgencyAndNoHurryDoesNot) {
  EXPECT_GE(SignalsOf("es urgente, lo necesito ya").urgency_permille, 350);
  EXPECT_GE(SignalsOf("I need it today please, asap").urgency_permille, 350);
  EXPECT_GE(SignalsOf("Спешно ми трябва до утре").urgency_permille, 350);
  EXPECT_LE(SignalsOf("no es urgente").urgency_permille, 0);
  EXPECT_LE(SignalsOf("no rush").urgency_permille, 0);
  EXPECT_LE(SignalsOf("не е спешно").urgency_permille, 0);
}

TEST(SignalsTest, EvidenceSaysWhere) {
  const std::string text = "Señores: ¡qué VERGÜENZA! Hablaré con mi abogado";
  const Signals signals = SignalsOf(text);
  std::vector<std::pair<std::string_view, std::string>> found;
  for (const SignalEvidence& evidence : signals.evidence) {
    found.emplace_back(evidence.tag, text.substr(evidence.source, evidence.source_length));
  }
  EXPECT_THAT(found,
              ElementsAre(std::pair("angry", "VERGÜENZA"), std::pair("legal_threat", "abogado")));
}

TEST(SignalsTest, TheSameOnEveryThreadAndForAnyBytes) {
  std::mt19937 random(7);
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) {
    std::string text(random() % 200, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    texts.push_back(text);
    texts.push_back("estoy harto " + text + " abogado");
  }
  const auto all = [&texts] {
    std::vector<std::string> lines;
    for (const std::string& text : texts) {
      const Signals signals = SignalsOf(text);
      std::string line = std::to_string(signals.sentiment_permille);
      for (const SignalEvidence& evidence : signals.evidence) {
        EXPECT_LE(evidence.source + evidence.source_length, text.size());
        line += std::string(evidence.tag) + std::to_string(evidence.source);
      }
      lines.push_back(line);
    }
    return lines;
  };
  const std::vector<std::string> expected = all();
  std::vector<std::vector<std::string>> got(3);
  std::vector<std::thread> threads;
  for (auto& lines : got) threads.emplace_back([&] { lines = all(); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& lines : got) EXPECT_EQ(lines, expected);
}

}  // namespace
}  // namespace centralita::text
