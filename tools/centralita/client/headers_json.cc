#include "client/headers_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::client {
namespace {

using message::v1::Header;
using nlohmann::json;

absl::Status Bad(std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_json", what);
}

absl::Status Add(const std::string& name, const json& value, const std::string& path,
                 google::protobuf::RepeatedPtrField<Header>& headers) {
  if (!value.is_string()) return Bad(fmt::format("{}: is not a string", path));
  Header& header = *headers.Add();
  header.set_name(name);
  header.set_value(value.get<std::string>());
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadHeaders(const json& value, google::protobuf::RepeatedPtrField<Header>& headers) {
  if (value.is_object()) {
    for (const auto& [name, text] : value.items()) {
      ABSL_RETURN_IF_ERROR(Add(name, text, fmt::format("headers.{}", name), headers));
    }
    return absl::OkStatus();
  }
  constexpr char kForm[] =
      "headers: is neither an object nor a list of objects with name and value";
  if (!value.is_array()) return Bad(kForm);
  for (size_t i = 0; i < value.size(); ++i) {
    const json& header = value[i];
    const bool whole = header.is_object() && header.contains("name") &&
                       header["name"].is_string() && header.contains("value");
    if (!whole) return Bad(kForm);
    ABSL_RETURN_IF_ERROR(Add(header["name"].get<std::string>(), header["value"],
                             fmt::format("headers[{}].value", i), headers));
  }
  return absl::OkStatus();
}

}  // namespace centralita::client
