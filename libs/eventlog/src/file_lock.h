// Keeps a second process, or a second log in this one, away from a file.
#pragma once

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace centralita::eventlog {

// Held until destroyed, and by the system no longer than the process lives.
class FileLock final {
 public:
  // Locks `path`.lock (locking the file itself would disturb SQLite's own locks).
  // FAILED_PRECONDITION if it is taken.
  static absl::StatusOr<FileLock> Acquire(const std::string& path);
  ~FileLock();
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) = delete;

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace centralita::eventlog
