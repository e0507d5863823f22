#include "client/message_json.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "client/headers_json.h"

namespace centralita::client {
namespace {

using nlohmann::json;

absl::Status Bad(std::string_view field, std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_json",
                     fmt::format("{}: {}", field, what));
}

// Takes fields out of an object; what is left at the end is unknown.
class Reader final {
 public:
  Reader(const json& object, std::string path) : object_(object), path_(std::move(path)) {}

  void Text(const char* name, std::string* into) {
    if (const json* value = Take(name)) {
      if (value->is_string()) {
        *into = value->get<std::string>();
      } else {
        Complain(name, "is not a string");
      }
    }
  }

  template <typename Setter>
  void Number(const char* name, Setter set) {
    if (const json* value = Take(name)) {
      if (!value->is_number_integer()) {
        Complain(name, "is not a whole number");
      } else if (value->is_number_unsigned() &&
                 value->get<uint64_t>() > std::numeric_limits<int64_t>::max()) {
        Complain(name, "is too large");
      } else {
        set(value->get<int64_t>());
      }
    }
  }

  template <typename Setter>
  void SmallNumber(const char* name, Setter set) {
    Number(name, [&](int64_t v) {
      if (v < std::numeric_limits<int32_t>::min() || v > std::numeric_limits<int32_t>::max()) {
        Complain(name, "is too large");
      } else {
        set(static_cast<int32_t>(v));
      }
    });
  }

  template <typename Setter>
  void Bool(const char* name, Setter set) {
    if (const json* value = Take(name)) {
      if (value->is_boolean()) {
        set(value->get<bool>());
      } else {
        Complain(name, "is neither true nor false");
      }
    }
  }

  template <typename Parse>
  void Object(const char* name, Parse parse) {
    if (const json* value = Take(name)) {
      if (!value->is_object()) {
        Complain(name, "is not an object");
        return;
      }
      Reader inner(*value, path_ + name + ".");
      parse(inner);
      if (absl::Status status = inner.Finish(); status_.ok()) status_ = std::move(status);
    }
  }

  // Read by a function of its own, which names the field itself.
  template <typename Read>
  void With(const char* name, Read read) {
    const json* value = Take(name);
    if (value == nullptr) return;
    if (absl::Status status = read(*value); status_.ok()) status_ = std::move(status);
  }

  void Complain(std::string_view name, std::string_view what) {
    if (status_.ok()) status_ = Bad(path_ + std::string(name), what);
  }

  absl::Status Finish() {
    for (const auto& [key, value] : object_.items()) {
      if (!taken_.contains(key)) Complain(key, "is no field that is known here");
    }
    return status_;
  }

 private:
  const json* Take(const char* name) {
    taken_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }

  const json& object_;
  const std::string path_;
  std::set<std::string, std::less<>> taken_;
  absl::Status status_;
};

void ReadChannel(Reader& reader, const char* name, std::string& text, common::v1::Channel& into) {
  reader.Text(name, &text);
  if (text.empty()) return;
  if (const auto channel = ChannelByName(text)) {
    into = *channel;
  } else {
    reader.Complain(name, fmt::format("'{}' is no channel", text));
  }
}

void ReadHandle(Reader& reader, identity::v1::Handle& into) {
  std::string text;
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  ReadChannel(reader, "channel", text, channel);
  into.set_channel(channel);
  reader.Text("account", into.mutable_account());
  reader.Text("handle", into.mutable_handle());
}

void ReadMoney(Reader& reader, common::v1::Money& into) {
  reader.Number("cents", [&](int64_t v) { into.set_cents(v); });
  reader.Text("currency", into.mutable_currency());
}

void ReadNotes(Reader& reader, PlayerNotes& notes) {
  reader.Number("at_ms", [&](int64_t v) { notes.at_ms = v; });
  reader.Text("tenant", &notes.tenant);
  reader.Text("story", &notes.story);
  reader.Text("expect_intent", &notes.expect_intent);
  reader.Text("lang", &notes.lang);
}

absl::StatusOr<json> ParseObject(std::string_view text) {
  json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return Bad("line", "is no valid JSON");
  if (!parsed.is_object()) return Bad("line", "is not a JSON object");
  return parsed;
}

void ReadCart(Reader& reader, profile::v1::Cart& cart) {
  reader.Text("cart_id", cart.mutable_cart_id());
  reader.Object("value", [&](Reader& inner) { ReadMoney(inner, *cart.mutable_value()); });
  reader.SmallNumber("items", [&](int32_t v) { cart.set_items(v); });
  reader.SmallNumber("payment_failures", [&](int32_t v) { cart.set_payment_failures(v); });
  reader.SmallNumber("form_errors", [&](int32_t v) { cart.set_form_errors(v); });
  reader.Number("seconds_on_site", [&](int64_t v) { cart.set_seconds_on_site(v); });
  std::string stage;
  reader.Text("stage", &stage);
  if (stage.empty()) return;
  profile::v1::CheckoutStage parsed;
  if (profile::v1::CheckoutStage_Parse("CHECKOUT_STAGE_" + absl::AsciiStrToUpper(stage), &parsed)) {
    cart.set_stage(parsed);
  } else {
    reader.Complain("stage", fmt::format("'{}' is none of cart, shipping, payment, done", stage));
  }
}

void ReadOrder(Reader& reader, profile::v1::Order& order) {
  reader.Text("order_id", order.mutable_order_id());
  reader.Object("value", [&](Reader& inner) { ReadMoney(inner, *order.mutable_value()); });
  reader.Text("status", order.mutable_status());
  reader.Text("product_category", order.mutable_product_category());
}

void ReadKind(Reader& reader, const std::string& kind, signals::v1::Signal& signal) {
  if (kind == "profile") {
    auto& profile = *signal.mutable_profile();
    reader.Text("tier", profile.mutable_tier());
    reader.Text("preferred_language", profile.mutable_preferred_language());
    reader.Object("lifetime_value",
                  [&](Reader& inner) { ReadMoney(inner, *profile.mutable_lifetime_value()); });
  } else if (kind == "cart") {
    ReadCart(reader, *signal.mutable_cart());
  } else if (kind == "payment_failed") {
    auto& failed = *signal.mutable_payment_failed();
    reader.Text("cart_id", failed.mutable_cart_id());
    reader.Text("reason", failed.mutable_reason());
    reader.Object("value", [&](Reader& inner) { ReadMoney(inner, *failed.mutable_value()); });
  } else if (kind == "order") {
    ReadOrder(reader, *signal.mutable_order());
  } else if (kind == "chargeback") {
    auto& chargeback = *signal.mutable_chargeback();
    reader.Text("order_id", chargeback.mutable_order_id());
    reader.Object("value", [&](Reader& inner) { ReadMoney(inner, *chargeback.mutable_value()); });
    reader.Bool("closed", [&](bool v) { chargeback.set_closed(v); });
  } else {
    reader.Complain(
        "kind",
        fmt::format("'{}' is none of profile, cart, payment_failed, order, chargeback", kind));
  }
}

}  // namespace

