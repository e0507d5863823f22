// The model file that is in use, watched: whoever replaces it (best a new file, renamed over the
// old one) has the new one taken within seconds, without a stop. A new file that is bad, or half
// written, is refused with an error in the log, and the old one stays.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "centralita/base/periodic.h"
#include "centralita/model/model.h"
#include "centralita/telemetry/log.h"

namespace centralita::classifier {

// Values of the setting `classifier.model` that are no path: the model that was built with the
// program, and rules alone.
inline constexpr char kDefaultModel[] = "default";
inline constexpr char kNoModel[] = "none";

// Where the model that was built with this program lies; empty if it is not there.
std::string DefaultModelPath();

// Reads the file, at most model::kMaxFileBytes. The status names it.
absl::StatusOr<std::shared_ptr<const model::Model>> LoadModel(const std::string& path);

// Thread-safe.
class ModelSource final {
 public:
  // `setting`: a path, kDefaultModel or kNoModel. A path must be good; a default model that is not
  // there is told in the log. `logger` outlives it.
  static absl::StatusOr<std::unique_ptr<ModelSource>> Start(
      const std::string& setting, telemetry::Logger& logger,
      base::Duration look_every = base::Duration(2000));

  // Null for rules alone.
  std::shared_ptr<const model::Model> Current() const;
  // Calls `changed` on a thread of this object after each change, instead of what was given before;
  // waits for a call that is under way. `changed` must not call this again.
  void OnChange(std::function<void()> changed);
  // Looks at the file now rather than at the next turn.
  void Look();

 private:
  ModelSource(std::string path, telemetry::Logger& logger);
  // What tells one file from the next under the same name.
  std::string Stamp() const;

  const std::string path_;
  telemetry::Logger& logger_;
  mutable std::mutex mutex_;
  std::shared_ptr<const model::Model> current_;
  // Of Look(), one at a time, and of what follows.
  std::mutex look_mutex_;
  std::function<void()> changed_;
  std::string stamp_;
  // Last: its end waits for a look that is under way.
  std::unique_ptr<base::Periodic> looks_;
};

}  // namespace centralita::classifier
