#include "centralita/text/classify.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace centralita::text {
namespace {

using classification::v1::Classification;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

constexpr char kPolicy[] = R"pb(
  intents: [ "order_status", "return_refund", "complaint" ]
  rules {
    name: "where"
    any: [ "donde esta", "where is", "къде" ]
    intent: "order_status"
    weight: 10
  }
  rules {
    name: "refund"
    any: [ "reembolso", "refund", "quiero mi reembolso" ]
    intent: "return_refund"
    weight: 10
  }
  rules {
    name: "shame"
    any: [ "vergüenza", "😡" ]
    intent: "complaint"
    weight: 6
    tags: [ "angry" ]
  }
  rules {
    name: "asap"
    any: [ "urgente", "asap" ]
    tags: [ "urgent" ]
  }
  rules {
    name: "german"
    any: [ "gift" ]
    languages: "de"
    tags: [ "poison" ]
  }
  rules {
    name: "bank"
    any: [ "mi banco" ]
    tags: [ "chargeback" ]
  }
  addends { name: "vip" tag: "vip" points: 200 }
  addends { name: "angry" tag: "angry" points: 100 }
  addends { name: "chargeback" tag: "chargeback" points: 150 }
  addends { name: "refund" intent: "return_refund" points: 50 }
  addends { name: "chat" channel: CHANNEL_CHAT points: 25 }
  addends { name: "cart" per_ten_cart_at_risk: true points: 5 cap: 120 }
  addends { name: "praise" tag: "happy" points: -2000 }
  addends { name: "again" tag: "repeat_contact" points: 40 }
  bands { band: PRIORITY_BAND_LOW from_priority: 0 }
  bands { band: PRIORITY_BAND_NORMAL from_priority: 200 }
  bands { band: PRIORITY_BAND_HIGH from_priority: 400 }
  bands { band: PRIORITY_BAND_CRITICAL from_priority: 700 }
  base_priority: 100
  cart_at_risk_min_cents: 5000
  repeat_window_ms: 3600000
  vip_lifetime_min_cents: 1000000
)pb";

const base::TimePoint kNow = base::FromUnixMillis(1'800'000'000'000);

policy::v1::ClassifierSection Policy() {
  policy::v1::ClassifierSection section;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kPolicy, &section));
  return section;
}

profile::v1::Profile ProfileOf(const std::string& text) {
  profile::v1::Profile profile;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &profile));
  return profile;
}

class ClassifyTest : public ::testing::Test {
 protected:
  Classification Classify(Input input) {
    input.now = kNow;
    Classification result;
    classifier_.Classify(input, workspace_, result);
    return result;
  }
  Classification Classify(std::string_view text) {
    Input input;
    input.text = text;
    return Classify(input);
  }
  Classification Classify(std::string_view text, const profile::v1::Profile& profile) {
    Input input;
    input.text = text;
    input.profile = &profile;
    return Classify(input);
  }
  static std::vector<std::string> Terms(
      const google::protobuf::RepeatedPtrField<classification::v1::Addend>& addends) {
    std::vector<std::string> terms;
    for (const auto& addend : addends) {
      terms.push_back(addend.name() + "=" + std::to_string(addend.points()));
    }
    return terms;
  }

  const Classifier classifier_{Policy(), {"es", "en"}, 7};
  Workspace workspace_;
};

TEST_F(ClassifyTest, TheHeaviestIntentWinsAndItsRulesAreNamedFirst) {
  const Classification result = Classify("Vergüenza!! quiero el reembolso 😡");
  EXPECT_EQ(result.intent(), "return_refund");
  EXPECT_EQ(result.intent_confidence_permille(), 625);
  ASSERT_EQ(result.rules_size(), 2);
  EXPECT_EQ(result.rules(0).rule(), "refund");
  EXPECT_TRUE(result.rules(0).won());
  EXPECT_EQ(result.rules(1).rule(), "shame");
  EXPECT_FALSE(result.rules(1).won());
  EXPECT_THAT(result.tags(), ElementsAre("angry"));
  EXPECT_LT(result.sentiment_permille(), -500);
  EXPECT_EQ(result.language(), "es");
  EXPECT_EQ(result.policy_version(), 7u);
}

