#include "centralita/text/facts.h"

#include <fmt/format.h>

#include <algorithm>

namespace centralita::text {
namespace {

using classification::v1::Facts;
using profile::v1::Cart;
using profile::v1::Order;
using profile::v1::Profile;

bool IsVip(const Profile& profile, const FactsConfig& config) {
  // "VIP", "vip", "Vip": shops write it as they like; no folding needed for three ASCII letters.
  const std::string& tier = profile.tier();
  const bool by_tier = tier.size() == 3 && (tier[0] | 0x20) == 'v' && (tier[1] | 0x20) == 'i' &&
                       (tier[2] | 0x20) == 'p';
  return by_tier || (config.vip_lifetime_min_cents > 0 &&
                     profile.lifetime_value().cents() >= config.vip_lifetime_min_cents);
}

std::string TierOf(const Profile& profile, const FactsConfig& config, bool vip) {
  if (!profile.tier().empty()) return profile.tier();
  for (const FactsConfig::Tier& tier : config.lifetime_tiers) {
    if (profile.lifetime_value().cents() >= tier.min_cents) return tier.name;
  }
  return vip ? "vip" : "";
}

bool IsLongInCheckout(const Cart& cart) {
  const bool in_checkout = cart.stage() == profile::v1::CHECKOUT_STAGE_SHIPPING ||
                           cart.stage() == profile::v1::CHECKOUT_STAGE_PAYMENT;
  return in_checkout && cart.seconds_on_site() >= kLongInCheckoutSeconds;
}

bool IsAtRisk(const Cart& cart, const FactsConfig& config, base::TimePoint now) {
  const bool trouble =
      cart.payment_failures() > 0 || cart.form_errors() > 0 || IsLongInCheckout(cart);
  const int64_t age_ms = base::ToUnixMillis(now) - cart.updated_unix_ms();
  return trouble && cart.stage() != profile::v1::CHECKOUT_STAGE_DONE && cart.value().cents() > 0 &&
         cart.value().cents() >= config.cart_at_risk_min_cents && age_ms <= kCartAtRiskFor.count();
}

std::string Times(int32_t count) {
  if (count == 1) return "";
  return count == 2 ? " twice" : fmt::format(" {} times", count);
}

std::string WhyAtRisk(const Cart& cart) {
  std::string why;
  const auto add = [&](std::string reason) {
    if (!why.empty()) why += ", ";
    why += reason;
  };
  if (cart.items() > 0) add(fmt::format("{} item{}", cart.items(), cart.items() == 1 ? "" : "s"));
  if (cart.payment_failures() > 0) add("payment failed" + Times(cart.payment_failures()));
  if (cart.form_errors() > 0) add("error in the form" + Times(cart.form_errors()));
  if (IsLongInCheckout(cart)) {
    add(fmt::format("{} min on the site and still in the checkout", cart.seconds_on_site() / 60));
  }
  return why;
}

// The order that the customer named last; empty if he named none lately.
std::string_view NamedOrder(const Profile& profile, base::TimePoint now) {
  const int64_t since = base::ToUnixMillis(now) - kNamedOrderFor.count();
  for (const profile::v1::RecentContact& contact : profile.contacts()) {
    if (!contact.order_id().empty() && contact.at_unix_ms() >= since) return contact.order_id();
  }
  return {};
}

const Order* FindOrder(const Profile& profile, std::string_view order_id) {
  if (order_id.empty()) return nullptr;
  const auto found = std::find_if(profile.orders().begin(), profile.orders().end(),
                                  [&](const Order& order) { return order.order_id() == order_id; });
  return found == profile.orders().end() ? nullptr : &*found;
}

const Order* OrderOf(const Profile& profile, std::string_view order_id, base::TimePoint now) {
  const Order* order = FindOrder(profile, order_id);
  if (order == nullptr) order = FindOrder(profile, NamedOrder(profile, now));
  if (order == nullptr && !profile.orders().empty()) order = &profile.orders(0);
  return order;
}

bool HasOrder(const Profile& profile, std::string_view status) {
  return std::any_of(profile.orders().begin(), profile.orders().end(),
                     [&](const Order& order) { return order.status() == status; });
}

}  // namespace

FactsConfig::FactsConfig(const policy::v1::ClassifierSection& section)
    : cart_at_risk_min_cents(section.cart_at_risk_min_cents()),
      vip_lifetime_min_cents(section.vip_lifetime_min_cents()),
      repeat_window(section.repeat_window_ms()) {
  for (const policy::v1::LifetimeTier& tier : section.lifetime_tiers()) {
    lifetime_tiers.push_back({tier.tier(), tier.min_cents()});
  }
  std::stable_sort(lifetime_tiers.begin(), lifetime_tiers.end(),
                   [](const Tier& a, const Tier& b) { return a.min_cents > b.min_cents; });
}

Facts FactsOf(const Profile& profile, std::string_view order_id, const FactsConfig& config,
              base::TimePoint now) {
  Facts facts;
  facts.set_profile_revision(profile.revision());
  facts.set_vip(IsVip(profile, config));
  facts.set_tier(TierOf(profile, config, facts.vip()));
  facts.set_preferred_language(profile.preferred_language());
  if (profile.has_cart() && IsAtRisk(profile.cart(), config, now)) {
    *facts.mutable_cart_at_risk() = profile.cart().value();
    facts.set_cart_at_risk_why(WhyAtRisk(profile.cart()));
  }
  const Order* order = OrderOf(profile, order_id, now);
  if (order != nullptr) {
    if (order->has_value()) *facts.mutable_order_value() = order->value();
    facts.set_product_category(order->product_category());
  }
  // In the alphabet's order.
  if (facts.has_cart_at_risk()) facts.add_tags("cart_at_risk");
  if (profile.chargeback_open()) facts.add_tags("chargeback");
  if (order != nullptr && order->status() == "delivered") facts.add_tags("order_delivered");
  if (HasOrder(profile, "late")) facts.add_tags("order_late");
  if (HasOrder(profile, "lost")) facts.add_tags("order_lost");
  if (facts.vip()) facts.add_tags("vip");
  return facts;
}

bool IsRepeatContact(const Profile& profile, std::string_view intent, const FactsConfig& config,
                     base::TimePoint now) {
  if (config.repeat_window.count() <= 0 || intent == "other") return false;
  const int64_t since = base::ToUnixMillis(now) - config.repeat_window.count();
  return std::any_of(profile.contacts().begin(), profile.contacts().end(),
                     [&](const profile::v1::RecentContact& contact) {
                       return contact.intent() == intent && contact.at_unix_ms() >= since;
                     });
}

bool DifferForRouting(const Facts& a, const Facts& b) {
  const auto same_money = [](const common::v1::Money& x, const common::v1::Money& y) {
    return x.cents() == y.cents() && x.currency() == y.currency();
  };
  const auto same_tags =
      std::equal(a.tags().begin(), a.tags().end(), b.tags().begin(), b.tags().end());
  const auto same_addends = std::equal(a.addends().begin(), a.addends().end(), b.addends().begin(),
                                       b.addends().end(), [](const auto& x, const auto& y) {
                                         return x.name() == y.name() && x.points() == y.points();
                                       });
  return a.tier() != b.tier() || a.vip() != b.vip() || !same_tags || !same_addends ||
         a.has_cart_at_risk() != b.has_cart_at_risk() ||
         !same_money(a.cart_at_risk(), b.cart_at_risk()) ||
         !same_money(a.order_value(), b.order_value()) ||
         a.product_category() != b.product_category() ||
         a.preferred_language() != b.preferred_language();
}

}  // namespace centralita::text
