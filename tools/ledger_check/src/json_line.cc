#include "json_line.h"

#include <nlohmann/json.hpp>

namespace centralita::ledger {
namespace {

bool IsPlain(std::string_view value) {
  for (const unsigned char c : value) {
    if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\') return false;
  }
  return true;
}

}  // namespace

std::string JsonLine::Quoted(std::string_view value) {
  if (IsPlain(value)) return fmt::format("\"{}\"", value);
  return nlohmann::json(std::string(value))
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace centralita::ledger
