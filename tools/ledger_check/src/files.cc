#include "files.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "block_format.h"

namespace centralita::ledger {
namespace {

// No record of ours comes near; a longer one is damage.
constexpr uint32_t kMaxBlockBytes = 64u << 20;

absl::Status Damaged(const std::filesystem::path& path, uint64_t number, std::string_view what) {
  return absl::DataLossError(
      fmt::format("{}, record {}: {}; the ledger cannot be judged.", path.string(), number, what));
}

std::string CutShort(const std::filesystem::path& path, uint64_t number) {
  return fmt::format("{}: the last record ({}) is cut short and was left out",
                     path.filename().string(), number);
}

}  // namespace

absl::StatusOr<std::vector<std::filesystem::path>> FilesOf(const std::filesystem::path& folder,
                                                           std::string_view stem,
                                                           std::string_view ending) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(fmt::format("{}.", stem)) && name.ends_with(fmt::format(".{}", ending))) {
      files.push_back(entry->path());
    }
  }
  if (error) {
    return absl::NotFoundError(
        fmt::format("Cannot read the ledger's folder {}: {}.", folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

absl::StatusOr<std::string> ReadLines(const std::filesystem::path& path, const LineReader& read) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(fmt::format("Cannot open {}.", path.string()));
  std::string text;
  for (uint64_t number = 1; std::getline(in, text); ++number) {
    // getline met the end before a newline: the writer died, even if what is there happens to
    // parse.
    if (in.eof()) return CutShort(path, number);
    if (text.empty()) continue;
    const auto line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object()) return Damaged(path, number, "not a JSON object");
    if (auto status = read(line, number); !status.ok()) {
      return Damaged(path, number, std::string(status.message()));
    }
  }
  if (in.bad())
    return absl::DataLossError(fmt::format("Cannot read {} to its end.", path.string()));
  return std::string();
}

absl::StatusOr<std::string> ReadBlocks(const std::filesystem::path& path, const BlockReader& read) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(fmt::format("Cannot open {}.", path.string()));
  std::string block;
  for (uint64_t number = 1;; ++number) {
    char head[4];
    in.read(head, sizeof(head));
    if (in.bad()) break;
    if (in.gcount() == 0) return std::string();
    if (in.gcount() < 4) return CutShort(path, number);
    const auto size = GetFixed<uint32_t>(std::string_view(head, sizeof(head)));
    if (size > kMaxBlockBytes) return Damaged(path, number, fmt::format("{} bytes long", size));
    block.resize(size);
    in.read(block.data(), size);
    if (in.bad()) break;
    if (static_cast<uint32_t>(in.gcount()) < size) return CutShort(path, number);
    if (auto status = read(block, number); !status.ok()) {
      return Damaged(path, number, std::string(status.message()));
    }
  }
  return absl::DataLossError(fmt::format("Cannot read {} to its end.", path.string()));
}

std::string StringOf(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int64_t IntOf(const nlohmann::json& line, const char* key, int64_t absent) {
  const auto found = line.find(key);
  return found != line.end() && found->is_number_integer() ? found->get<int64_t>() : absent;
}

uint64_t UintOf(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

bool BoolOf(const nlohmann::json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> StringsOf(const nlohmann::json& line, const char* key) {
  std::vector<std::string> strings;
  const auto found = line.find(key);
  if (found == line.end() || !found->is_array()) return strings;
  for (const auto& item : *found) {
    if (item.is_string()) strings.push_back(item.get<std::string>());
  }
  return strings;
}

}  // namespace centralita::ledger
