#include "centralita/base/file_bytes.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "centralita/base/error.h"

namespace centralita::base {
namespace {

absl::Status Failed(const std::string& path, int error) {
  absl::StatusCode code = absl::StatusCode::kInternal;
  if (error == ENOENT || error == ENOTDIR || error == EISDIR) code = absl::StatusCode::kNotFound;
  if (error == EACCES) code = absl::StatusCode::kPermissionDenied;
  return Error(code, "unreadable_file",
               fmt::format("{} cannot be read: {}", path,
                           std::error_code(error, std::system_category()).message()));
}

// Closes when it goes.
class Descriptor {
 public:
  explicit Descriptor(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

}  // namespace

// One line more than is needed, so that there is always one.
FileBytes::FileBytes(size_t size)
    : lines_(std::make_unique_for_overwrite<Line[]>(size / kAlignment + 1)), size_(size) {}

absl::StatusOr<std::shared_ptr<const FileBytes>> FileBytes::Read(const std::string& path,
                                                                 size_t limit) {
  const Descriptor file(path);
  if (file.get() < 0) return Failed(path, errno);
  struct stat about = {};
  if (fstat(file.get(), &about) != 0) return Failed(path, errno);
  if (!S_ISREG(about.st_mode)) return Failed(path, EISDIR);
  const auto size = static_cast<size_t>(about.st_size);
  if (size > limit) {
    return Error(absl::StatusCode::kInvalidArgument, "unreadable_file",
                 fmt::format("{} has {} bytes; at most {} can be used", path, size, limit));
  }
  std::shared_ptr<FileBytes> whole(new FileBytes(size));
  std::byte* const to = whole->lines_[0].bytes;
  size_t done = 0;
  while (done < size) {
    const ssize_t got = read(file.get(), to + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(path, errno);
    // Cut short since it was looked at.
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  whole->size_ = done;
  return std::shared_ptr<const FileBytes>(std::move(whole));
}

}  // namespace centralita::base
