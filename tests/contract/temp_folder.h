// A folder of its own for a test, deleted at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace centralita::contract {

class TempFolder final {
 public:
  TempFolder() : path_((std::filesystem::temp_directory_path() / "centralita-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace centralita::contract
