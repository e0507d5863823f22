#include "centralita/classifier/model_source.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>

#include "centralita/base/error.h"
#include "centralita/base/file_bytes.h"
#include "centralita/base/status_macros.h"

namespace centralita::classifier {
namespace fs = std::filesystem;

std::string DefaultModelPath() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const fs::path folder = program.parent_path().parent_path();
  // In a build folder, and where it is installed.
  for (const fs::path& path :
       {folder / "models" / "default.bin", folder / "share" / "centralita" / "default.bin"}) {
    if (fs::is_regular_file(path, error)) return path.string();
  }
  return {};
}

absl::StatusOr<std::shared_ptr<const model::Model>> LoadModel(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const auto file, base::FileBytes::Read(path, model::kMaxFileBytes));
  auto model = model::Model::Parse(file->bytes(), file);
  if (model.ok()) return model;
  const auto what = model.status().message();
  return base::Error(model.status().code(), base::ReasonOf(model.status()),
                     fmt::format("{}: {}", path, std::string_view(what.data(), what.size())));
}

ModelSource::ModelSource(std::string path, telemetry::Logger& logger)
    : path_(std::move(path)), logger_(logger) {}

absl::StatusOr<std::unique_ptr<ModelSource>> ModelSource::Start(const std::string& setting,
                                                                telemetry::Logger& logger,
                                                                base::Duration look_every) {
  std::string path = setting;
  if (setting == kDefaultModel) {
    path = DefaultModelPath();
    if (path.empty()) {
      logger.Info("no_default_model", {{"consequence", "rules decide alone"},
                                       {"what to do", "set classifier.model, or `none`"}});
    }
  } else if (setting == kNoModel) {
    path.clear();
  }
  std::unique_ptr<ModelSource> source(new ModelSource(std::move(path), logger));
  if (source->path_.empty()) return source;
  source->stamp_ = source->Stamp();
  ABSL_ASSIGN_OR_RETURN(source->current_, LoadModel(source->path_));
  logger.Info("model_loaded", {{"path", source->path_}, {"version", source->current_->version()}});
  ModelSource* self = source.get();
  source->looks_ = std::make_unique<base::Periodic>(look_every, [self] { self->Look(); });
  return source;
}

std::shared_ptr<const model::Model> ModelSource::Current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void ModelSource::OnChange(std::function<void()> changed) {
  // What was to be called before is not being called any more.
  std::lock_guard look(look_mutex_);
  changed_ = std::move(changed);
}

std::string ModelSource::Stamp() const {
  struct stat about = {};
  if (stat(path_.c_str(), &about) != 0) return {};
  return fmt::format("{} {} {} {}.{}", about.st_dev, about.st_ino, about.st_size,
                     about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
}

void ModelSource::Look() {
  std::lock_guard look(look_mutex_);
  const std::string stamp = Stamp();
  // A file that has gone is about to be replaced, or was removed by mistake: the old one is good.
  if (stamp.empty() || stamp == stamp_) return;
  stamp_ = stamp;
  auto fresh = LoadModel(path_);
  if (!fresh.ok()) {
    logger_.Error("model_refused",
                  {{"error", fresh.status()}, {"consequence", "the model before stays in use"}});
    return;
  }
  {
    std::lock_guard lock(mutex_);
    current_ = *std::move(fresh);
  }
  logger_.Info("model_loaded", {{"path", path_}, {"version", Current()->version()}});
  if (changed_) changed_();
}

}  // namespace centralita::classifier
