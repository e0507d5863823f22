// The origin of a record: field 1 of every value, read and written without touching the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace centralita::stage {

struct SourceId {
  uint32_t stage = 0;
  uint32_t log_epoch = 0;
  uint32_t partition = 0;
  uint64_t offset = 0;
  uint32_t index = 0;
};

// Views live as long as the value that was read.
struct Origin {
  enum class Kind { kNone, kSource, kClient, kReplay, kDamaged };
  Kind kind = Kind::kNone;
  SourceId source;               // kSource
  std::string_view incarnation;  // kClient
  uint64_t sequence = 0;         // kClient; kReplay: the index
  uint64_t replay = 0;           // kReplay
};

// kNone if the value does not begin with its field 1; C++ writes fields in the order of their
// numbers.
Origin ReadOrigin(std::string_view value);

inline constexpr size_t kMaxSourceBytes = 40;

// The bytes of field 1 with that source, as protobuf writes them. `out` has room for
// kMaxSourceBytes; returns the end of what was written.
uint8_t* WriteSource(const SourceId& source, uint8_t* out);

}  // namespace centralita::stage
