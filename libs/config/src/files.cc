#include "centralita/config/files.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::config {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 20;

absl::Status CannotRead(const std::string& path, int error) {
  const absl::StatusCode code = error == ENOENT   ? absl::StatusCode::kNotFound
                                : error == EACCES ? absl::StatusCode::kPermissionDenied
                                                  : absl::StatusCode::kInvalidArgument;
  return base::Error(code, "cannot_read_file",
                     fmt::format("cannot read {}: {}", path, std::strerror(error)));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return CannotRead(path, EISDIR);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return CannotRead(path, errno);
  std::string content;
  char buffer[1 << 16];
  while (const size_t n = std::fread(buffer, 1, sizeof buffer, file.get())) {
    content.append(buffer, n);
    if (content.size() > kMaxBytes) return CannotRead(path, EFBIG);
  }
  if (std::ferror(file.get()) != 0) return CannotRead(path, EIO);
  return content;
}

absl::StatusOr<std::string> ReadSecretFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(std::string content, ReadFile(path));
  while (content.ends_with('\n') || content.ends_with('\r')) content.pop_back();
  if (content.empty()) {
    return base::Error(absl::StatusCode::kInvalidArgument, "empty_secret_file",
                       fmt::format("{} is empty; write the secret into it", path));
  }
  return content;
}

}  // namespace centralita::config
