#include "item.h"

#include <utility>

namespace centralita::ingest {

Remedy RemedyOf(std::string_view error_code) {
  if (error_code == code::kTooLarge) return Remedy::kShrink;
  if (error_code == code::kRateLimited) return Remedy::kSlowDown;
  for (const std::string_view retry : {code::kIdentityLoading, code::kStoreUnavailable,
                                       code::kLogUnavailable, code::kLogBusy, code::kDraining}) {
    if (error_code == retry) return Remedy::kRetry;
  }
  return Remedy::kFix;
}

ItemError MakeError(std::string_view error_code, std::string_view field, std::string message) {
  ItemError error;
  error.set_code(std::string(error_code));
  error.set_field(std::string(field));
  error.set_message(std::move(message));
  return error;
}

}  // namespace centralita::ingest
