// The origin of a record: field 1 of every value, read and written without touching the rest.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace centralita::stage {

struct SourceId {
  uint32_t stage = 0;
  uint32_t log_epoch = 0;
  uint32_t partition = 0;
  uint64_t offset = 0;
  uint32_t index = 0;
};

struct Origin {
  enum class Kind { kNone, kSource, kClient, kReplay, kDamaged };
  Kind kind = Kind::kNone;
  SourceId source;           // kSource
  std::string incarnation;   // kClient
  uint64_t sequence = 0;     // kClient
};

// kNone if the value does not begin with its field 1; C++ writes fields in the order of their numbers.
Origin ReadOrigin(std::string_view value);

// `value` with that source in front.
std::string WithSource(const SourceId& source, const google::protobuf::MessageLite& value);

}  // namespace centralita::stage
