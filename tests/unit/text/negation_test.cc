// What a text says that it does not want is not what it is about.
#include <gtest/gtest.h>

#include <string>

#include "centralita/policy/v1/policy.pb.h"
#include "centralita/text/rules.h"

namespace centralita::text {
namespace {

bool AsksFor(std::string_view phrase, std::string_view text) {
  policy::v1::ClassifierSection section;
  section.add_rules()->add_any(std::string(phrase));
  const RuleSet rules(section);
  FoldedText folded;
  folded.Append(text);
  RuleMatches matches;
  rules.Find(folded, matches);
  return !matches.rules.empty();
}

TEST(NegationTest, WhatIsNotWantedIsNotAskedFor) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"reembolso", "No quiero un reembolso, quiero mis zapatos"},
      {"reembolso", "no quiero ningún reembolso"},
      {"reembolso", "ya no necesito el reembolso"},
      {"reembolso", "no quiero que me hagáis un reembolso"},
      {"cancelar", "no voy a cancelar el pedido"},
      {"reembolso", "no quiero recibir un reembolso"},
      {"reembolso", "no voy a pedir un reembolso"},
      {"refund", "I don't want to get a refund"},
      {"парите", "не искам да получа парите"},
      {"refund", "I don't want a refund"},
      {"refund", "I DON’T WANT YOUR REFUND"},
      {"refund", "not asking for a refund, just the right size"},
      {"cancel", "I do not want to cancel"},
      {"връщане", "Не искам връщане, искам другия размер"},
      {"пари", "не си искам обратно нищо, не ми трябват пари"},
      {"reembolso", "Não quero o reembolso"},
      {"remboursement", "je ne veux pas de remboursement"},
      {"erstattung", "ich will keine Erstattung"},
      {"rimborso", "non voglio un rimborso"},
  };
  for (const auto& [phrase, text] : cases) EXPECT_FALSE(AsksFor(phrase, text)) << text;
}

TEST(NegationTest, OtherNegationsDoNotHideWhatItIsAbout) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"reembolso", "Quiero un reembolso"},
      {"reembolso", "no me habéis hecho el reembolso"},
      {"reembolso", "no quiero esperar más, quiero un reembolso"},
      {"reembolso", "no quiero el producto. Reembolso ya"},
      {"reembolso", "no quiero el vale\nreembolso"},
      {"pagar", "no puedo pagar"},
      {"no quiero el pedido", "ya no quiero el pedido"},
      {"refund", "I still don't have my refund"},
      {"refund", "I don't want excuses, I want a refund"},
      {"refund", "why can't I get a refund"},
      {"парите", "не съм получил парите"},
      {"парите", "не искам ваучер, а парите"},
      {"remboursement", "je n'ai pas reçu le remboursement"},
      {"erstattung", "ich habe keine Erstattung bekommen"},
      {"rimborso", "non ho ricevuto il rimborso"},
      {"reembolso", "não recebi o reembolso"},
      {"reembolso", "no voy a recibir mi reembolso"},
      {"reembolso", "¿no vamos a recibir el reembolso?"},
      {"refund", "I'm not going to get my refund, am I"},
      {"refund", "am I not going to receive a refund"},
      {"парите", "няма да получа парите"},
      {"парите", "няма ли да получа парите си"},
      {"reembolso", "não vou receber o reembolso"},
      {"remboursement", "je ne vais pas recevoir mon remboursement"},
      {"pedido", "he hecho sin querer el pedido"},
  };
  for (const auto& [phrase, text] : cases) EXPECT_TRUE(AsksFor(phrase, text)) << text;
}

TEST(NegationTest, OnePlaceThatIsMeantIsEnough) {
  EXPECT_TRUE(AsksFor("refund", "I don't want a voucher. refund please. I said refund"));
  EXPECT_TRUE(AsksFor("refund", "I didn't want a refund before; refund me now"));
}

}  // namespace
}  // namespace centralita::text
