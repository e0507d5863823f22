// Something that a runner gets over by itself: told when it begins, and not again while it lasts.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "centralita/telemetry/log.h"

namespace centralita::stage {

// Where problems of a runner are told of.
class Teller final {
 public:
  // `logger` may be null, `also` empty.
  Teller(std::string group, telemetry::Logger* logger,
         std::function<void(const absl::Status&)> also)
      : group_(std::move(group)), logger_(logger), also_(std::move(also)) {}

  void Tell(const absl::Status& problem) const {
    if (logger_ != nullptr) {
      logger_->Warning("stage_problem", {{"stage", group_}, {"problem", problem}});
    }
    if (also_) also_(problem);
  }

 private:
  const std::string group_;
  telemetry::Logger* const logger_;
  const std::function<void(const absl::Status&)> also_;
};

class Trouble final {
 public:
  // OK: it is over, or was not there.
  void Note(const absl::Status& now, const Teller& teller) {
    if (!now.ok() && now.code() != told_) teller.Tell(now);
    told_ = now.code();
  }

 private:
  absl::StatusCode told_ = absl::StatusCode::kOk;
};

}  // namespace centralita::stage
