// The headers of an e-mail, as lines of JSON have them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "absl/status/status.h"
#include "centralita/message/v1/message.pb.h"

namespace centralita::client {

// An object ({"Auto-Submitted": "auto-replied"}), or a list of objects with name and value, since
// names repeat. INVALID_ARGUMENT ("bad_json") with the field at fault.
absl::Status ReadHeaders(const nlohmann::json& value,
                         google::protobuf::RepeatedPtrField<message::v1::Header>& headers);

}  // namespace centralita::client
