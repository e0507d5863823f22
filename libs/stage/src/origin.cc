#include "origin.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace centralita::stage {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

// Field 1, length-delimited: the origin in a value, and the source in an origin.
constexpr uint8_t kFirstFieldTag = 0x0a;

CodedInputStream Open(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

// The fields of one message, number by number: `varint` and `bytes` take those of their kind.
template <typename OnVarint, typename OnBytes>
bool ReadFields(std::string_view message, const OnVarint& on_varint, const OnBytes& on_bytes) {
  CodedInputStream in = Open(message);
  while (const uint32_t tag = in.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    const auto type = WireFormatLite::GetTagWireType(tag);
    if (type == WireFormatLite::WIRETYPE_VARINT) {
      uint64_t value = 0;
      if (!in.ReadVarint64(&value)) return false;
      on_varint(field, value);
    } else if (type == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      uint32_t size = 0;
      if (!in.ReadVarint32(&size)) return false;
      const auto begin = static_cast<size_t>(in.CurrentPosition());
      if (size > message.size() - begin || !in.Skip(static_cast<int>(size))) return false;
      on_bytes(field, message.substr(begin, size));
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return false;
    }
  }
  return in.ConsumedEntireMessage();
}

bool ReadSource(std::string_view bytes, SourceId& source) {
  return ReadFields(
      bytes,
      [&](int field, uint64_t value) {
        if (field == 1) source.stage = static_cast<uint32_t>(value);
        if (field == 2) source.log_epoch = static_cast<uint32_t>(value);
        if (field == 3) source.partition = static_cast<uint32_t>(value);
        if (field == 4) source.offset = value;
        if (field == 5) source.index = static_cast<uint32_t>(value);
      },
      [](int, std::string_view) {});
}

bool ReadClient(std::string_view bytes, Origin& origin) {
  return ReadFields(
      bytes,
      [&](int field, uint64_t value) { origin.sequence = field == 2 ? value : origin.sequence; },
      [&](int field, std::string_view value) {
        if (field == 1) origin.incarnation = value;
      });
}

bool ReadReplay(std::string_view bytes, Origin& origin) {
  return ReadFields(
      bytes,
      [&](int field, uint64_t value) {
        if (field == 1) origin.replay = value;
        if (field == 2) origin.sequence = value;
      },
      [](int, std::string_view) {});
}

bool ReadOriginMessage(std::string_view message, Origin& origin) {
  bool whole = true;
  const bool read = ReadFields(
      message, [](int, uint64_t) {},
      [&](int field, std::string_view bytes) {
        if (field == 1) {
          origin.kind = Origin::Kind::kSource;
          whole &= ReadSource(bytes, origin.source);
        } else if (field == 2) {
          origin.kind = Origin::Kind::kClient;
          whole &= ReadClient(bytes, origin);
        } else if (field == 3) {
          origin.kind = Origin::Kind::kReplay;
          whole &= ReadReplay(bytes, origin);
        }
      });
  return read && whole;
}

uint8_t* WriteField(int field, uint64_t value, uint8_t* out) {
  if (value == 0) return out;
  *out++ = static_cast<uint8_t>(field << 3);
  return CodedOutputStream::WriteVarint64ToArray(value, out);
}

}  // namespace

Origin ReadOrigin(std::string_view value) {
  Origin origin;
  if (value.empty() || static_cast<uint8_t>(value.front()) != kFirstFieldTag) return origin;
  CodedInputStream in = Open(value.substr(1));
  uint32_t size = 0;
  const bool has_size = in.ReadVarint32(&size);
  const size_t begin = 1 + static_cast<size_t>(in.CurrentPosition());
  if (!has_size || size > value.size() - begin ||
      !ReadOriginMessage(value.substr(begin, size), origin)) {
    origin.kind = Origin::Kind::kDamaged;
  }
  return origin;
}

uint8_t* WriteSource(const SourceId& source, uint8_t* out) {
  uint8_t* const begin = out;
  // Both messages are shorter than 128 bytes: a length is one byte.
  out += 4;
  out = WriteField(1, source.stage, out);
  out = WriteField(2, source.log_epoch, out);
  out = WriteField(3, source.partition, out);
  out = WriteField(4, source.offset, out);
  out = WriteField(5, source.index, out);
  const auto size = static_cast<uint8_t>(out - begin - 4);
  begin[0] = kFirstFieldTag;
  begin[1] = size + 2;
  begin[2] = kFirstFieldTag;
  begin[3] = size;
  return out;
}

}  // namespace centralita::stage