TEST_F(ClassifyTest, TiesGoByThePolicysOrder) {
  EXPECT_EQ(Classify("refund, where is it").intent(), "order_status");
}

TEST_F(ClassifyTest, NothingMatchedIsOtherAndUnsure) {
  const Classification result = Classify("blorp fnord");
  EXPECT_EQ(result.intent(), "other");
  EXPECT_EQ(result.intent_confidence_permille(), 0);
  EXPECT_THAT(result.tags(), ElementsAre("unsure"));
}

TEST_F(ClassifyTest, EvidenceLeadsBackToTheMessageAsItWasSent) {
  Input input;
  input.subject = "Sobre la DEVOLUCIÓN y el reembolso";
  input.text =
      "<p>Qu&eacute; <b>verg\xC3\xBC"
      "enza</b></p>";
  const Classification result = Classify(input);
  ASSERT_EQ(result.rules_size(), 2);
  EXPECT_EQ(result.rules(0).rule(), "refund");
  EXPECT_TRUE(result.rules(0).in_subject());
  EXPECT_EQ(input.subject.substr(result.rules(0).offset(), result.rules(0).length()), "reembolso");
  EXPECT_FALSE(result.rules(1).in_subject());
  EXPECT_EQ(input.text.substr(result.rules(1).offset(), result.rules(1).length()), "vergüenza");
  ASSERT_EQ(result.evidence_size(), 1);
  EXPECT_EQ(result.evidence(0).tag(), "angry");
  EXPECT_EQ(input.text.substr(result.evidence(0).offset(), result.evidence(0).length()),
            "vergüenza");
}

TEST_F(ClassifyTest, APlaceThatBeginsInTheSubjectEndsThere) {
  Input input;
  input.subject = "Quiero mi";
  input.text = "reembolso ya";
  const Classification rule = Classify(input);
  ASSERT_EQ(rule.rules_size(), 1);
  EXPECT_TRUE(rule.rules(0).in_subject());
  EXPECT_EQ(rule.rules(0).offset(), 0);
  EXPECT_EQ(rule.rules(0).length(), input.subject.size());

  input.subject = "Una hoja de";
  input.text = "reclamaciones, por favor";
  const Classification signal = Classify(input);
  ASSERT_EQ(signal.evidence_size(), 1);
  EXPECT_TRUE(signal.evidence(0).in_subject());
  EXPECT_EQ(input.subject.substr(signal.evidence(0).offset(), signal.evidence(0).length()),
            "hoja de");
  EXPECT_EQ(signal.evidence(0).offset() + signal.evidence(0).length(), input.subject.size());
}

TEST_F(ClassifyTest, WhatAnEmailQuotesDoesNotCount) {
  Input input;
  input.channel = common::v1::CHANNEL_EMAIL;
  input.text = "Gracias\n\nEl lun, 3 nov 2025, Luna escribió:\n> reembolso\n";
  EXPECT_EQ(Classify(input).intent(), "other");
  input.channel = common::v1::CHANNEL_CHAT;
  EXPECT_EQ(Classify(input).intent(), "return_refund");
}

TEST_F(ClassifyTest, AMachinesHeaderIsATag) {
  Input input;
  input.text = "we are moving house";
  const HeaderView headers[] = {{"Auto-Submitted", "auto-replied"}};
  input.headers = headers;
  EXPECT_THAT(Classify(input).tags(), ElementsAre("auto_reply", "unsure"));
}

TEST_F(ClassifyTest, WhatIsNotWantedIsNotTheIntent) {
  EXPECT_EQ(Classify("No quiero un reembolso").intent(), "other");
  EXPECT_EQ(Classify("I don't want a refund, where is my parcel").intent(), "order_status");
}

TEST_F(ClassifyTest, AnEmptyMessageIsClassified) {
  const Classification result = Classify("");
  EXPECT_EQ(result.intent(), "other");
  EXPECT_EQ(result.priority(), 100);
}

