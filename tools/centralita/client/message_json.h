// One line of JSON -> what is sent to ingest. The names are those of proto/centralita/ingest, in
// snake_case; channels, visibilities and stages without their enum's prefix, in lower case, as the
// HTTP API takes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/ingest/v1/ingest.pb.h"

namespace centralita::client {

// What stands beside a message for whoever plays it; nothing of it is sent.
struct PlayerNotes {
  // Milliseconds from the beginning.
  int64_t at_ms = 0;
  std::string tenant;
  std::string story;
  std::string expect_intent;
  std::string lang;
};

struct PlayedMessage {
  ingest::v1::NewMessage message;
  PlayerNotes notes;
};

struct PlayedSignal {
  ingest::v1::NewSignal signal;
  PlayerNotes notes;
};

struct PlayedLink {
  ingest::v1::LinkHandleRequest link;
  PlayerNotes notes;
};

// INVALID_ARGUMENT with the field at fault. `now` is the base of not_before_in_ms.
absl::StatusOr<PlayedMessage> ParseMessage(std::string_view json, base::TimePoint now);
absl::StatusOr<PlayedSignal> ParseSignal(std::string_view json, base::TimePoint now);
absl::StatusOr<PlayedLink> ParseLink(std::string_view json);

// "whatsapp" <-> CHANNEL_WHATSAPP; nullopt for a name that is none.
std::optional<common::v1::Channel> ChannelByName(std::string_view name);
std::string ChannelName(common::v1::Channel channel);

}  // namespace centralita::client
