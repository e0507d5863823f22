#include "utf8.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace centralita::ingest {
namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

// Length of the well-formed sequence at the beginning of `text` (which is not empty), or 0.
size_t SequenceLength(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (text.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool beyond = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

}  // namespace

std::optional<size_t> FindInvalidUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t length = SequenceLength(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

std::optional<std::string> FindInvalidUtf8Field(const pb::Descriptor& type,
                                                std::string_view bytes) {
  pb::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                              static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    const pb::FieldDescriptor* field = type.FindFieldByNumber(Wire::GetTagFieldNumber(tag));
    if (field == nullptr || Wire::GetTagWireType(tag) != Wire::WIRETYPE_LENGTH_DELIMITED) {
      if (!Wire::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    uint32_t size = 0;
    std::string value;
    if (!in.ReadVarint32(&size) || !in.ReadString(&value, static_cast<int>(size)))
      return std::nullopt;
    if (field->type() == pb::FieldDescriptor::TYPE_STRING && FindInvalidUtf8(value))
      return field->name();
    if (field->type() == pb::FieldDescriptor::TYPE_MESSAGE) {
      if (auto inner = FindInvalidUtf8Field(*field->message_type(), value))
        return field->name() + "." + *inner;
    }
  }
  return std::nullopt;
}

}  // namespace centralita::ingest
