#include "validate.h"

#include <fmt/format.h>

#include <algorithm>

namespace centralita::ingest {
namespace {

using Result = std::optional<ItemError>;
using common::v1::Money;

// The first error of several checks, each evaluated only if those before found nothing.
#define CENTRALITA_CHECK_ITEM(expr)            \
  do {                                         \
    if (Result error_ = (expr)) return error_; \
  } while (false)

Result Missing(std::string_view field) {
  return MakeError(code::kMissingField, field,
                   fmt::format("The field '{}' is missing; it must not be empty.", field));
}

Result CheckLength(std::string_view field, const std::string& value, size_t limit) {
  if (value.size() <= limit) return std::nullopt;
  return MakeError(code::kFieldTooLong, field,
                   fmt::format("The field '{}' has {} bytes; at most {} are taken.", field,
                               value.size(), limit));
}

// Ids end up in logs, keys and addresses, where a control character is always a mistake or an
// attack.
Result CheckId(std::string_view field, const std::string& value, const Limits& limits,
               bool required) {
  if (value.empty()) return required ? Missing(field) : std::nullopt;
  CENTRALITA_CHECK_ITEM(CheckLength(field, value, limits.max_id_bytes));
  const bool control = std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (!control) return std::nullopt;
  return MakeError(code::kInvalidValue, field,
                   fmt::format("The field '{}' has a control character.", field));
}

Result CheckTime(std::string_view field, int64_t unix_ms, const Limits& limits,
                 base::TimePoint latest) {
  if (unix_ms == 0) return std::nullopt;
  if (unix_ms >= base::ToUnixMillis(limits.earliest) && unix_ms <= base::ToUnixMillis(latest))
    return std::nullopt;
  return MakeError(
      code::kBadTimestamp, field,
      fmt::format(
          "The field '{}' is {}; it must lie between {} and {}. It counts milliseconds, not "
          "seconds, since 1970.",
          field, unix_ms, base::FormatUtc(limits.earliest), base::FormatUtc(latest)));
}

Result CheckChannel(std::string_view field, common::v1::Channel channel) {
  if (channel == common::v1::CHANNEL_UNSPECIFIED) return Missing(field);
  if (common::v1::Channel_IsValid(channel)) return std::nullopt;
  return MakeError(code::kInvalidValue, field,
                   fmt::format("The field '{}' has the number {}, which is no channel.", field,
                               static_cast<int>(channel)));
}

Result CheckHandle(std::string_view field, const identity::v1::Handle& handle,
                   const Limits& limits) {
  CENTRALITA_CHECK_ITEM(CheckChannel(fmt::format("{}.channel", field), handle.channel()));
  CENTRALITA_CHECK_ITEM(CheckId(fmt::format("{}.account", field), handle.account(), limits, true));
  return CheckId(fmt::format("{}.handle", field), handle.handle(), limits, true);
}

Result CheckAttachments(const NewMessage& message, const Limits& limits) {
  if (message.attachments_size() > limits.max_attachments) {
    return MakeError(code::kInvalidValue, "attachments",
                     fmt::format("There are {} attachments; at most {} are taken.",
                                 message.attachments_size(), limits.max_attachments));
  }
  for (const auto& attachment : message.attachments()) {
    CENTRALITA_CHECK_ITEM(CheckLength("attachments.url", attachment.url(), limits.max_url_bytes));
    CENTRALITA_CHECK_ITEM(
        CheckLength("attachments.media_type", attachment.media_type(), limits.max_id_bytes));
    if (attachment.url().empty()) return Missing("attachments.url");
    if (attachment.size_bytes() < 0) {
      return MakeError(code::kInvalidValue, "attachments.size_bytes",
                       "The size of an attachment is negative.");
    }
  }
  return std::nullopt;
}

Result CheckHeaders(const NewMessage& message, const Limits& limits) {
  if (message.headers_size() <= limits.max_headers) return std::nullopt;
  return MakeError(code::kInvalidValue, "headers",
                   fmt::format("There are {} headers; at most {} are taken.",
                               message.headers_size(), limits.max_headers));
}

Result CheckMoney(std::string_view field, bool present, const Money& money) {
  if (!present) return std::nullopt;
  const std::string& currency = money.currency();
  const bool good =
      currency.size() == 3 &&
      std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (good) return std::nullopt;
  return MakeError(code::kInvalidValue, fmt::format("{}.currency", field),
                   fmt::format("The currency of '{}' is '{}'; write three capitals as in EUR.",
                               field, currency));
}

Result CheckNumber(std::string_view field, int64_t value) {
  if (value >= 0) return std::nullopt;
  return MakeError(code::kInvalidValue, field, fmt::format("The field '{}' is negative.", field));
}

Result CheckCart(const profile::v1::Cart& cart, const Limits& limits, base::TimePoint latest) {
  CENTRALITA_CHECK_ITEM(CheckId("signal.cart.cart_id", cart.cart_id(), limits, true));
  CENTRALITA_CHECK_ITEM(CheckMoney("signal.cart.value", cart.has_value(), cart.value()));
  CENTRALITA_CHECK_ITEM(CheckNumber("signal.cart.items", cart.items()));
  CENTRALITA_CHECK_ITEM(CheckNumber("signal.cart.payment_failures", cart.payment_failures()));
  CENTRALITA_CHECK_ITEM(CheckNumber("signal.cart.form_errors", cart.form_errors()));
  CENTRALITA_CHECK_ITEM(CheckNumber("signal.cart.seconds_on_site", cart.seconds_on_site()));
  if (!profile::v1::CheckoutStage_IsValid(cart.stage())) {
    return MakeError(code::kInvalidValue, "signal.cart.stage",
                     "The checkout stage is none that is known.");
  }
  return CheckTime("signal.cart.updated_unix_ms", cart.updated_unix_ms(), limits, latest);
}

Result CheckOrder(const profile::v1::Order& order, const Limits& limits, base::TimePoint latest) {
  CENTRALITA_CHECK_ITEM(CheckId("signal.order.order_id", order.order_id(), limits, true));
  CENTRALITA_CHECK_ITEM(CheckMoney("signal.order.value", order.has_value(), order.value()));
  CENTRALITA_CHECK_ITEM(CheckId("signal.order.status", order.status(), limits, false));
  CENTRALITA_CHECK_ITEM(
      CheckId("signal.order.product_category", order.product_category(), limits, false));
  return CheckTime("signal.order.updated_unix_ms", order.updated_unix_ms(), limits, latest);
}

Result CheckKind(const signals::v1::Signal& signal, const Limits& limits, base::TimePoint latest) {
  using signals::v1::Signal;
  switch (signal.kind_case()) {
    case Signal::kCart:
      return CheckCart(signal.cart(), limits, latest);
    case Signal::kOrder:
      return CheckOrder(signal.order(), limits, latest);
    case Signal::kPaymentFailed: {
      const auto& failed = signal.payment_failed();
      CENTRALITA_CHECK_ITEM(
          CheckId("signal.payment_failed.cart_id", failed.cart_id(), limits, false));
      CENTRALITA_CHECK_ITEM(
          CheckLength("signal.payment_failed.reason", failed.reason(), limits.max_url_bytes));
      return CheckMoney("signal.payment_failed.value", failed.has_value(), failed.value());
    }
    case Signal::kProfile: {
      const auto& profile = signal.profile();
      CENTRALITA_CHECK_ITEM(CheckId("signal.profile.tier", profile.tier(), limits, false));
      CENTRALITA_CHECK_ITEM(CheckId("signal.profile.preferred_language",
                                    profile.preferred_language(), limits, false));
      return CheckMoney("signal.profile.lifetime_value", profile.has_lifetime_value(),
                        profile.lifetime_value());
    }
    case Signal::kChargeback: {
      const auto& chargeback = signal.chargeback();
      CENTRALITA_CHECK_ITEM(
          CheckId("signal.chargeback.order_id", chargeback.order_id(), limits, false));
      return CheckMoney("signal.chargeback.value", chargeback.has_value(), chargeback.value());
    }
    case Signal::kFactsWanted:
    case Signal::kContact:
      return MakeError(
          code::kInvalidValue, "signal",
          "Signals of the kinds 'facts_wanted' and 'contact' are made by Centralita itself.");
    case Signal::KIND_NOT_SET:
      break;
  }
  return MakeError(code::kMissingField, "signal",
                   "The field 'signal' is missing; it must have one of cart, payment_failed, "
                   "order, profile, chargeback.");
}

}  // namespace

std::optional<ItemError> Validate(const NewMessage& message, const Limits& limits,
                                  base::TimePoint now) {
  CENTRALITA_CHECK_ITEM(CheckChannel("channel", message.channel()));
  CENTRALITA_CHECK_ITEM(CheckId("account", message.account(), limits, true));
  CENTRALITA_CHECK_ITEM(CheckId("handle", message.handle(), limits, true));
  CENTRALITA_CHECK_ITEM(
      CheckId("provider_message_id", message.provider_message_id(), limits, true));
  CENTRALITA_CHECK_ITEM(CheckId("locale", message.locale(), limits, false));
  CENTRALITA_CHECK_ITEM(CheckId("order_id", message.order_id(), limits, false));
  CENTRALITA_CHECK_ITEM(CheckId("traceparent", message.traceparent(), limits, false));
  if (message.text().size() + message.subject().size() > limits.max_text_bytes) {
    return MakeError(
        code::kTooLarge, "text",
        fmt::format("Text and subject have {} bytes; at most {} are taken.",
                    message.text().size() + message.subject().size(), limits.max_text_bytes));
  }
  if (!common::v1::Visibility_IsValid(message.visibility())) {
    return MakeError(code::kInvalidValue, "visibility",
                     "The visibility is neither private nor public.");
  }
  CENTRALITA_CHECK_ITEM(CheckTime("provider_time_unix_ms", message.provider_time_unix_ms(), limits,
                                  now + limits.max_ahead));
  CENTRALITA_CHECK_ITEM(CheckTime("not_before_unix_ms", message.not_before_unix_ms(), limits,
                                  now + limits.max_not_before));
  CENTRALITA_CHECK_ITEM(CheckHeaders(message, limits));
  return CheckAttachments(message, limits);
}

std::optional<ItemError> Validate(const NewSignal& signal, const Limits& limits,
                                  base::TimePoint now) {
  CENTRALITA_CHECK_ITEM(CheckId("signal_id", signal.signal_id(), limits, false));
  if (signal.has_handle() == !signal.customer_id().empty()) {
    return MakeError(
        code::kMissingField, "handle",
        "The customer is named either by 'handle' or by 'customer_id', by exactly one of them.");
  }
  if (signal.has_handle()) {
    CENTRALITA_CHECK_ITEM(CheckHandle("handle", signal.handle(), limits));
  } else {
    CENTRALITA_CHECK_ITEM(CheckId("customer_id", signal.customer_id(), limits, true));
  }
  const base::TimePoint latest = now + limits.max_ahead;
  CENTRALITA_CHECK_ITEM(CheckTime("occurred_unix_ms", signal.occurred_unix_ms(), limits, latest));
  return CheckKind(signal.signal(), limits, latest);
}

std::optional<ItemError> Validate(const v1::LinkHandleRequest& link, const Limits& limits,
                                  base::TimePoint /*now*/) {
  CENTRALITA_CHECK_ITEM(CheckHandle("handle", link.handle(), limits));
  if (link.has_same_customer_as() == !link.customer_id().empty()) {
    return MakeError(code::kMissingField, "same_customer_as",
                     "The customer is named either by 'same_customer_as' or by 'customer_id', by "
                     "exactly one of them.");
  }
  if (link.has_same_customer_as())
    return CheckHandle("same_customer_as", link.same_customer_as(), limits);
  return CheckId("customer_id", link.customer_id(), limits, true);
}

}  // namespace centralita::ingest
