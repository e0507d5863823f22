#include "centralita/classifier/rule_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <vector>

#include "centralita/base/file_bytes.h"
#include "centralita/base/sha256.h"
#include "centralita/base/uuid.h"

namespace centralita::classifier {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kMagic = "centralita rules 2\n";
constexpr size_t kChecksumBytes = 64;
constexpr std::string_view kEnding = ".rules";
constexpr std::string_view kDraft = ".draft";

// With its name, or a file that was copied would pass for another.
std::string HeadOf(const std::string& name) { return std::string(kMagic) + name + "\n"; }

}  // namespace

RuleFiles::RuleFiles(std::string folder, telemetry::Logger& logger)
    : folder_(std::move(folder)), logger_(logger) {}

std::string RuleFiles::PathOf(const std::string& name) const {
  return (fs::path(folder_) / (name + std::string(kEnding))).string();
}

std::optional<std::string> RuleFiles::Get(const std::string& name) {
  const std::string path = PathOf(name);
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  const auto file = base::FileBytes::Read(path, kMaxRuleFileBytes);
  if (!file.ok()) {
    logger_.Warning("rule_file_unreadable",
                    {{"error", file.status()}, {"consequence", "the rules are compiled again"}});
    return std::nullopt;
  }
  std::string_view rest(reinterpret_cast<const char*>((*file)->bytes().data()),
                        (*file)->bytes().size());
  const std::string head = HeadOf(name);
  const bool ours = rest.starts_with(head) && rest.size() >= head.size() + kChecksumBytes;
  if (ours) rest.remove_prefix(head.size());
  const std::string_view checksum = rest.substr(0, kChecksumBytes);
  if (ours) rest.remove_prefix(kChecksumBytes);
  if (!ours || base::Sha256Hex(rest) != checksum) {
    logger_.Warning("rule_file_damaged",
                    {{"path", path}, {"consequence", "the rules are compiled again"}});
    return std::nullopt;
  }
  // Now, so that RemoveOldest() goes by use; of a folder that is read-only nothing is removed
  // anyway.
  (void)utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
  return std::string(rest);
}

void RuleFiles::Put(const std::string& name, std::string_view bytes) {
  std::error_code error;
  fs::create_directories(folder_, error);
  const fs::path draft = fs::path(folder_) / (base::RandomUuid() + std::string(kDraft));
  std::ofstream file(draft, std::ios::binary);
  file << HeadOf(name) << base::Sha256Hex(bytes) << bytes;
  file.close();
  if (file) fs::rename(draft, PathOf(name), error);
  if (!file || error) {
    logger_.Warning("rule_file_not_kept",
                    {{"folder", folder_},
                     {"error", error ? error.message() : "it cannot be written"},
                     {"consequence", "the rules are compiled again at the next start"}});
    fs::remove(draft, error);
    return;
  }
  RemoveOldest();
}

void RuleFiles::RemoveOldest() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    const auto time = fs::last_write_time(at->path(), gone);
    // What a process that was killed had not finished.
    const bool left = at->path().extension() == kDraft &&
                      time < fs::file_time_type::clock::now() - std::chrono::hours(1);
    if (!gone && left) fs::remove(at->path(), gone);
    if (!gone && at->path().extension() == kEnding) files.emplace_back(time, at->path());
  }
  if (files.size() <= kMaxRuleFiles) return;
  std::sort(files.begin(), files.end());
  files.resize(files.size() - kMaxRuleFiles);
  for (const auto& [time, path] : files) fs::remove(path, error);
}

}  // namespace centralita::classifier
