// Two messages of one type, field by field, in words.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace centralita::app {

// "offer_lease: 30s -> 20s"; fields within fields as "when.tags". Names end without their unit.
// Fields named in `without` are passed over at every level.
std::vector<std::string> DescribeDifferences(const google::protobuf::Message& before,
                                             const google::protobuf::Message& after,
                                             const std::vector<std::string>& without = {});

// All that is set, on one line.
std::string DescribeMessage(const google::protobuf::Message& message);

}  // namespace centralita::app