TEST_F(ClassifyTest, TheSubjectCountsLikeTheText) {
  Input input;
  input.subject = "Refund";
  EXPECT_EQ(Classify(input).intent(), "return_refund");
}

TEST_F(ClassifyTest, CyrillicIsClassified) {
  const Classification result = Classify("КЪДЕ ми е поръчката?!");
  EXPECT_EQ(result.intent(), "order_status");
  EXPECT_EQ(result.language(), "bg");
}

TEST_F(ClassifyTest, RulesOfAnotherLanguageCountOnlyWhenTheLanguageIsUnsure) {
  EXPECT_THAT(Classify("this is a gift for my mother").tags(), ElementsAre("unsure"));
  EXPECT_THAT(Classify("gift").tags(), ElementsAre("poison", "unsure"));
  EXPECT_THAT(Classify("das ist gift und ich will es nicht").tags(),
              ElementsAre("poison", "unsure"));
}

TEST_F(ClassifyTest, PublicAndDegradedAreTags) {
  Input input;
  input.text = "where is my order";
  input.visibility = common::v1::VISIBILITY_PUBLIC;
  input.degraded = true;
  EXPECT_THAT(Classify(input).tags(), ElementsAre("degraded", "public"));
}

TEST_F(ClassifyTest, PriorityIsTheSumOfItsNamedTerms) {
  Input input;
  input.text = "reembolso, vergüenza";
  input.channel = common::v1::CHANNEL_CHAT;
  const Classification result = Classify(input);
  EXPECT_THAT(Terms(result.addends()),
              ElementsAre("base=100", "angry=100", "refund=50", "chat=25"));
  EXPECT_EQ(result.priority(), 275);
  EXPECT_EQ(result.band(), classification::v1::PRIORITY_BAND_NORMAL);
  EXPECT_THAT(result.band_floors(), ElementsAre(200, 400, 700));
}

TEST_F(ClassifyTest, FactsKeepTheirTermsApart) {
  const auto profile = ProfileOf(R"pb(revision: 9
                                      tier: "VIP"
                                      cart {
                                        value { cents: 34000 currency: "EUR" }
                                        stage: CHECKOUT_STAGE_PAYMENT
                                        payment_failures: 1
                                        updated_unix_ms: 1799999990000
                                      })pb");
  const Classification result = Classify("where is my order", profile);
  EXPECT_EQ(result.facts().profile_revision(), 9u);
  EXPECT_TRUE(result.facts().vip());
  EXPECT_EQ(result.facts().cart_at_risk().cents(), 34000);
  EXPECT_THAT(result.facts().tags(), ElementsAre("cart_at_risk", "vip"));
  EXPECT_THAT(Terms(result.facts().addends()), ElementsAre("vip=200", "cart=120"));
  EXPECT_THAT(Terms(result.addends()), ElementsAre("base=100"));
  EXPECT_EQ(result.priority(), 420);
  EXPECT_EQ(result.band(), classification::v1::PRIORITY_BAND_HIGH);
  EXPECT_EQ(result.facts().addends(1).detail(), "340.00 EUR in the cart, payment failed");
}

TEST_F(ClassifyTest, ATermCountsOnceThoughWordsAndProfileBothGiveIt) {
  const auto profile = ProfileOf("chargeback_open: true");
  const Classification result = Classify("mi banco os reclama", profile);
  EXPECT_THAT(result.tags(), IsSupersetOf({"chargeback"}));
  EXPECT_THAT(Terms(result.facts().addends()), ElementsAre("chargeback=150"));
  EXPECT_THAT(Terms(result.addends()), ElementsAre("base=100"));
  EXPECT_EQ(result.priority(), 250);
}

