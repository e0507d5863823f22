#include "centralita/text/clean.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "centralita/text/fold.h"

namespace centralita::text {
namespace {

std::string Clean(std::string_view text, bool email = false) {
  CleanedText cleaned;
  cleaned.Set(text, {.email = email});
  return std::string(cleaned.text());
}

TEST(CleanTest, WhatNeedsNothingIsNotEvenCopied) {
  const std::string text = "¿Dónde está mi pedido? 5 < 7 & 3 > 2 <3";
  CleanedText cleaned;
  cleaned.Set(text, {.email = true});
  EXPECT_EQ(cleaned.text().data(), text.data());
  EXPECT_EQ(cleaned.text().size(), text.size());
  EXPECT_EQ(cleaned.OriginOf(7), 7u);
}

TEST(CleanTest, Utf8ReadAsWesternEuropeanIsRepaired) {
  EXPECT_EQ(Clean("Â¿DÃ³nde estÃ¡ la devoluciÃ³n de EspaÃ±a?"),
            "¿Dónde está la devolución de España?");
  EXPECT_EQ(Clean("Itâ€™s 5 â‚¬"), "It’s 5 €");
  EXPECT_EQ(Clean("gracias ðŸ˜¡"), "gracias 😡");
  EXPECT_EQ(Clean("ÐšÑŠÐ´Ðµ Ð¼Ð¸ Ðµ"), "Къде ми е");
}

TEST(CleanTest, Utf8ReadAsCyrillicIsRepaired) {
  EXPECT_EQ(Clean("РљСЉРґРµ РјРё Рµ РїРѕСЂСЉС‡РєР°С‚Р°?"), "Къде ми е поръчката?");
}

TEST(CleanTest, Utf8ReadAsChineseIsRepaired) {
  EXPECT_EQ(Clean("la devoluci贸n de Espa帽a, por favor"), "la devolución de España, por favor");
}

TEST(CleanTest, WhatMayHaveBeenMeantStays) {
  for (const char* text :
       {"Où est-il ? « Voilà » dit-il à « Ça »", "«ESPAÑA» «MAÇÃ» „GRÖSSE“ SÃO", "Ärger, Öl, Übel",
        "voilà\u00A0»  là\u00A0« à\u00A0»", "Рёбра, Срок, Роза: Ред и С уважение »",
        "我的订单在哪里", "订单 order 帽子", "iPhone 帽", "Ångström Ñandú", "РАЗМЕР С „Ф“ РС",
        "naïve café"}) {
    EXPECT_EQ(Clean(text), text);
  }
}

TEST(CleanTest, HtmlBecomesText) {
  EXPECT_EQ(Clean("<html><head><style>p{x:1}</style></head><body><p>Hola&nbsp;&iquest;qu&eacute; "
                  "tal?</p><p>a &lt; b &#8364; &#x1F600;<br>adi&oacute;s</p></body></html>"),
            "Hola ¿qué tal?\na < b € 😀\nadiós\n");
  EXPECT_EQ(Clean("<b>no</b> quiero"), "no quiero");
  EXPECT_EQ(Clean("x<br/>y<script>alert('reembolso')</script>z<!-- c -->"), "x\nyz");
  EXPECT_EQ(Clean("a <b and c> d"), "a <b and c> d");
  EXPECT_EQ(Clean("&eacute; and <3"), "&eacute; and <3");
}

TEST(CleanTest, AnElementMayEndWithTheText) {
  EXPECT_EQ(Clean("<p>Hola</p><style>.x{color:red}</style>"), "Hola\n");
  // Without an end it is shown: better too much than nothing.
  EXPECT_NE(Clean("<p>Hola</p><style>gracias").find("gracias"), std::string::npos);
}

TEST(CleanTest, QuotedHtmlIsHistory) {
  EXPECT_EQ(Clean("<div>Gracias</div><div class=\"gmail_quote\">El lun escribió:<blockquote>"
                  "reembolso</blockquote><div>x</div></div><p>Ana</p>"),
            "Gracias\nAna\n");
}

TEST(CleanTest, HistoryIsCutInSevenLanguages) {
  for (const char* history :
       {"El lun, 3 nov 2025 a las 10:12, Luna (<ayuda@luna.example>) escribió:\n> reembolso\n",
        "On Mon, Nov 3, 2025 at 10:12 AM Luna <help@luna.example> wrote:\n> refund\n",
        "On Mon, Nov 3, 2025 at 10:12 AM Luna Help Desk\n<help@luna.example>\nwrote:\n> refund\n",
        "На пн, 3.11.2025 г. в 10:12 Luna <x@luna.example> написа:\n> връщане\n",
        "Em seg., 3 de nov. de 2025 às 10:12, Luna <x@luna.example> escreveu:\n> reembolso\n",
        "Le lun. 3 nov. 2025 à 10:12, Luna <x@luna.example> a écrit :\n> remboursement\n",
        "Am Mo., 3. Nov. 2025 um 10:12 Uhr schrieb Luna <x@luna.example>:\n> Erstattung\n",
        "Il giorno lun 3 nov 2025 alle ore 10:12 Luna <x@luna.example> ha scritto:\n> rimborso\n",
        "-----Original Message-----\nFrom: Luna\nrefund\n",
        "-----Mensaje original-----\nDe: Luna\nreembolso\n",
        "-----Ursprüngliche Nachricht-----\nVon: Luna\nErstattung\n",
        "From: Luna <help@luna.example>\nSent: Monday\nTo: me\nSubject: refund\n\nrefund\n",
        "De: Luna\nEnviado el: lunes\nPara: mi\nAsunto: reembolso\n", "> reembolso\n> refund\n"}) {
    EXPECT_EQ(Clean(std::string("Sigo esperando\n\n") + history, true), "Sigo esperando\n\n")
        << history;
  }
}

TEST(CleanTest, AnswersBelowWhatTheyAnswerStay) {
  EXPECT_EQ(Clean("On 3 Nov 2025 Luna wrote:\n> refund?\nNo, my shoes\n> when?\nNow\n", true),
            "No, my shoes\nNow\n");
}

TEST(CleanTest, SignaturesAreCut) {
  EXPECT_EQ(Clean("Hola\n-- \nAna\nreembolso S.A.\n", true), "Hola\n");
  for (const char* line :
       {"Sent from my iPhone", "Enviado desde mi iPhone", "Изпратено от моя iPhone",
        "Enviado do meu iPhone", "Envoyé de mon iPhone", "Von meinem iPhone gesendet",
        "Inviato da iPhone", "Get Outlook for Android"}) {
    EXPECT_EQ(Clean(std::string("Hola\n") + line + "\n", true), "Hola\n") << line;
  }
}

TEST(CleanTest, WhatOnlyBeginsLikeASignatureStays) {
  for (const std::string text :
       {"Hola\nEnviado desde Madrid el lunes\ny no ha llegado",
        "Hi,\nSent via DHL on Monday, where is it?\nThanks, Ana",
        "Enviado desde vuestra tienda de Sevilla hace tres semanas y sigo sin saber nada"}) {
    EXPECT_EQ(Clean(text, true), text);
  }
  EXPECT_EQ(Clean("Hola\nSent from my iPhone\n\n", true), "Hola\n\n");
  EXPECT_EQ(Clean("Hola\nSent from my iPhone\nGet Outlook for iOS", true), "Hola\n");
  EXPECT_EQ(Clean("Hola\nSent from my iPhone\n\n> ¿Qué tal?", true), "Hola\n\n");
  EXPECT_EQ(Clean("Hola\nSent from my iPhone\n-- \nAna", true), "Hola\n");
}

TEST(CleanTest, AMailThatIsHistoryAloneStays) {
  EXPECT_EQ(Clean("> refund\n> please\n", true), "> refund\n> please\n");
  EXPECT_EQ(Clean("-- \nAna\n", true), "-- \nAna\n");
}

TEST(CleanTest, OtherChannelsKeepTheirLines) {
  EXPECT_EQ(Clean("> ok\n-- \nSent from my iPhone"), "> ok\n-- \nSent from my iPhone");
}

TEST(CleanTest, ListsAndColonsAreNoHistory) {
  for (const char* text :
       {"On 3 Nov I ordered two things:\n- shoes\n- shirt\n", "El pedido 33 tiene:\nzapatos\n",
        "De: Madrid a Sofia\nquiero enviar\n"}) {
    EXPECT_EQ(Clean(text, true), text);
  }
}

TEST(CleanTest, PlacesLeadBackToTheOriginal) {
  const std::string text = "<p>Â¿Mi <b>devoluciÃ³n</b>&nbsp;ya?</p>\n> nada\n";
  CleanedText cleaned;
  cleaned.Set(text, {.email = true});
  const size_t at = cleaned.text().find("ya?");
  ASSERT_NE(at, std::string_view::npos);
  EXPECT_EQ(cleaned.OriginOf(static_cast<uint32_t>(at)), text.find("ya?"));
  const size_t refund = cleaned.text().find("devoluc");
  EXPECT_EQ(cleaned.OriginOf(static_cast<uint32_t>(refund)), text.find("devoluc"));
  // Without what was left out behind it.
  const size_t behind = refund + std::string_view("devolución").size();
  EXPECT_EQ(cleaned.OriginEndOf(static_cast<uint32_t>(behind)), text.find("</b>"));
}

TEST(CleanTest, AnyBytesGiveValidPlacesAndTheSameAgain) {
  std::mt19937 random(11);
  const std::string pieces[] = {"<p>",          "</p>", "<br>", "&eacute;",
                                "&#x",          ";",    "> ",   "\n",
                                "-- \n",        "Ã³",   "Р°",   "El 3 escribió:\n",
                                "\xFF",         "\xC3", "贸",   "<script>",
                                "<blockquote>", "a",    " ",    "<"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += pieces[random() % std::size(pieces)];
    CleanedText once;
    once.Set(text, {.email = true});
    CleanedText again;
    again.Set(text, {.email = true});
    ASSERT_EQ(once.text(), again.text());
    for (uint32_t at = 0; at < once.text().size(); ++at) {
      ASSERT_LE(once.OriginOf(at), text.size());
      ASSERT_LE(once.OriginEndOf(at + 1), text.size());
      ASSERT_LE(once.OriginOf(at), once.OriginEndOf(at + 1));
    }
    FoldedText folded;
    folded.Append(once.text());
    ASSERT_TRUE(IsValidUtf8(folded.text()));
  }
}

TEST(CleanTest, HostileMarkupTakesNoLonger) {
  for (const char* piece :
       {"<a ", "<script>", "&", "<!", "<blockquote>", "> On 1 wrote:", "Ã", "Р"}) {
    std::string text = "</p>";
    while (text.size() < 200'000) text += piece;
    EXPECT_LE(Clean(text, true).size(), text.size());
  }
}

}  // namespace
}  // namespace centralita::text
