#include "dead_letters.h"

#include <string>

namespace centralita::stage {

deadletter::v1::DeadLetterRecord MakeDeadLetter(const eventlog::TopicPartition& place,
                                                const eventlog::Record& record,
                                                const DeadLetterReason& reason) {
  deadletter::v1::DeadLetterRecord letter;
  deadletter::v1::DeadLetter& out = *letter.mutable_letter();
  out.mutable_coordinates()->set_topic(place.topic);
  out.mutable_coordinates()->set_partition(place.partition);
  out.mutable_coordinates()->set_offset(record.offset);
  out.set_original_key(std::string(record.key));
  out.set_original_value(std::string(record.value));
  out.set_reason(std::string(reason.reason));
  out.set_detail(std::string(reason.detail));
  out.set_stage(std::string(reason.stage));
  out.set_attempts(reason.attempts);
  out.set_at_unix_ms(base::ToUnixMillis(reason.at));
  out.set_messages(reason.messages);
  return letter;
}

}  // namespace centralita::stage
