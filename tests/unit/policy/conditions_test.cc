#include "centralita/policy/conditions.h"

#include <gtest/gtest.h>

#include <string>

namespace centralita::policy {
namespace {

using google::protobuf::RepeatedPtrField;

// Meets every condition of Full().
struct Everything {
  Everything() {
    *tags.Add() = "angry";
    *tags.Add() = "urgent";
    *profile_tags.Add() = "vip";
    subject.channel = common::v1::CHANNEL_CHAT;
    subject.visibility = common::v1::VISIBILITY_PUBLIC;
    subject.intent = "complaint";
    subject.tags = &tags;
    subject.profile_tags = &profile_tags;
    subject.language = "es";
    subject.tier = "gold";
    subject.band = classification::v1::PRIORITY_BAND_HIGH;
    subject.cart_at_risk_cents = 34'000;
    subject.order_value_cents = 5'000;
    subject.product_category = "fashion";
  }
  RepeatedPtrField<std::string> tags;
  RepeatedPtrField<std::string> profile_tags;
  Subject subject;
};

v1::Conditions Full() {
  v1::Conditions when;
  when.add_channels(common::v1::CHANNEL_EMAIL);
  when.add_channels(common::v1::CHANNEL_CHAT);
  when.set_visibility(common::v1::VISIBILITY_PUBLIC);
  when.add_intents("complaint");
  when.add_languages("es");
  when.add_tiers("gold");
  when.add_bands(classification::v1::PRIORITY_BAND_HIGH);
  when.set_min_cart_at_risk_cents(34'000);
  when.set_min_order_value_cents(5'000);
  when.add_product_categories("fashion");
  when.add_tags("legal_threat");
  when.add_tags("urgent");
  return when;
}

TEST(ConditionsTest, NoneHoldForEverything) {
  EXPECT_TRUE(Matches(v1::Conditions(), Subject()));
  EXPECT_TRUE(Matches(v1::Conditions(), Everything().subject));
}

TEST(ConditionsTest, AllHaveToHold) {
  const Everything everything;
  EXPECT_EQ(FirstUnmet(Full(), everything.subject), Condition::kNone);
}

TEST(ConditionsTest, NamesTheOneThatDoesNotHold) {
  const Everything everything;
  const auto unmet = [&](auto change) {
    Subject subject = everything.subject;
    change(subject);
    return NameOf(FirstUnmet(Full(), subject));
  };
  EXPECT_EQ(unmet([](Subject& s) { s.channel = common::v1::CHANNEL_X; }), "channels");
  EXPECT_EQ(unmet([](Subject& s) { s.visibility = common::v1::VISIBILITY_PRIVATE; }), "visibility");
  EXPECT_EQ(unmet([](Subject& s) { s.intent = "other"; }), "intents");
  EXPECT_EQ(unmet([](Subject& s) { s.language = "e"; }), "languages");
  EXPECT_EQ(unmet([](Subject& s) { s.tier = {}; }), "tiers");
  EXPECT_EQ(unmet([](Subject& s) { s.band = classification::v1::PRIORITY_BAND_CRITICAL; }),
            "bands");
  EXPECT_EQ(unmet([](Subject& s) { s.cart_at_risk_cents = 33'999; }), "min_cart_at_risk");
  EXPECT_EQ(unmet([](Subject& s) { s.order_value_cents = 0; }), "min_order_value");
  EXPECT_EQ(unmet([](Subject& s) { s.product_category = "toys"; }), "product_categories");
  EXPECT_EQ(unmet([](Subject& s) { s.tags = nullptr; }), "tags");
}

TEST(ConditionsTest, FindsATagInEitherList) {
  const Everything everything;
  for (const char* tag : {"angry", "urgent", "vip"}) {
    v1::Conditions when;
    when.add_tags(tag);
    EXPECT_TRUE(Matches(when, everything.subject)) << tag;
  }
  v1::Conditions when;
  when.add_tags("angr");
  EXPECT_FALSE(Matches(when, everything.subject));
}

TEST(ConditionsTest, WhatIsUnknownMeetsNoConditionOnIt) {
  EXPECT_EQ(FirstUnmet(Full(), Subject()), Condition::kChannel);
  v1::Conditions tags;
  tags.add_tags("vip");
  EXPECT_EQ(FirstUnmet(tags, Subject()), Condition::kTag);
  v1::Conditions cart;
  cart.set_min_cart_at_risk_cents(1);
  EXPECT_EQ(FirstUnmet(cart, Subject()), Condition::kCartAtRisk);
}

TEST(CoversTest, AWiderConditionCoversANarrowerOne) {
  EXPECT_TRUE(Covers(v1::Conditions(), Full()));
  EXPECT_TRUE(Covers(Full(), Full()));
  v1::Conditions wide;
  wide.add_tags("urgent");
  wide.add_tags("legal_threat");
  wide.add_tags("vip");
  wide.set_min_cart_at_risk_cents(100);
  EXPECT_TRUE(Covers(wide, Full()));
}

TEST(CoversTest, ANarrowerConditionCoversNoWiderOne) {
  EXPECT_FALSE(Covers(Full(), v1::Conditions()));
  v1::Conditions other = Full();
  other.set_min_cart_at_risk_cents(34'001);
  EXPECT_FALSE(Covers(other, Full()));
  other = Full();
  other.clear_tags();
  EXPECT_TRUE(Covers(other, Full()));
  EXPECT_FALSE(Covers(Full(), other));
  other.set_visibility(common::v1::VISIBILITY_PRIVATE);
  EXPECT_FALSE(Covers(other, Full()));
}

TEST(CoversTest, OnlyNoConditionsAreUnconditional) {
  EXPECT_TRUE(IsUnconditional(v1::Conditions()));
  EXPECT_FALSE(IsUnconditional(Full()));
  v1::Conditions when;
  when.set_min_order_value_cents(1);
  EXPECT_FALSE(IsUnconditional(when));
}

}  // namespace
}  // namespace centralita::policy
