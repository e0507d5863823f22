#include "centralita/base/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
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

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  const Descriptor file(path);
  if (file.get() < 0) return Failed(path, errno);
  struct stat about = {};
  if (fstat(file.get(), &about) != 0) return Failed(path, errno);
  if (!S_ISREG(about.st_mode)) return Failed(path, EISDIR);
  const auto size = static_cast<size_t>(about.st_size);
  // There is no empty mapping.
  if (size == 0) return std::shared_ptr<const MappedFile>(new MappedFile({}));
  void* at = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return Failed(path, errno);
  return std::shared_ptr<const MappedFile>(
      new MappedFile({static_cast<const std::byte*>(at), size}));
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace centralita::base
