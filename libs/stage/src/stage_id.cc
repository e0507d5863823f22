#include "stage_id.h"

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/topics.h"
#include "centralita/stage/stage_runner.h"

namespace centralita::stage {

std::string_view StageName(StageId stage) {
  switch (stage) {
    case StageId::kClassifier:
      return "classifier";
    case StageId::kFacts:
      return "facts";
    case StageId::kRoute:
      return "route";
    case StageId::kDispatch:
      return "dispatch";
    case StageId::kSlaTimer:
      return "sla-timer";
    case StageId::kMetrics:
      return "metrics";
    case StageId::kMetricsInbound:
      return "metrics-inbound";
    case StageId::kMetricsDeadLetter:
      return "metrics-dead-letter";
    case StageId::kIdentity:
      return "identity";
  }
  return "unknown";
}

std::string_view InputTopicOf(StageId stage) {
  switch (stage) {
    case StageId::kClassifier:
    case StageId::kMetricsInbound:
      return base::topics::kInbound;
    case StageId::kFacts:
      return base::topics::kSignals;
    case StageId::kRoute:
      return base::topics::kRouting;
    case StageId::kDispatch:
      return base::topics::kCommands;
    case StageId::kSlaTimer:
    case StageId::kMetrics:
      return base::topics::kEvents;
    case StageId::kMetricsDeadLetter:
      return base::topics::kDeadLetter;
    case StageId::kIdentity:
      return base::topics::kIdentity;
  }
  return "";
}

absl::Status CheckInputTopic(StageId stage, std::string_view topic) {
  if (topic == InputTopicOf(stage)) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kInvalidArgument, "wrong_topic",
      fmt::format("Stage {} reads {}, not {}: ids of outputs name the stage and not the topic, so "
                  "whoever reads another topic needs a StageId of its own.",
                  StageName(stage), InputTopicOf(stage), topic));
}

}  // namespace centralita::stage
