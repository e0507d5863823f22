#include "centralita/classifier/apply_signal.h"

#include <algorithm>

namespace centralita::classifier {
namespace {

using profile::v1::Cart;
using profile::v1::Order;
using profile::v1::Profile;
using signals::v1::Signal;

// Puts the last element first and keeps the first `max`.
template <typename List>
void LastBecomesFirst(List& list, int max) {
  std::rotate(list.pointer_begin(), list.pointer_end() - 1, list.pointer_end());
  if (list.size() > max) list.DeleteSubrange(max, list.size() - max);
}

void ApplyCart(const Cart& cart, base::TimePoint now, Profile& profile) {
  // A shop that tells of failed payments one by one need not count them in its carts.
  const bool same = profile.cart().cart_id() == cart.cart_id() &&
                    profile.cart().stage() != profile::v1::CHECKOUT_STAGE_DONE;
  const int32_t failures = same ? profile.cart().payment_failures() : 0;
  *profile.mutable_cart() = cart;
  // Its age decides whether trouble in it still counts, so it is the log's time, not the sender's.
  profile.mutable_cart()->set_updated_unix_ms(base::ToUnixMillis(now));
  if (cart.payment_failures() < failures) profile.mutable_cart()->set_payment_failures(failures);
}

void ApplyPaymentFailed(const signals::v1::PaymentFailed& failed, base::TimePoint now,
                        Profile& profile) {
  Cart& cart = *profile.mutable_cart();
  if (!failed.cart_id().empty() && failed.cart_id() != cart.cart_id()) {
    cart.Clear();
    cart.set_cart_id(failed.cart_id());
  }
  if (failed.has_value()) *cart.mutable_value() = failed.value();
  cart.set_stage(profile::v1::CHECKOUT_STAGE_PAYMENT);
  cart.set_payment_failures(cart.payment_failures() + 1);
  cart.set_updated_unix_ms(base::ToUnixMillis(now));
}

void ApplyOrder(const Order& order, base::TimePoint now, Profile& profile) {
  auto& orders = *profile.mutable_orders();
  for (int i = 0; i < orders.size(); ++i) {
    if (orders[i].order_id() == order.order_id()) {
      orders.DeleteSubrange(i, 1);
      break;
    }
  }
  *orders.Add() = order;
  if (order.updated_unix_ms() <= 0) {
    orders[orders.size() - 1].set_updated_unix_ms(base::ToUnixMillis(now));
  }
  LastBecomesFirst(orders, kMaxOrders);
}

void ApplyProfileFacts(const signals::v1::ProfileFacts& facts, Profile& profile) {
  if (!facts.tier().empty()) profile.set_tier(facts.tier());
  if (facts.has_lifetime_value()) *profile.mutable_lifetime_value() = facts.lifetime_value();
  if (!facts.preferred_language().empty()) {
    profile.set_preferred_language(facts.preferred_language());
  }
}

void ApplyContact(const signals::v1::Contact& contact, base::TimePoint now, Profile& profile) {
  auto& contacts = *profile.mutable_contacts();
  profile::v1::RecentContact& added = *contacts.Add();
  added.set_intent(contact.intent());
  added.set_at_unix_ms(base::ToUnixMillis(now));
  added.set_order_id(contact.order_id());
  LastBecomesFirst(contacts, kMaxContacts);
  if (!contact.language().empty()) profile.set_preferred_language(contact.language());
}

}  // namespace

void ApplySignal(const Signal& signal, base::TimePoint now, Profile& profile) {
  profile.set_tenant(signal.tenant());
  profile.set_customer_id(signal.customer_id());
  profile.set_revision(profile.revision() + 1);
  switch (signal.kind_case()) {
    case Signal::kCart:
      ApplyCart(signal.cart(), now, profile);
      break;
    case Signal::kPaymentFailed:
      ApplyPaymentFailed(signal.payment_failed(), now, profile);
      break;
    case Signal::kOrder:
      ApplyOrder(signal.order(), now, profile);
      break;
    case Signal::kProfile:
      ApplyProfileFacts(signal.profile(), profile);
      break;
    case Signal::kChargeback:
      profile.set_chargeback_open(!signal.chargeback().closed());
      break;
    case Signal::kContact:
      ApplyContact(signal.contact(), now, profile);
      break;
    case Signal::kFactsWanted:
    case Signal::KIND_NOT_SET:
      break;
  }
}

std::string_view ReasonOfSignal(const Signal& signal) {
  switch (signal.kind_case()) {
    case Signal::kCart:
      return "cart";
    case Signal::kPaymentFailed:
    case Signal::kChargeback:
      return "payment";
    case Signal::kOrder:
    case Signal::kProfile:
      return "profile";
    case Signal::kFactsWanted:
      return "degraded";
    case Signal::kContact:
      return "contact";
    case Signal::KIND_NOT_SET:
      return {};
  }
  return {};
}

}  // namespace centralita::classifier
