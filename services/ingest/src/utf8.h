// Where text is no UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace centralita::ingest {

// Offset of the first byte that begins no well-formed sequence; nullopt if all is well. Overlong
// forms and surrogates are not well-formed.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

// The path of a string field ("handle", "attachments.url") in the wire bytes of a message whose
// value is no UTF-8; nullopt if there is none or the bytes are no such message.
std::optional<std::string> FindInvalidUtf8Field(const google::protobuf::Descriptor& type,
                                                std::string_view bytes);

}  // namespace centralita::ingest
