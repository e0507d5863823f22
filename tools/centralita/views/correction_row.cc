#include "views/correction_row.h"

#include <nlohmann/json.hpp>

#include "centralita/base/time.h"

namespace centralita::views {

std::string CorrectionRow(const metrics::v1::Correction& correction) {
  nlohmann::ordered_json row = {{"text", correction.text()}, {"intent", correction.intent()}};
  if (!correction.subject().empty()) row["subject"] = correction.subject();
  if (!correction.language().empty()) row["lang"] = correction.language();
  row["group"] = correction.conversation_id();
  row["classified_as"] = correction.classified_intent();
  row["resolved"] = base::FormatUtc(base::FromUnixMillis(correction.resolved_unix_ms()));
  return row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace centralita::views
