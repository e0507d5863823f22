#include "centralita/calendar/zones.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "centralita/base/error.h"
#include "centralita/config/nearest.h"
#include "load_zone.h"

namespace centralita::calendar {
namespace {

std::string Folder() {
  const char* const folder = std::getenv("TZDIR");
  return folder == nullptr || *folder == '\0' ? "/usr/share/zoneinfo" : folder;
}

// Abseil opens what it is given as a file, and knows names of its own ("Fixed/UTC+01:00:00").
// "right/..." counts leap seconds, "localtime" is another zone on each machine.
bool IsName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  };
  if (name.empty() || name.front() == '/' || !std::all_of(name.begin(), name.end(), allowed)) {
    return false;
  }
  for (const std::string_view folder : {"posix/", "right/"}) {
    if (name.substr(0, folder.size()) == folder) return false;
  }
  return name != "localtime" && name != "posixrules" && name != "Factory";
}

absl::Status UnknownZone(std::string_view name) {
  const std::vector<std::string> names = ZoneNames();
  if (names.empty()) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "unknown_zone",
        fmt::format("the time zone '{}' is not on this machine, nor is a list of zones in {}; "
                    "install the package tzdata",
                    name, Folder()));
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = config::Nearest(name, views);
  return base::Error(
      absl::StatusCode::kInvalidArgument, "unknown_zone",
      nearest.empty()
          ? fmt::format("there is no time zone '{}'; write an IANA name, for "
                        "example Europe/Madrid or America/Sao_Paulo",
                        name)
          : fmt::format("there is no time zone '{}'; did you mean '{}'?", name, nearest));
}

}  // namespace

// tzdata.zi is tzdata's own list, a line each: "Z NAME RULES..." and "L ZONE ALIAS".
std::vector<std::string> ZoneNames() {
  std::vector<std::string> names;
  std::ifstream file(Folder() + "/tzdata.zi");
  for (std::string line; std::getline(file, line);) {
    if (line.size() < 3 || (line[0] != 'Z' && line[0] != 'L') || line[1] != ' ') continue;
    std::istringstream words(line.substr(2));
    std::string name;
    words >> name;
    if (line[0] == 'L') words >> name;
    if (IsName(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

absl::Status CheckZone(std::string_view name) { return LoadZone(name).status(); }

absl::StatusOr<absl::TimeZone> LoadZone(std::string_view name) {
  absl::TimeZone zone;
  if (!IsName(name) || !absl::LoadTimeZone(std::string(name), &zone)) return UnknownZone(name);
  return zone;
}

}  // namespace centralita::calendar
