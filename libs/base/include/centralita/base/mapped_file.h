// A whole file as read-only memory, brought in by the system page by page.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "absl/status/statusor.h"

namespace centralita::base {

// Immutable and thread-safe. Whoever replaces the file must write a new one and rename it: what is
// written into a mapped file changes what is seen here, and cutting it short ends this process.
class MappedFile final {
 public:
  // NOT_FOUND, PERMISSION_DENIED or INTERNAL with the system's words and the path.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  const std::span<const std::byte> bytes_;
};

}  // namespace centralita::base
