#include "line.h"

#include <fmt/format.h>

#include <cmath>

namespace centralita::telemetry {
namespace {

// Quoted as in JSON; bytes of UTF-8 stay as they are.
void AppendQuoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
          out.append(
              fmt::format("\\u{:04x}", static_cast<unsigned>(static_cast<unsigned char>(c))));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\' || c == 0x7f)
      return true;
  }
  return false;
}

void AppendValue(std::string& out, LogFormat format, const Field::Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    if (format == LogFormat::kJson || NeedsQuotes(*text)) {
      AppendQuoted(out, *text);
    } else {
      out.append(*text);
    }
  } else if (const auto* i = std::get_if<int64_t>(&value)) {
    out.append(fmt::format("{}", *i));
  } else if (const auto* u = std::get_if<uint64_t>(&value)) {
    out.append(fmt::format("{}", *u));
  } else if (const auto* d = std::get_if<double>(&value)) {
    // JSON has no NaN and no infinity.
    out.append(std::isfinite(*d) ? fmt::format("{:.6g}", *d) : std::string("null"));
  } else {
    out.append(std::get<bool>(value) ? "true" : "false");
  }
}

}  // namespace

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "unknown";
}

std::string FormatLine(LogFormat format, base::TimePoint now, Level level, std::string_view service,
                       std::string_view event, Fields fields, uint64_t suppressed) {
  std::string out;
  out.reserve(160);
  const bool json = format == LogFormat::kJson;
  if (json) {
    out = fmt::format(R"({{"time":"{}","level":"{}","service":)", base::FormatUtc(now),
                      LevelName(level));
    AppendQuoted(out, service);
    out.append(",\"event\":");
    AppendQuoted(out, event);
  } else {
    out = fmt::format("{} {:<7} {} {}", base::FormatUtc(now), LevelName(level), service, event);
  }
  const auto append_key = [&](std::string_view key) {
    if (json) {
      out.push_back(',');
      AppendQuoted(out, key);
      out.push_back(':');
    } else {
      out.append(" ").append(key).append("=");
    }
  };
  for (const Field& field : fields) {
    append_key(field.key());
    AppendValue(out, format, field.value());
  }
  if (suppressed > 0) {
    append_key("suppressed");
    out.append(fmt::format("{}", suppressed));
  }
  if (json) out.push_back('}');
  return out;
}

}  // namespace centralita::telemetry
