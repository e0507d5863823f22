// How the policy file writes what the protos number.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "centralita/classification/v1/classification.pb.h"
#include "centralita/common/v1/common.pb.h"
#include "centralita/config/yaml_reader.h"

namespace centralita::policy {

// In the order of their numbers.
std::span<const config::Named<common::v1::Channel>> Channels();
std::span<const config::Named<common::v1::Visibility>> Visibilities();
std::span<const config::Named<classification::v1::PriorityBand>> Bands();

// "whatsapp"; "unspecified" for what has no name.
std::string_view NameOf(common::v1::Channel channel);

// The intents that there are if a policy names none, in the order that decides ties.
std::span<const std::string_view> DefaultIntents();

// Tags that come from profile, channel or engine rather than from a policy's rules.
std::span<const std::string_view> BuiltInTags();

// ISO 639-1 codes, lower case.
std::vector<std::string> ReadLanguages(const config::Value& value);

}  // namespace centralita::policy
