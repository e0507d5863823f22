// A file for what only its owner may read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace centralita::client {

// Under its name, with mode 0600, only once it is whole; until then, and after anything that goes
// wrong, there is what was there before. Not thread-safe.
class PrivateFile final {
 public:
  // FAILED_PRECONDITION ("file_unusable") if it cannot be made.
  static absl::StatusOr<std::unique_ptr<PrivateFile>> Create(const std::string& path);
  // Without Finish() nothing stays.
  ~PrivateFile();
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;

  absl::Status Write(std::string_view bytes);
  // Durable when it returns. Once, and last.
  absl::Status Finish();

 private:
  PrivateFile(std::string path, int descriptor);
  absl::Status Unusable(std::string_view what) const;

  const std::string path_;
  const std::string draft_;
  int descriptor_;
};

}  // namespace centralita::client
