// A temporary folder with files in it, gone at the end of its life.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/contract/temp_folder.h"

namespace centralita::corpus {

class Folder final {
 public:
  const std::string& path() const { return folder_.path(); }
  void Write(const std::string& name, const std::string& content) const {
    const std::filesystem::path file = folder_.File(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }

 private:
  contract::TempFolder folder_;
};

}  // namespace centralita::corpus
