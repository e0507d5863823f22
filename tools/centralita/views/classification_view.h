// What the classifier says of a message, as a line of JSON and as a few lines for people.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "centralita/classification/v1/classification.pb.h"

namespace centralita::views {

// As the message was given; places of evidence are bytes of these.
struct ClassifiedText {
  std::string_view text;
  std::string_view subject;
};

nlohmann::ordered_json ClassificationJson(const classification::v1::Classification& said,
                                          const ClassifiedText& message);

// Several lines, each ended.
std::string ClassificationText(const classification::v1::Classification& said,
                               const ClassifiedText& message);

}  // namespace centralita::views
