// Reads a ledger's files. A last record cut short (a crash) is left out and told; damage before it
// is an error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace centralita::ledger {

// "<stem>*.<ending>" in the folder, sorted by name.
absl::StatusOr<std::vector<std::filesystem::path>> FilesOf(const std::filesystem::path& folder,
                                                           std::string_view stem,
                                                           std::string_view ending);

using LineReader = std::function<absl::Status(const nlohmann::json& line, uint64_t number)>;
using BlockReader = std::function<absl::Status(std::string_view block, uint64_t number)>;

// Returns a sentence about a record cut short at the end, or nothing.
absl::StatusOr<std::string> ReadLines(const std::filesystem::path& path, const LineReader& read);
absl::StatusOr<std::string> ReadBlocks(const std::filesystem::path& path, const BlockReader& read);

// A field, or its zero if it is absent or of another type.
std::string StringOf(const nlohmann::json& line, const char* key);
int64_t IntOf(const nlohmann::json& line, const char* key, int64_t absent = 0);
uint64_t UintOf(const nlohmann::json& line, const char* key);
bool BoolOf(const nlohmann::json& line, const char* key);
// The strings of an array.
std::vector<std::string> StringsOf(const nlohmann::json& line, const char* key);

}  // namespace centralita::ledger
