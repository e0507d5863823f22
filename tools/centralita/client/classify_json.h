// One line of JSON -> what `centralita classify` is to look at.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/common/v1/common.pb.h"
#include "centralita/message/v1/message.pb.h"

namespace centralita::client {

struct TextToClassify {
  std::string text;
  std::string subject;
  std::string locale;
  std::string tenant;
  std::string order_id;
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  common::v1::Visibility visibility = common::v1::VISIBILITY_UNSPECIFIED;
  google::protobuf::RepeatedPtrField<message::v1::Header> headers;
};

// The most bytes of text and subject together; as ingest and gRPC's Classify take them.
inline constexpr size_t kMaxClassifyBytes = 256 << 10;

// Fields: text or subject; optional channel, locale, tenant, customer, order_id, visibility,
// headers. Fields that are not known are for whoever wrote them: rows of a corpus have labels.
// `headers`: see headers_json.h. INVALID_ARGUMENT ("bad_json", "no_text", "text_too_long") with the
// field at fault.
absl::StatusOr<TextToClassify> ParseTextToClassify(std::string_view json);

}  // namespace centralita::client
