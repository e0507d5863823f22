// JSON to one of our protobuf messages, strictly.
//
// Names are the fields' snake_case names; enum values are written short and in lower case
// ("whatsapp"). A field of times (`*_unix_ms`) takes whole milliseconds or an RFC 3339 string, also
// under its name without `_unix_ms`. Null is as if the field were not there. Unknown names and
// wrong types are errors with the field's path.
#pragma once

#include <optional>
#include <string_view>

#include "item.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace centralita::ingest {

// What is wrong, or nullopt and `out` is filled. One object.
std::optional<ItemError> ReadJson(std::string_view text, google::protobuf::Message& out);

}  // namespace centralita::ingest
