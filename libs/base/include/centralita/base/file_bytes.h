// A whole file, read into memory of its own: what is done to the file afterwards changes nothing.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace centralita::base {

// Immutable and thread-safe.
class FileBytes final {
 public:
  // The bytes begin at a multiple of it: a line of the processor's cache.
  static constexpr size_t kAlignment = 64;

  // INVALID_ARGUMENT if the file has more than `limit` bytes; NOT_FOUND, PERMISSION_DENIED or
  // INTERNAL with the system's words. All name the path. A file that is being written while it is
  // read may come out torn: its reader needs a checksum.
  static absl::StatusOr<std::shared_ptr<const FileBytes>> Read(const std::string& path,
                                                               size_t limit);

  std::span<const std::byte> bytes() const { return {lines_.get()->bytes, size_}; }

 private:
  struct alignas(kAlignment) Line {
    std::byte bytes[kAlignment];
  };

  explicit FileBytes(size_t size);

  std::unique_ptr<Line[]> lines_;
  size_t size_;
};

}  // namespace centralita::base
