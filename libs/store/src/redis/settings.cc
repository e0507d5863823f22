#include "settings.h"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "command.h"
#include "errors.h"
#include "handle.h"

namespace centralita::store::redis {
namespace {

void AddGreeting(ConnectionSettings& settings, const std::vector<std::string_view>& arguments) {
  const Command command = MakeCommand(0, arguments);
  settings.greeting += HeadOf(command, ScriptForm::kDigest) + *command.body;
  ++settings.greeting_replies;
}

absl::Status BadOption(std::string_view message) {
  return base::Error(absl::StatusCode::kInvalidArgument, "redis_bad_option", message);
}

absl::Status CheckOptions(const RedisStoreOptions& options) {
  if (options.addresses.empty()) return BadOption("The store's redis addresses are empty.");
  if (options.mode == RedisMode::kSingle && options.addresses.size() > 1) {
    return BadOption("The store's redis mode is single, but it has several addresses.");
  }
  for (const std::string& address : options.addresses) {
    ABSL_RETURN_IF_ERROR(ParseAddress(address).status());
  }
  if (!options.user.empty() && options.password.empty()) {
    return BadOption("The store's redis user has no password.");
  }
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (options.key_prefix.empty() ||
      options.key_prefix.find_first_not_of(kLetters) != std::string::npos) {
    return BadOption("The store's redis key_prefix takes letters, digits, '-', '_' and '.'.");
  }
  if (options.connections == 0 || options.call_timeout.count() <= 0 ||
      options.connect_timeout.count() <= 0 || options.min_backoff.count() <= 0 ||
      options.max_backoff < options.min_backoff || options.max_waiting_calls == 0) {
    return BadOption("The store's redis timeouts, pauses and numbers must be above 0.");
  }
  return absl::OkStatus();
}

std::string_view FieldOf(std::string_view info, std::string_view name) {
  const size_t begin = info.find(name);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = info.substr(begin + name.size());
  return rest.substr(0, rest.find('\r'));
}

absl::Status Unfit(std::string_view reason, std::string_view message) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reason, message);
}

}  // namespace

absl::Status CheckInfo(std::string_view info, RedisMode mode, std::string_view address) {
  const std::string_view version = FieldOf(info, "redis_version:");
  if (version.size() > 1 && version[1] == '.' && version[0] < '7') {
    return Unfit("redis_too_old", fmt::format("Redis at {} has version {}; 7.0 or later is needed.",
                                              address, version));
  }
  if (mode == RedisMode::kSingle && FieldOf(info, "redis_mode:") == "cluster") {
    return TranslateError("MOVED", address);
  }
  const std::string_view policy = FieldOf(info, "maxmemory_policy:");
  if (policy.empty() || policy == "noeviction") return absl::OkStatus();
  // A checkpoint that lacks some of its entries looks like a whole one.
  return Unfit(
      "redis_evicts",
      fmt::format("Redis at {} has the maxmemory-policy {}: when it is full it would throw "
                  "away parts of what belongs together. Set noeviction.",
                  address, policy));
}

absl::StatusOr<std::unique_ptr<ConnectionSettings>> MakeSettings(const RedisStoreOptions& options) {
  ABSL_RETURN_IF_ERROR(CheckOptions(options));
  auto settings = std::make_unique<ConnectionSettings>();
  settings->options = options;
  if (options.tls) {
    ABSL_ASSIGN_OR_RETURN(settings->tls, Tls::Make(*options.tls));
  }
  if (!options.password.empty()) {
    AddGreeting(*settings,
                options.user.empty()
                    ? std::vector<std::string_view>{"AUTH", options.password}
                    : std::vector<std::string_view>{"AUTH", options.user, options.password});
  }
  AddGreeting(*settings, {"CLIENT", "SETNAME", "centralita"});
  settings->stuck_after = 2 * options.call_timeout + base::Duration(1'000);
  return settings;
}

}  // namespace centralita::store::redis
