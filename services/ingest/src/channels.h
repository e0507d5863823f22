// Channels by name, as in JSON and in metrics.
#pragma once

#include <cstddef>
#include <string>

#include "centralita/common/v1/common.pb.h"

namespace centralita::ingest {

inline constexpr size_t kChannels = static_cast<size_t>(common::v1::Channel_ARRAYSIZE);

// "whatsapp"; "unspecified" for none.
std::string ChannelName(common::v1::Channel channel);

}  // namespace centralita::ingest
