#include "centralita/policy/names.h"

#include <fmt/format.h>

#include <algorithm>

namespace centralita::policy {
namespace {

using common::v1::Channel;

constexpr std::array<config::Named<Channel>, 12> kChannels = {{
    {"chat", common::v1::CHANNEL_CHAT},
    {"email", common::v1::CHANNEL_EMAIL},
    {"form", common::v1::CHANNEL_FORM},
    {"phone", common::v1::CHANNEL_PHONE},
    {"sms", common::v1::CHANNEL_SMS},
    {"whatsapp", common::v1::CHANNEL_WHATSAPP},
    {"messenger", common::v1::CHANNEL_MESSENGER},
    {"instagram", common::v1::CHANNEL_INSTAGRAM},
    {"x", common::v1::CHANNEL_X},
    {"telegram", common::v1::CHANNEL_TELEGRAM},
    {"review", common::v1::CHANNEL_REVIEW},
    {"marketplace", common::v1::CHANNEL_MARKETPLACE},
}};

constexpr std::array<config::Named<common::v1::Visibility>, 2> kVisibilities = {{
    {"private", common::v1::VISIBILITY_PRIVATE},
    {"public", common::v1::VISIBILITY_PUBLIC},
}};

constexpr std::array<config::Named<classification::v1::PriorityBand>, 4> kBands = {{
    {"low", classification::v1::PRIORITY_BAND_LOW},
    {"normal", classification::v1::PRIORITY_BAND_NORMAL},
    {"high", classification::v1::PRIORITY_BAND_HIGH},
    {"critical", classification::v1::PRIORITY_BAND_CRITICAL},
}};

constexpr std::array<std::string_view, 15> kIntents = {
    "order_status",    "delivery_problem",    "shipping_info",
    "return_refund",   "cancel_change_order", "product_question",
    "payment_billing", "discount_promo",      "account_access",
    "complaint",       "technical_problem",   "contact_agent",
    "praise_feedback", "spam_offtopic",       "other"};

constexpr std::array<std::string_view, 23> kBuiltInTags = {
    "angry",         "auto_reply",      "cart_at_risk",
    "chargeback",    "complex",         "degraded",
    "engine_failed", "greeting_only",   "legal_threat",
    "noise",         "order_delivered", "order_late",
    "order_lost",    "phishing",        "public",
    "public_threat", "repeat_contact",  "safety",
    "spam",          "trolling",        "unsure",
    "vip",           "vulnerable"};

bool IsLanguage(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

std::span<const config::Named<Channel>> Channels() { return kChannels; }
std::span<const config::Named<common::v1::Visibility>> Visibilities() { return kVisibilities; }
std::span<const config::Named<classification::v1::PriorityBand>> Bands() { return kBands; }
std::span<const std::string_view> DefaultIntents() { return kIntents; }
std::span<const std::string_view> BuiltInTags() { return kBuiltInTags; }

std::string_view NameOf(Channel channel) {
  for (const auto& [name, value] : kChannels) {
    if (value == channel) return name;
  }
  return "unspecified";
}

std::vector<std::string> ReadLanguages(const config::Value& value) {
  std::vector<std::string> languages = value.Strings();
  for (const std::string& language : languages) {
    if (IsLanguage(language)) continue;
    value.Error(
        fmt::format("'{}' is not a language; write its two letters, for example es", language));
  }
  return languages;
}

}  // namespace centralita::policy