TEST_F(ClassifyTest, PriorityStaysWithinItsBounds) {
  auto section = Policy();
  section.set_base_priority(5000);
  section.mutable_addends(0)->set_points(2'000'000'000);
  const Classifier loud(section, {}, 1);
  const auto profile = ProfileOf(R"pb(tier: "vip")pb");
  Input input;
  input.profile = &profile;
  Classification result;
  loud.Classify(input, workspace_, result);
  EXPECT_EQ(result.priority(), 1000);
  EXPECT_EQ(result.band(), classification::v1::PRIORITY_BAND_CRITICAL);

  section = Policy();
  section.mutable_rules(0)->add_tags("happy");
  const Classifier quiet(section, {}, 1);
  input = {};
  input.text = "where is it";
  quiet.Classify(input, workspace_, result);
  EXPECT_EQ(result.priority(), 0);
  EXPECT_EQ(result.band(), classification::v1::PRIORITY_BAND_LOW);
}

TEST_F(ClassifyTest, AHugeCartDoesNotOverflow) {
  const auto profile = ProfileOf(R"pb(cart {
                                        value { cents: 9223372036854775807 currency: "EUR" }
                                        payment_failures: 1
                                        updated_unix_ms: 1799999990000
                                      })pb");
  EXPECT_EQ(Classify("hola", profile).priority(), 220);
}

TEST_F(ClassifyTest, RepeatContactIsSameIntentWithinTheWindow) {
  const auto recent =
      ProfileOf(R"pb(contacts { intent: "return_refund" at_unix_ms: 1799996400000 })pb");
  EXPECT_THAT(Classify("refund", recent).tags(), ElementsAre("repeat_contact"));
  EXPECT_THAT(Classify("where is it", recent).tags(), IsEmpty());
  const auto old =
      ProfileOf(R"pb(contacts { intent: "return_refund" at_unix_ms: 1799996399999 })pb");
  EXPECT_THAT(Classify("refund", old).tags(), IsEmpty());
  const auto other = ProfileOf(R"pb(contacts { intent: "other" at_unix_ms: 1799999999000 })pb");
  EXPECT_THAT(Classify("zzz", other).tags(), ElementsAre("unsure"));
}

TEST_F(ClassifyTest, AWorkspaceCarriesNothingOver) {
  Classify("vergüenza urgente 😡 reembolso");
  const Classification fresh = Classify("hola");
  Workspace clean;
  Classification expected;
  Input input;
  input.text = "hola";
  input.now = kNow;
  classifier_.Classify(input, clean, expected);
  EXPECT_EQ(fresh.SerializeAsString(), expected.SerializeAsString());
}

TEST_F(ClassifyTest, WhatIsNamedOfRulesIsBounded) {
  policy::v1::ClassifierSection section;
  for (int i = 0; i < 100; ++i) {
    auto* rule = section.add_rules();
    rule->set_name("r" + std::to_string(i));
    rule->add_any("hola");
    rule->set_intent("order_status");
    rule->set_weight(i);
  }
  Input input;
  input.text = "hola";
  Classification result;
  Classifier(section, {}, 1).Classify(input, workspace_, result);
  EXPECT_EQ(result.intent(), "order_status");
  EXPECT_EQ(result.rules_size(), static_cast<int>(kMaxRuleMatches));
  EXPECT_EQ(result.rules(0).weight(), 99);
}

TEST(FactsTest, ACartIsAtRiskOnlyWithTroubleValueAndFreshness) {
  struct Case {
    // Merged into a fresh cart of 50 EUR without trouble.
    std::string cart;
    // Empty: not at risk.
    std::string why;
  };
  const std::vector<Case> cases = {
      {"", ""},
      {"payment_failures: 1", "payment failed"},
      {"payment_failures: 2 items: 1", "1 item, payment failed twice"},
      {"payment_failures: 3 items: 2", "2 items, payment failed 3 times"},
      {"form_errors: 1", "error in the form"},
      {"form_errors: 4 payment_failures: 1", "payment failed, error in the form 4 times"},
      {"stage: CHECKOUT_STAGE_SHIPPING seconds_on_site: 899", ""},
      {"stage: CHECKOUT_STAGE_SHIPPING seconds_on_site: 900",
       "15 min on the site and still in the checkout"},
      {"stage: CHECKOUT_STAGE_PAYMENT seconds_on_site: 1000 items: 3",
       "3 items, 16 min on the site and still in the checkout"},
      {"stage: CHECKOUT_STAGE_CART seconds_on_site: 5000", ""},
      {"stage: CHECKOUT_STAGE_DONE payment_failures: 1", ""},
      {"payment_failures: 1 value { cents: 4999 currency: 'EUR' }", ""},
      {"payment_failures: 1 value { cents: -6000 currency: 'EUR' }", ""},
      {"payment_failures: 1 updated_unix_ms: 1799913600000", "payment failed"},
      {"payment_failures: 1 updated_unix_ms: 1799913599999", ""},
  };
  const FactsConfig config(Policy());
  for (const Case& c : cases) {
    auto profile =
        ProfileOf("cart { value { cents: 5000 currency: 'EUR' } updated_unix_ms: 1799999990000 }");
    profile.MergeFrom(ProfileOf("cart { " + c.cart + " }"));
    const auto facts = FactsOf(profile, "", config, kNow);
    EXPECT_EQ(facts.cart_at_risk_why(), c.why) << c.cart;
    EXPECT_EQ(facts.has_cart_at_risk(), !c.why.empty()) << c.cart;
    EXPECT_EQ(facts.tags_size(), c.why.empty() ? 0 : 1) << c.cart;
  }
}

