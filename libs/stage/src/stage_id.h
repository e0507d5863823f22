// What a runner checks of its stage's number.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "centralita/stage/stage_runner.h"

namespace centralita::stage {

// INVALID_ARGUMENT unless that is the stage's own topic.
absl::Status CheckInputTopic(StageId stage, std::string_view topic);

}  // namespace centralita::stage
