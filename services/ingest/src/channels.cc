#include "channels.h"

#include "absl/strings/ascii.h"

namespace centralita::ingest {

std::string ChannelName(common::v1::Channel channel) {
  constexpr size_t kPrefix = sizeof("CHANNEL_") - 1;
  const std::string& name = common::v1::Channel_Name(channel);
  return name.size() > kPrefix ? absl::AsciiStrToLower(name.substr(kPrefix)) : name;
}

}  // namespace centralita::ingest
