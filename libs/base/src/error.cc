#include "centralita/base/error.h"

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "centralita/base/strings.h"

namespace centralita::base {
namespace {
constexpr std::string_view kReasonUrl = "centralita/reason";
}  // namespace

absl::Status Error(absl::StatusCode code, std::string_view reason, std::string_view message) {
  absl::Status status(code, ToAbsl(message));
  status.SetPayload(ToAbsl(kReasonUrl), absl::Cord(ToAbsl(reason)));
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  if (auto reason = status.GetPayload(ToAbsl(kReasonUrl))) return std::string(*reason);
  return absl::AsciiStrToLower(absl::StatusCodeToString(status.code()));
}

}  // namespace centralita::base
