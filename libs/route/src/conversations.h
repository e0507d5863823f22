// A conversation enters a pool, or a message enters a conversation: what all records have in
// common.
#pragma once

#include <cstdint>
#include <string_view>

#include "centralita/routing/v1/routing.pb.h"
#include "context.h"
#include "customers.h"
#include "tenant_policy.h"

namespace centralita::route {

// Begins a conversation of `customer` (not in a pool yet), named after the message that opens it.
snapshot::v1::RouteConversation& BeginConversation(const Context& context, Customer& customer,
                                                   std::string_view first_message_id);

// The number under which the message ids of a conversation are remembered.
uint16_t NumberOf(const snapshot::v1::RouteConversation& conversation);

// The facts of the open conversation as they are now, in the context's arena. `at_ms`: when it may
// be worked on.
commands::v1::WorkFacts& FactsOf(const Context& context, const TenantPolicy& policy,
                                 const Customer& customer, int64_t at_ms);

// Where a conversation with those facts goes by the routes.
Destination ChooseFor(const TenantPolicy& policy, const Customer& customer,
                      const commands::v1::WorkFacts& facts, int64_t at_ms,
                      events::v1::Decision& decision, bool allow_answer = false);

// How a conversation enters a pool.
struct Entry {
  Destination destination;
  int64_t eligible_ms = 0;
  bool reopened = false;
  // Whether the customer's last agent is preferred.
  bool sticky = false;
  std::string_view note;
  // Of the shard that let it go; null for none.
  const google::protobuf::RepeatedPtrField<clocks::v1::ClockNotice>* notices = nullptr;
};

// Sends the conversation with all its unapplied messages to a pool, as it is known there from now
// on. Further messages than fit into one command follow it. `clocks` and `facts` are those of now;
// `facts`, made in the context's arena, become part of the commands without a copy, and do not
// change any more.
void EnterPool(const Context& context, const TenantPolicy& policy, Customer& customer,
               const Entry& entry,
               const google::protobuf::RepeatedPtrField<clocks::v1::ClockState>& clocks,
               commands::v1::WorkFacts& facts);

// One unapplied message to where its conversation is; `facts` as with EnterPool.
void AppendToPool(const Context& context, const snapshot::v1::RouteConversation& conversation,
                  const routing::v1::MessageRef& message, commands::v1::WorkFacts& facts);

// An event about the conversation, in its pool.
events::v1::Event& MakeConversationEvent(const Context& context,
                                         const snapshot::v1::RouteConversation& conversation);

// Tells that unapplied messages, from the `first`-th on, count at the conversation's present
// revision.
void TellMoved(const Context& context, const snapshot::v1::RouteConversation& conversation,
               int first, std::string_view from_conversation_id);

// The next revision, in which what a shard closed up to `last_sequence` goes on with its unapplied
// messages (at least one), the last agent preferred. Tells that the first of them reopens it.
void Reopen(const Context& context, const TenantPolicy& policy, Customer& customer,
            int64_t eligible_ms, bool replayed);

}  // namespace centralita::route
