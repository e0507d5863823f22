// Results as HTTP answers.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "centralita/http/message.h"
#include "item.h"

namespace centralita::ingest {

// {"results":[...]} in the order of the items. 200: all accepted; 207: some; if all were refused
// for one kind of reason 400, 413, 429 or 503, the last two with Retry-After.
http::Response ResultsResponse(const std::vector<ItemResult>& results);

// The request as a whole was refused: {"error":{"code":...,"message":...}} with 401, 400, 413, 429
// or 503.
http::Response StatusResponse(const absl::Status& status);

}  // namespace centralita::ingest