std::optional<common::v1::Channel> ChannelByName(std::string_view name) {
  common::v1::Channel channel;
  if (name == "unspecified" ||
      !common::v1::Channel_Parse("CHANNEL_" + absl::AsciiStrToUpper(std::string(name)), &channel)) {
    return std::nullopt;
  }
  return channel;
}

std::string ChannelName(common::v1::Channel channel) {
  const std::string& name = common::v1::Channel_Name(channel);
  return absl::AsciiStrToLower(name.substr(sizeof("CHANNEL_") - 1));
}

absl::StatusOr<PlayedMessage> ParseMessage(std::string_view text, base::TimePoint now) {
  ABSL_ASSIGN_OR_RETURN(const json object, ParseObject(text));
  PlayedMessage played;
  ingest::v1::NewMessage& message = played.message;
  Reader reader(object, "");
  ReadNotes(reader, played.notes);
  std::string channel_name;
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  ReadChannel(reader, "channel", channel_name, channel);
  message.set_channel(channel);
  reader.Text("account", message.mutable_account());
  reader.Text("handle", message.mutable_handle());
  reader.Text("provider_message_id", message.mutable_provider_message_id());
  reader.Text("text", message.mutable_text());
  reader.Text("subject", message.mutable_subject());
  reader.Text("locale", message.mutable_locale());
  reader.Text("order_id", message.mutable_order_id());
  reader.Text("traceparent", message.mutable_traceparent());
  reader.With("headers", [&](const json& headers) {
    return ReadHeaders(headers, *message.mutable_headers());
  });
  std::string visibility;
  reader.Text("visibility", &visibility);
  if (visibility == "public") {
    message.set_visibility(common::v1::VISIBILITY_PUBLIC);
  } else if (visibility == "private") {
    message.set_visibility(common::v1::VISIBILITY_PRIVATE);
  } else if (!visibility.empty()) {
    reader.Complain("visibility", fmt::format("'{}' is neither private nor public", visibility));
  }
  reader.Number("provider_time_unix_ms", [&](int64_t v) { message.set_provider_time_unix_ms(v); });
  reader.Number("not_before_unix_ms", [&](int64_t v) { message.set_not_before_unix_ms(v); });
  reader.Number("not_before_in_ms",
                [&](int64_t v) { message.set_not_before_unix_ms(base::ToUnixMillis(now) + v); });
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return played;
}

absl::StatusOr<PlayedSignal> ParseSignal(std::string_view text, base::TimePoint now) {
  ABSL_ASSIGN_OR_RETURN(const json object, ParseObject(text));
  PlayedSignal played;
  Reader reader(object, "");
  ReadNotes(reader, played.notes);
  reader.Text("signal_id", played.signal.mutable_signal_id());
  reader.Text("customer_id", played.signal.mutable_customer_id());
  reader.Object("handle",
                [&](Reader& inner) { ReadHandle(inner, *played.signal.mutable_handle()); });
  played.signal.set_occurred_unix_ms(base::ToUnixMillis(now));
  std::string kind;
  reader.Text("kind", &kind);
  ReadKind(reader, kind, *played.signal.mutable_signal());
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return played;
}

absl::StatusOr<PlayedLink> ParseLink(std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const json object, ParseObject(text));
  PlayedLink played;
  Reader reader(object, "");
  ReadNotes(reader, played.notes);
  reader.Text("customer_id", played.link.mutable_customer_id());
  reader.Object("handle", [&](Reader& inner) { ReadHandle(inner, *played.link.mutable_handle()); });
  reader.Object("same_customer_as",
                [&](Reader& inner) { ReadHandle(inner, *played.link.mutable_same_customer_as()); });
  ABSL_RETURN_IF_ERROR(reader.Finish());
  return played;
}

}  // namespace centralita::client
