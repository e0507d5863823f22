#include "client/classify_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "client/headers_json.h"
#include "client/message_json.h"

namespace centralita::client {
namespace {

using nlohmann::json;

absl::Status Bad(std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_json", what);
}

absl::Status ReadText(const json& object, const char* name, std::string& into) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return absl::OkStatus();
  if (!found->is_string()) return Bad(fmt::format("{}: is not a string", name));
  into = found->get<std::string>();
  return absl::OkStatus();
}

absl::Status ReadNames(const json& object, TextToClassify& line) {
  std::string channel;
  ABSL_RETURN_IF_ERROR(ReadText(object, "channel", channel));
  if (!channel.empty()) {
    const auto known = ChannelByName(channel);
    if (!known) return Bad(fmt::format("channel: '{}' is no channel", channel));
    line.channel = *known;
  }
  std::string visibility;
  ABSL_RETURN_IF_ERROR(ReadText(object, "visibility", visibility));
  if (visibility == "public") {
    line.visibility = common::v1::VISIBILITY_PUBLIC;
  } else if (visibility == "private") {
    line.visibility = common::v1::VISIBILITY_PRIVATE;
  } else if (!visibility.empty()) {
    return Bad(fmt::format("visibility: '{}' is neither private nor public", visibility));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TextToClassify> ParseTextToClassify(std::string_view text) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (object.is_discarded()) return Bad("line: is no valid JSON");
  if (!object.is_object()) return Bad("line: is not a JSON object");
  TextToClassify line;
  std::string customer;
  ABSL_RETURN_IF_ERROR(ReadText(object, "text", line.text));
  ABSL_RETURN_IF_ERROR(ReadText(object, "subject", line.subject));
  ABSL_RETURN_IF_ERROR(ReadText(object, "locale", line.locale));
  ABSL_RETURN_IF_ERROR(ReadText(object, "tenant", line.tenant));
  ABSL_RETURN_IF_ERROR(ReadText(object, "order_id", line.order_id));
  // Says nothing where there is no store, but belongs to a message.
  ABSL_RETURN_IF_ERROR(ReadText(object, "customer", customer));
  ABSL_RETURN_IF_ERROR(ReadNames(object, line));
  const auto headers = object.find("headers");
  if (headers != object.end() && !headers->is_null()) {
    ABSL_RETURN_IF_ERROR(ReadHeaders(*headers, line.headers));
  }
  if (line.text.empty() && line.subject.empty()) {
    return base::Error(absl::StatusCode::kInvalidArgument, "no_text",
                       "text: is empty or missing, and so is the subject");
  }
  if (line.text.size() + line.subject.size() > kMaxClassifyBytes) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "text_too_long",
        fmt::format("text: has more than {} bytes with the subject", kMaxClassifyBytes));
  }
  return line;
}

}  // namespace centralita::client
