// An agent's correction as a row that `centralita train --from` reads.
#pragma once

#include <string>

#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::views {

// A line of JSON, ended: text, intent, subject and lang if they are there, group (the
// conversation), and for people classified_as and resolved.
std::string CorrectionRow(const metrics::v1::Correction& correction);

}  // namespace centralita::views
