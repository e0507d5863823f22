// The topics' names (DESIGN: docs/message-flow.md), one place for all.
#pragma once

#include <string_view>

#include "centralita/base/state_machine.h"

namespace centralita::base::topics {

inline constexpr std::string_view kInbound = "inbound";
inline constexpr std::string_view kRouting = "routing";
inline constexpr std::string_view kCommands = "commands";
inline constexpr std::string_view kEvents = "events";
inline constexpr std::string_view kSignals = "signals";
inline constexpr std::string_view kOutbound = "outbound";
inline constexpr std::string_view kPolicy = "policy";
inline constexpr std::string_view kProfiles = "profiles";
inline constexpr std::string_view kIdentity = "identity";
inline constexpr std::string_view kSnapshots = "snapshots";
inline constexpr std::string_view kDeadLetter = "dead-letter";

constexpr std::string_view NameOf(OutputTopic topic) {
  switch (topic) {
    case OutputTopic::kRouting:
      return kRouting;
    case OutputTopic::kCommands:
      return kCommands;
    case OutputTopic::kEvents:
      return kEvents;
    case OutputTopic::kOutbound:
      return kOutbound;
    case OutputTopic::kIdentity:
      return kIdentity;
    case OutputTopic::kProfiles:
      return kProfiles;
    case OutputTopic::kDeadLetter:
      return kDeadLetter;
  }
  return {};
}

}  // namespace centralita::base::topics
