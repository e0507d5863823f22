#include "origin.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "centralita/common/v1/common.pb.h"

namespace centralita::stage {
namespace {

// Field 1, length-delimited.
constexpr char kTag = '\x0a';

}  // namespace

Origin ReadOrigin(std::string_view value) {
  Origin origin;
  if (value.empty() || value.front() != kTag) return origin;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(value.data()) + 1,
                                            static_cast<int>(value.size()) - 1);
  uint32_t size = 0;
  common::v1::Origin parsed;
  origin.kind = Origin::Kind::kDamaged;
  if (!in.ReadVarint32(&size)) return origin;
  const size_t begin = 1 + static_cast<size_t>(in.CurrentPosition());
  if (size > value.size() - begin) return origin;
  if (!parsed.ParseFromArray(value.data() + begin, static_cast<int>(size))) return origin;
  switch (parsed.kind_case()) {
    case common::v1::Origin::kSource:
      origin.kind = Origin::Kind::kSource;
      origin.source = {.stage = static_cast<uint32_t>(parsed.source().stage()),
                       .log_epoch = parsed.source().log_epoch(),
                       .partition = parsed.source().partition(),
                       .offset = parsed.source().offset(),
                       .index = parsed.source().index()};
      break;
    case common::v1::Origin::kClient:
      origin.kind = Origin::Kind::kClient;
      origin.incarnation = parsed.client().incarnation();
      origin.sequence = parsed.client().sequence();
      break;
    case common::v1::Origin::kReplay: origin.kind = Origin::Kind::kReplay; break;
    case common::v1::Origin::KIND_NOT_SET: origin.kind = Origin::Kind::kNone; break;
  }
  return origin;
}

std::string WithSource(const SourceId& source, const google::protobuf::MessageLite& value) {
  common::v1::Origin origin;
  common::v1::Source& out = *origin.mutable_source();
  out.set_stage(static_cast<common::v1::Stage>(source.stage));
  out.set_log_epoch(source.log_epoch);
  out.set_partition(source.partition);
  out.set_offset(source.offset);
  out.set_index(source.index);
  const size_t origin_size = origin.ByteSizeLong();
  std::string bytes;
  bytes.reserve(2 + origin_size + value.ByteSizeLong());
  bytes.push_back(kTag);
  // An origin with a source is shorter than 128 bytes: its length is one byte.
  bytes.push_back(static_cast<char>(origin_size));
  origin.AppendToString(&bytes);
  value.AppendPartialToString(&bytes);
  return bytes;
}

}  // namespace centralita::stage
