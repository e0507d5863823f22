// The record that stands for one that could not be processed.
#pragma once

#include <cstdint>
#include <string_view>

#include "centralita/base/time.h"
#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/eventlog/eventlog.h"

namespace centralita::stage {

struct DeadLetterReason {
  std::string_view reason;
  std::string_view detail;
  std::string_view stage;
  uint32_t attempts = 1;
  base::TimePoint at;
  // See deadletter.proto.
  uint32_t messages = 0;
};

deadletter::v1::DeadLetterRecord MakeDeadLetter(const eventlog::TopicPartition& place,
                                                const eventlog::Record& record,
                                                const DeadLetterReason& reason);

}  // namespace centralita::stage
