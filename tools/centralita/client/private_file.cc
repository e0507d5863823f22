#include "client/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "centralita/base/error.h"

namespace centralita::client {
namespace {

std::string DraftOf(const std::string& path) { return path + ".draft"; }

absl::Status CannotWrite(const std::string& path, std::string_view what) {
  return base::Error(absl::StatusCode::kFailedPrecondition, "file_unusable",
                     fmt::format("{} cannot be written: {}.", path, what));
}

std::string LastError() { return std::generic_category().message(errno); }

}  // namespace

PrivateFile::PrivateFile(std::string path, int descriptor)
    : path_(std::move(path)), draft_(DraftOf(path_)), descriptor_(descriptor) {}

absl::StatusOr<std::unique_ptr<PrivateFile>> PrivateFile::Create(const std::string& path) {
  const std::string draft = DraftOf(path);
  // Left behind by one that was killed. Whoever may put a link here is not followed.
  ::unlink(draft.c_str());
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return CannotWrite(path, LastError());
  return std::unique_ptr<PrivateFile>(new PrivateFile(path, descriptor));
}

PrivateFile::~PrivateFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(draft_.c_str());
}

absl::Status PrivateFile::Unusable(std::string_view what) const { return CannotWrite(path_, what); }

absl::Status PrivateFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Unusable(LastError());
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status PrivateFile::Finish() {
  if (::fsync(descriptor_) != 0) return Unusable(LastError());
  if (std::rename(draft_.c_str(), path_.c_str()) != 0) return Unusable(LastError());
  ::close(descriptor_);
  descriptor_ = -1;
  return absl::OkStatus();
}

}  // namespace centralita::client
