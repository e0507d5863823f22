// How the facts of several messages, of second opinions and of the profile become the facts of one
// conversation.
//
// - intent: of the latest message whose intent says something ("other", "spam_offtopic" and
// "praise_feedback" do not,
//   unless nothing else is known); a second opinion replaces it if its message is that message or a
//   later one.
// - language: of the latest message of which it is known; else the profile's preferred one.
// - tags: united; "degraded" goes once facts have come.
// - addends: by name, the highest of all messages and of the profile at its highest revision (three
// angry messages are not three times as urgent, nor is a chargeback that both the customer and his
// bank announce).
//   Priority is their sum within 0 and 1000, and its band by
//   the floors of the policy under which the latest message was classified.
#pragma once

#include <cstdint>

#include "centralita/classification/v1/classification.pb.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/policy/conditions.h"
#include "centralita/snapshot/v1/route_state.pb.h"

namespace centralita::route {

// Of a conversation; the lowest by name, and the first addends, stay.
inline constexpr int kMaxTags = 32;
inline constexpr int kMaxAddends = 32;

void MergeMessage(const classification::v1::Classification& message, uint64_t sequence,
                  snapshot::v1::RouteConversation& conversation);

void MergeOpinion(const classification::v1::Classification& opinion, uint64_t sequence,
                  snapshot::v1::RouteConversation& conversation);

// Whether they became the customer's; those of a higher revision stay.
bool MergeFacts(const classification::v1::Facts& facts, snapshot::v1::RouteCustomer& customer);

// `customer` has a conversation.
void FillFacts(const snapshot::v1::RouteCustomer& customer, commands::v1::WorkFacts& facts);

// Views into `customer`, which has a conversation, and `facts`, which were filled from it.
policy::Subject SubjectOf(const snapshot::v1::RouteCustomer& customer,
                          const commands::v1::WorkFacts& facts);

}  // namespace centralita::route
