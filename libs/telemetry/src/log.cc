#include "centralita/telemetry/log.h"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <optional>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/strings.h"
#include "line.h"

namespace centralita::telemetry {
namespace {

// Events are literals, so there are few; should somebody make them up, the limit forgets rather
// than grows.
constexpr size_t kMaxEvents = 1024;

// Lets `burst` lines of each event pass in a window. Not thread-safe.
class RateLimit final {
 public:
  RateLimit(int burst, base::Duration window) : burst_(burst), window_(window) {}

  // How many were held back before this line, or nullopt if this one is held back too.
  std::optional<uint64_t> Pass(std::string_view event, std::chrono::steady_clock::time_point now) {
    if (events_.size() >= kMaxEvents && !events_.contains(event)) events_.clear();
    State& state = events_.try_emplace(std::string(event)).first->second;
    if (state.passed == 0 || now - state.start >= window_) {
      state.start = now;
      state.passed = 0;
    }
    if (state.passed >= burst_) {
      ++state.suppressed;
      return std::nullopt;
    }
    ++state.passed;
    return std::exchange(state.suppressed, 0);
  }

 private:
  struct State {
    std::chrono::steady_clock::time_point start;
    int passed = 0;
    uint64_t suppressed = 0;
  };
  const int burst_;
  const base::Duration window_;
  base::StringMap<State> events_;
};

class SpdLogger final : public Logger {
 public:
  SpdLogger(LogOptions options, const base::Clock& clock, spdlog::sink_ptr sink)
      : options_(std::move(options)), clock_(clock), limit_(options_.burst, options_.window) {
    if (sink != nullptr) {
      out_ = std::make_unique<spdlog::logger>(options_.service, std::move(sink));
      out_->set_pattern("%v");
      out_->set_level(spdlog::level::trace);
      out_->flush_on(spdlog::level::trace);
    }
  }

  bool Enabled(Level level) const override { return level >= options_.level; }

  void Log(Level level, std::string_view event, Fields fields) override {
    if (!Enabled(level)) return;
    std::lock_guard lock(mutex_);
    uint64_t suppressed = 0;
    if (level >= Level::kWarning) {
      const auto passed = limit_.Pass(event, clock_.Monotonic());
      if (!passed) return;
      suppressed = *passed;
    }
    const std::string line = FormatLine(options_.format, clock_.Now(), level, options_.service,
                                        event, fields, suppressed);
    if (out_ == nullptr) {
      options_.sink(line);
    } else {
      out_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    }
  }

 private:
  const LogOptions options_;
  const base::Clock& clock_;
  std::mutex mutex_;
  RateLimit limit_;
  std::unique_ptr<spdlog::logger> out_;
};

class DiscardLogger final : public Logger {
 public:
  bool Enabled(Level) const override { return false; }
  void Log(Level, std::string_view, Fields) override {}
};

}  // namespace

absl::StatusOr<Level> ParseLevel(std::string_view name) {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (name == LevelName(level)) return level;
  }
  return base::Error(absl::StatusCode::kInvalidArgument, "unknown_log_level",
                     fmt::format("'{}' is no log level; use debug, info, warning or error.", name));
}

absl::StatusOr<LogFormat> ParseLogFormat(std::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return base::Error(absl::StatusCode::kInvalidArgument, "unknown_log_format",
                     fmt::format("'{}' is no log format; use text or json.", name));
}

absl::StatusOr<std::unique_ptr<Logger>> Logger::Create(LogOptions options,
                                                       const base::Clock& clock) {
  spdlog::sink_ptr sink;
  if (!options.sink) {
    try {
      if (options.file.empty()) {
        sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
      } else {
        sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
      }
    } catch (const spdlog::spdlog_ex& e) {
      return base::Error(
          absl::StatusCode::kUnavailable, "log_file_unusable",
          fmt::format("The log file '{}' cannot be opened: {}", options.file, e.what()));
    }
  }
  return std::make_unique<SpdLogger>(std::move(options), clock, std::move(sink));
}

std::unique_ptr<Logger> Logger::Discard() { return std::make_unique<DiscardLogger>(); }

}  // namespace centralita::telemetry
