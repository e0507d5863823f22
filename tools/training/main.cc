// centralita-train ROWS CONCEPTS MODEL REPORT CACHE: the default model, while building.
//
// A model is kept in the folder CACHE under the hash of what it is made of, this program included,
// so that a fresh build folder does not train what another has trained. The oldest go.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "centralita/base/sha256.h"
#include "training/concepts_file.h"
#include "training/training.h"

namespace centralita::training {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> Read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Whole or not at all: two builds may make the same.
bool Write(const fs::path& path, const std::string& bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  const fs::path draft = fmt::format("{}.{}", path.string(), static_cast<int>(getpid()));
  {
    std::ofstream file(draft, std::ios::binary);
    file << bytes;
    if (!file.flush()) return false;
  }
  fs::rename(draft, path, error);
  return !error;
}

// Two files each; 8 MiB.
constexpr size_t kModelsKept = 8;

void Prune(const fs::path& cache) {
  std::error_code error;
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  for (const auto& entry : fs::directory_iterator(cache, error)) {
    files.emplace_back(entry.last_write_time(error), entry.path());
  }
  std::sort(files.rbegin(), files.rend());
  for (size_t i = 2 * kModelsKept; i < files.size(); ++i) fs::remove(files[i].second, error);
}

int Fail(const std::string& what) {
  fmt::print(stderr, "centralita-train: {}\n", what);
  return 1;
}

int Run(const fs::path& rows_path, const fs::path& concepts_path, const fs::path& model,
        const fs::path& report, const fs::path& cache) {
  const auto bytes = Read(rows_path);
  const auto program = Read("/proc/self/exe");
  if (!bytes || !program) return Fail(fmt::format("{} cannot be read", rows_path.string()));
  const auto concepts = ReadConcepts(concepts_path.string());
  if (!concepts.ok()) return Fail(std::string(concepts.status().message()));
  const std::string name = base::Sha256Hex(
      base::Sha256Hex(*bytes) + base::Sha256Hex(concepts->text()) + base::Sha256Hex(*program));
  const fs::path kept = cache / (name.substr(0, 32) + ".bin");
  const fs::path kept_report = cache / (name.substr(0, 32) + ".txt");
  auto file = Read(kept);
  auto said = Read(kept_report);
  if (!file || !said) {
    const auto rows = ReadRows(rows_path.string());
    if (!rows.ok()) return Fail(std::string(rows.status().message()));
    TrainingOptions options;
    options.concepts = *concepts;
    options.tried = 1;
    const auto trained = TrainModel(*rows, options, [](std::string_view line) {
      fmt::print("default model: {}\n", line);
      std::fflush(stdout);
    });
    if (!trained.ok()) return Fail(std::string(trained.status().message()));
    file = trained->file;
    said = trained->report;
    // A cache that cannot be written costs time, nothing else.
    if (!Write(kept_report, *said) || !Write(kept, *file)) {
      fmt::print(stderr, "centralita-train: {} cannot be written\n", cache.string());
    }
    Prune(cache);
  }
  if (!Write(report, *said) || !Write(model, *file)) {
    return Fail(fmt::format("{} cannot be written", model.string()));
  }
  return 0;
}

}  // namespace
}  // namespace centralita::training

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: centralita-train ROWS CONCEPTS MODEL REPORT CACHE\n");
    return 2;
  }
  return centralita::training::Run(argv[1], argv[2], argv[3], argv[4], argv[5]);
}
