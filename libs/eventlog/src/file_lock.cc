#include "file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "centralita/base/strings.h"

namespace centralita::eventlog {

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& path) {
  const std::string name = path + ".lock";
  FileLock lock(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lock.fd_ < 0) {
    return absl::UnavailableError(
        base::ToAbsl(fmt::format("cannot open {}: {}; its folder must exist and be writable", name,
                                 std::generic_category().message(errno))));
  }
  if (::flock(lock.fd_, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(base::ToAbsl(fmt::format(
        "{} is in use by another process; stop that one, or choose another file", path)));
  }
  return lock;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace centralita::eventlog
