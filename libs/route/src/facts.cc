#include "facts.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace centralita::route {
namespace {

using classification::v1::Addend;
using classification::v1::Classification;
using classification::v1::PriorityBand;
using snapshot::v1::RouteConversation;
using snapshot::v1::RouteCustomer;
using Tags = google::protobuf::RepeatedPtrField<std::string>;

constexpr std::string_view kDegraded = "degraded";
constexpr int32_t kMaxPriority = 1000;
// Where the classifier did not say its policy's floors.
constexpr std::array<int32_t, 3> kBuiltInFloors = {250, 500, 750};

bool SaysNothing(std::string_view intent) {
  return intent.empty() || intent == "other" || intent == "spam_offtopic" ||
         intent == "praise_feedback";
}

bool IsLanguage(std::string_view language) { return !language.empty() && language != "und"; }

void UniteTags(const Tags& more, Tags& tags) {
  for (const std::string& tag : more) {
    const auto place = std::lower_bound(tags.begin(), tags.end(), tag);
    if (place != tags.end() && *place == tag) continue;
    const auto index = place - tags.begin();
    *tags.Add() = tag;
    std::rotate(tags.begin() + index, tags.end() - 1, tags.end());
  }
  while (tags.size() > kMaxTags) tags.RemoveLast();
}

using Addends = google::protobuf::RepeatedPtrField<Addend>;

void RaiseAddends(const Addends& more, int max, Addends& all) {
  for (const Addend& addend : more) {
    const auto same = std::find_if(
        all.begin(), all.end(), [&](const Addend& other) { return other.name() == addend.name(); });
    if (same == all.end()) {
      if (all.size() < max) *all.Add() = addend;
    } else if (addend.points() > same->points()) {
      *same = addend;
    }
  }
}

PriorityBand BandOf(int32_t priority, const RouteConversation& conversation) {
  int band = classification::v1::PRIORITY_BAND_LOW;
  for (int i = 0; i < 3; ++i) {
    const int32_t floor =
        conversation.band_floors_size() == 3 ? conversation.band_floors(i) : kBuiltInFloors[i];
    if (priority >= floor) band = classification::v1::PRIORITY_BAND_NORMAL + i;
  }
  return static_cast<PriorityBand>(band);
}

// The words of a classification, whoever it is by.
void MergeWords(const Classification& said, RouteConversation& conversation) {
  if (IsLanguage(said.language())) conversation.set_language(said.language());
  UniteTags(said.tags(), *conversation.mutable_tags());
  RaiseAddends(said.addends(), kMaxAddends, *conversation.mutable_addends());
  if (said.band_floors_size() == 3) *conversation.mutable_band_floors() = said.band_floors();
}

}  // namespace

void MergeMessage(const Classification& message, uint64_t sequence,
                  RouteConversation& conversation) {
  if (conversation.intent().empty() || !SaysNothing(message.intent())) {
    conversation.set_intent(message.intent());
    conversation.set_intent_sequence(sequence);
  }
  MergeWords(message, conversation);
  if (conversation.addends().empty() && message.facts().addends().empty() &&
      message.priority() > 0) {
    // A classifier that gives no terms: its sum is the only one.
    Addend& sum = *conversation.add_addends();
    sum.set_name("classified");
    sum.set_points(message.priority());
  }
}

void MergeOpinion(const Classification& opinion, uint64_t sequence,
                  RouteConversation& conversation) {
  if (!SaysNothing(opinion.intent()) &&
      (sequence >= conversation.intent_sequence() || SaysNothing(conversation.intent()))) {
    conversation.set_intent(opinion.intent());
    conversation.set_intent_sequence(sequence);
  }
  const std::string language = conversation.language();
  MergeWords(opinion, conversation);
  // Of an earlier message: the latest one's language stays.
  if (IsLanguage(language) && sequence + 1 < conversation.next_sequence())
    conversation.set_language(language);
}

bool MergeFacts(const classification::v1::Facts& facts, RouteCustomer& customer) {
  if (customer.has_facts() && facts.profile_revision() <= customer.facts().profile_revision())
    return false;
  *customer.mutable_facts() = facts;
  return true;
}

void FillFacts(const RouteCustomer& customer, commands::v1::WorkFacts& facts) {
  const RouteConversation& conversation = customer.conversation();
  const classification::v1::Facts& profile = customer.facts();
  facts.set_intent(conversation.intent());
  facts.set_language(conversation.language());
  if (!IsLanguage(facts.language()) && !profile.preferred_language().empty()) {
    facts.set_language(profile.preferred_language());
  }
  *facts.mutable_tags() = conversation.tags();
  if (!profile.tags().empty()) UniteTags(profile.tags(), *facts.mutable_tags());
  if (profile.profile_revision() > 0) {
    Tags& tags = *facts.mutable_tags();
    tags.erase(std::remove(tags.begin(), tags.end(), kDegraded), tags.end());
  }
  *facts.mutable_addends() = conversation.addends();
  RaiseAddends(profile.addends(), 2 * kMaxAddends, *facts.mutable_addends());
  int64_t points = 0;
  for (const Addend& addend : facts.addends()) points += addend.points();
  facts.set_priority(static_cast<int32_t>(std::clamp<int64_t>(points, 0, kMaxPriority)));
  facts.set_band(BandOf(facts.priority(), conversation));
  facts.set_tier(profile.tier());
  facts.set_profile_revision(profile.profile_revision());
  if (profile.has_cart_at_risk()) *facts.mutable_cart_at_risk() = profile.cart_at_risk();
}

policy::Subject SubjectOf(const RouteCustomer& customer, const commands::v1::WorkFacts& facts) {
  const RouteConversation& conversation = customer.conversation();
  policy::Subject subject;
  subject.channel = conversation.channel();
  subject.visibility = conversation.visibility();
  subject.intent = facts.intent();
  subject.tags = &facts.tags();
  subject.language = facts.language();
  subject.tier = facts.tier();
  subject.band = facts.band();
  subject.cart_at_risk_cents = customer.facts().cart_at_risk().cents();
  subject.order_value_cents = customer.facts().order_value().cents();
  subject.product_category = customer.facts().product_category();
  return subject;
}

}  // namespace centralita::route
