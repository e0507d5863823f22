#include "headers.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "centralita/base/strings.h"

namespace centralita::ingest {
namespace {

using message::v1::Header;

constexpr int kMaxKept = 32;
constexpr size_t kMaxValueBytes = 256;
constexpr std::string_view kReturnPath = "return-path";
constexpr std::string_view kTelling[] = {
    "auto-submitted", "precedence",    "x-auto-response-suppress",
    "x-autoreply",    "x-autorespond", "list-id",
    kReturnPath,      "content-type",
};

void Clean(std::string& value) {
  std::replace_if(
      value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  absl::StripAsciiWhitespace(&value);
  if (value.size() <= kMaxValueBytes) return;
  size_t end = kMaxValueBytes;
  // Not in the middle of a character.
  while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  value.resize(end);
}

bool IsTelling(Header& header) {
  const auto named = [&](std::string_view name) {
    return absl::EqualsIgnoreCase(header.name(), base::ToAbsl(name));
  };
  if (std::none_of(std::begin(kTelling), std::end(kTelling), named)) return false;
  Clean(*header.mutable_value());
  return !named(kReturnPath) || header.value() == "<>";
}

}  // namespace

void KeepTellingHeaders(google::protobuf::RepeatedPtrField<Header>& headers) {
  int kept = 0;
  for (int i = 0; i < headers.size() && kept < kMaxKept; ++i) {
    if (!IsTelling(headers[i])) continue;
    headers.SwapElements(kept++, i);
  }
  headers.DeleteSubrange(kept, headers.size() - kept);
}

}  // namespace centralita::ingest
