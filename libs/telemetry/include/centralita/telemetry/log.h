// Structured logging: one line per event, with the ids as fields. There is no global logger;
// components get theirs.
//
//   logger.Info("policy_applied", {{"tenant", tenant}, {"version", version}});
//
// Events are string literals in snake_case. No customer text and no personal data above DEBUG.
// Warnings and errors are rate-limited per event: a burst in each window passes, the rest is
// counted and told by the next line that passes.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "centralita/base/clock.h"

namespace centralita::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

// "debug", "info", "warning", "error"; "text", "json". INVALID_ARGUMENT for anything else.
absl::StatusOr<Level> ParseLevel(std::string_view name);
absl::StatusOr<LogFormat> ParseLogFormat(std::string_view name);

// One key with its value. Views live as long as the call that gets them.
class Field final {
 public:
  using Value = std::variant<std::string_view, int64_t, uint64_t, double, bool>;

  Field(std::string_view key, std::string_view value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, const std::string& value)
      : key_(key), value_(std::string_view(value)) {}
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, double value) : key_(key), value_(value) {}
  template <std::signed_integral T>
  Field(std::string_view key, T value) : key_(key), value_(static_cast<int64_t>(value)) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view key, T value)
      : key_(key), value_(static_cast<uint64_t>(value)) {}
  // As its whole sentence with the code.
  Field(std::string_view key, const absl::Status& status)
      : key_(key), text_(status.ToString()), value_(text_) {}
  Field(const Field&) = delete;
  Field& operator=(const Field&) = delete;

  std::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  std::string_view key_;
  std::string text_;
  Value value_;
};

using Fields = std::initializer_list<Field>;

struct LogOptions {
  // The process or service, in each line.
  std::string service = "centralita";
  Level level = Level::kInfo;
  LogFormat format = LogFormat::kText;
  // Empty: standard error.
  std::string file;
  // If set, lines go here instead (without the line's end). Called under a lock, in order.
  std::function<void(std::string_view line)> sink;
  // Warnings and errors of one event that pass in each window.
  int burst = 5;
  base::Duration window{10'000};
};

// Thread-safe.
class Logger {
 public:
  // `clock` outlives the logger. UNAVAILABLE if the file cannot be opened.
  static absl::StatusOr<std::unique_ptr<Logger>> Create(LogOptions options,
                                                        const base::Clock& clock);
  // Writes nothing; for tests and for tools that have nothing to say.
  static std::unique_ptr<Logger> Discard();
  virtual ~Logger() = default;

  virtual bool Enabled(Level level) const = 0;
  virtual void Log(Level level, std::string_view event, Fields fields) = 0;

  void Debug(std::string_view event, Fields fields = {}) { Log(Level::kDebug, event, fields); }
  void Info(std::string_view event, Fields fields = {}) { Log(Level::kInfo, event, fields); }
  void Warning(std::string_view event, Fields fields = {}) { Log(Level::kWarning, event, fields); }
  void Error(std::string_view event, Fields fields = {}) { Log(Level::kError, event, fields); }
};

}  // namespace centralita::telemetry