TEST(FactsTest, TheOrderIsTheOneOfTheMessageElseOneNamedLatelyElseTheLatest) {
  const FactsConfig config(Policy());
  const auto category = [&](std::string_view order_id, const std::string& contacts) {
    return FactsOf(ProfileOf("orders { order_id: 'new' product_category: 'toys' }"
                             "orders { order_id: 'mid' product_category: 'books' }"
                             "orders { order_id: 'old' product_category: 'shoes' }" +
                             contacts),
                   order_id, config, kNow)
        .product_category();
  };
  const std::string today = std::to_string(base::ToUnixMillis(kNow) - kNamedOrderFor.count());
  const std::string earlier = std::to_string(base::ToUnixMillis(kNow) - kNamedOrderFor.count() - 1);
  EXPECT_EQ(category("", ""), "toys");
  EXPECT_EQ(category("old", ""), "shoes");
  EXPECT_EQ(category("", "contacts { order_id: 'old' at_unix_ms: " + today + " }"), "shoes");
  EXPECT_EQ(category("", "contacts { order_id: 'old' at_unix_ms: " + earlier + " }"), "toys");
  EXPECT_EQ(category("mid", "contacts { order_id: 'old' at_unix_ms: " + today + " }"), "books");
  EXPECT_EQ(category("", "contacts { at_unix_ms: " + today + " } contacts { order_id: 'mid' " +
                             "at_unix_ms: " + today + " }"),
            "books")
      << "the last one named";
  EXPECT_EQ(category("unknown", "contacts { order_id: 'gone' at_unix_ms: " + today + " }"), "toys");
}

TEST(FactsTest, StatesOfOrdersAndABankAreTags) {
  const FactsConfig config(Policy());
  const auto tags = [&](const std::string& profile) {
    const auto facts = FactsOf(ProfileOf(profile), "", config, kNow);
    return std::vector<std::string>(facts.tags().begin(), facts.tags().end());
  };
  EXPECT_THAT(tags("orders { status: 'paid' } orders { status: 'shipped' }"), IsEmpty());
  EXPECT_THAT(tags("orders { status: 'delivered' }"), ElementsAre("order_delivered"));
  EXPECT_THAT(tags("orders { status: 'paid' } orders { status: 'delivered' }"), IsEmpty());
  EXPECT_THAT(tags("orders { status: 'paid' } orders { status: 'late' }"),
              ElementsAre("order_late"));
  EXPECT_THAT(tags("orders { status: 'lost' }"), ElementsAre("order_lost"));
  EXPECT_THAT(tags("chargeback_open: true"), ElementsAre("chargeback"));
}

