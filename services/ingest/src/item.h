// One item of a request on its way: what was sent, or why it is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "centralita/ingest/v1/ingest.pb.h"

namespace centralita::ingest {

using common::v1::ItemError;
using v1::ItemResult;
using v1::NewMessage;
using v1::NewSignal;

template <typename T>
struct Item {
  T value;
  std::optional<ItemError> error;
};

using MessageItems = std::vector<Item<NewMessage>>;
using SignalItems = std::vector<Item<NewSignal>>;

// Called once, on any thread; must not block.
using Done = absl::AnyInvocable<void(std::vector<ItemResult>)>;

// Codes of refused items; documented in README.md and docs/guarantees.md.
namespace code {
inline constexpr std::string_view kInvalidUtf8 = "invalid_utf8";
inline constexpr std::string_view kInvalidJson = "invalid_json";
inline constexpr std::string_view kUndecodable = "undecodable";
inline constexpr std::string_view kUnknownField = "unknown_field";
inline constexpr std::string_view kWrongType = "wrong_type";
inline constexpr std::string_view kInvalidValue = "invalid_value";
inline constexpr std::string_view kMissingField = "missing_field";
inline constexpr std::string_view kBadTimestamp = "bad_timestamp";
inline constexpr std::string_view kTooLarge = "too_large";
inline constexpr std::string_view kFieldTooLong = "field_too_long";
inline constexpr std::string_view kRateLimited = "rate_limited";
inline constexpr std::string_view kIdentityLoading = "identity_loading";
inline constexpr std::string_view kStoreUnavailable = "store_unavailable";
inline constexpr std::string_view kLogUnavailable = "log_unavailable";
inline constexpr std::string_view kLogBusy = "log_busy";
inline constexpr std::string_view kDraining = "draining";
}  // namespace code

// What the sender can do about it.
enum class Remedy {
  // Correct the item.
  kFix,
  // Send less in one item.
  kShrink,
  // Send it again, more slowly.
  kSlowDown,
  // Send it again.
  kRetry,
};

Remedy RemedyOf(std::string_view code);

ItemError MakeError(std::string_view code, std::string_view field, std::string message);

}  // namespace centralita::ingest
