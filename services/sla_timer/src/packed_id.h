// A conversation's id in 16 bytes: ids are UUIDs (base::NameUuid), and a UUID's text is more than
// twice as long as what it says.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace centralita::sla_timer {

using Uuid = std::array<uint8_t, 16>;

// nullopt unless `text` is what PrintUuid() gives: 36 characters, lower case, with hyphens.
std::optional<Uuid> ParseUuid(std::string_view text);
std::string PrintUuid(const Uuid& uuid);

}  // namespace centralita::sla_timer