TEST(FactsTest, ATierIsTheProfilesElseByLifetimeValue) {
  auto section = Policy();
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "lifetime_tiers { tier: 'silver' min_cents: 300 } "
      "lifetime_tiers { tier: 'gold' min_cents: 5000 }",
      &section));
  section.set_vip_lifetime_min_cents(10'000);
  const FactsConfig config(section);
  const auto tier = [&](const std::string& profile) {
    return FactsOf(ProfileOf(profile), "", config, kNow).tier();
  };
  EXPECT_EQ(tier(""), "");
  EXPECT_EQ(tier("lifetime_value { cents: 299 }"), "");
  EXPECT_EQ(tier("lifetime_value { cents: 300 }"), "silver");
  EXPECT_EQ(tier("lifetime_value { cents: 5000 }"), "gold");
  EXPECT_EQ(tier("lifetime_value { cents: 5000 } tier: 'bronze'"), "bronze") << "the shop's word";
  EXPECT_EQ(tier("lifetime_value { cents: 10000 }"), "gold") << "a VIP all the same";
  const auto facts = FactsOf(ProfileOf("lifetime_value { cents: 10000 }"), "", config, kNow);
  EXPECT_TRUE(facts.vip());
  section.clear_lifetime_tiers();
  EXPECT_EQ(
      FactsOf(ProfileOf("lifetime_value { cents: 10000 }"), "", FactsConfig(section), kNow).tier(),
      "vip");
}

TEST(FactsTest, OrdersGiveTagsValueAndCategory) {
  const FactsConfig config(Policy());
  const auto profile = ProfileOf(R"pb(
    orders {
      order_id: "B"
      value { cents: 200 currency: "EUR" }
      product_category: "toys"
      status: "late"
    }
    orders {
      order_id: "A"
      value { cents: 900 currency: "EUR" }
      product_category: "shoes"
      status: "lost"
    })pb");
  const auto latest = FactsOf(profile, "", config, kNow);
  EXPECT_THAT(latest.tags(), ElementsAre("order_late", "order_lost"));
  EXPECT_EQ(latest.order_value().cents(), 200);
  EXPECT_EQ(FactsOf(profile, "A", config, kNow).product_category(), "shoes");
  EXPECT_EQ(FactsOf(profile, "unknown", config, kNow).product_category(), "toys");
}

TEST(FactsTest, LifetimeValueMakesAVip) {
  const FactsConfig config(Policy());
  EXPECT_TRUE(FactsOf(ProfileOf("lifetime_value { cents: 1000000 }"), "", config, kNow).vip());
  EXPECT_FALSE(FactsOf(ProfileOf("lifetime_value { cents: 999999 }"), "", config, kNow).vip());
  EXPECT_FALSE(FactsOf(ProfileOf("tier: 'gold'"), "", config, kNow).vip());
  EXPECT_FALSE(FactsOf(ProfileOf("lifetime_value { cents: 5 }"), "",
                       FactsConfig(policy::v1::ClassifierSection()), kNow)
                   .vip());
}

TEST(FactsTest, OnlyWhatCountsForRoutingDiffers) {
  classification::v1::Facts a;
  a.set_tier("gold");
  classification::v1::Facts b = a;
  b.set_profile_revision(5);
  b.set_cart_at_risk_why("payment failed");
  EXPECT_FALSE(DifferForRouting(a, b));
  b.set_preferred_language("es");
  EXPECT_TRUE(DifferForRouting(a, b));
  b = a;
  b.set_product_category("toys");
  EXPECT_TRUE(DifferForRouting(a, b));
  b = a;
  b.mutable_order_value()->set_cents(1);
  EXPECT_TRUE(DifferForRouting(a, b));
  b = a;
  b.mutable_cart_at_risk()->set_cents(1);
  EXPECT_TRUE(DifferForRouting(a, b));
  b = a;
  b.add_tags("vip");
  EXPECT_TRUE(DifferForRouting(a, b));
  b = a;
  b.add_addends()->set_name("vip");
  EXPECT_TRUE(DifferForRouting(a, b));
}

TEST(MoneyTest, IsFormattedExactly) {
  common::v1::Money money;
  money.set_currency("EUR");
  money.set_cents(34005);
  EXPECT_EQ(FormatMoney(money), "340.05 EUR");
  money.set_cents(-7);
  EXPECT_EQ(FormatMoney(money), "-0.07 EUR");
}

}  // namespace
}  // namespace centralita::text
