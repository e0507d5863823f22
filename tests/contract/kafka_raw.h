// What tests do to Kafka behind the log's back, as an operator would.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"

namespace centralita::contract {

absl::Status CreateTopicInKafka(const std::string& bootstrap, const std::string& topic,
                                int partitions, const std::map<std::string, std::string>& settings);
absl::Status DeleteTopicInKafka(const std::string& bootstrap, const std::string& topic);
// Deletes what comes before `offset`, as retention would.
absl::Status DeleteRecordsInKafka(const std::string& bootstrap, const std::string& topic,
                                  int partition, int64_t offset);

}  // namespace centralita::contract
