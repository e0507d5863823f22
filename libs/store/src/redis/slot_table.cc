#include "slot_table.h"

#include <fmt/format.h>

#include <charconv>

#include "centralita/base/error.h"
#include "keys.h"

namespace centralita::store::redis {
namespace {

absl::Status NotSlots() {
  return base::Error(absl::StatusCode::kInternal, "redis_bad_slots",
                     "The answer to CLUSTER SLOTS cannot be read; is this Redis 7?");
}

std::string HostAndPort(std::string_view host, long long port) {
  return fmt::format("{}:{}", host, port);
}

bool IsSlot(long long slot) { return slot >= 0 && slot < static_cast<long long>(kSlots); }

}  // namespace

absl::StatusOr<std::vector<SlotRange>> ParseSlots(const redisReply& reply, const Endpoint& asked) {
  if (reply.type != REDIS_REPLY_ARRAY) return NotSlots();
  std::vector<SlotRange> ranges;
  for (size_t i = 0; i < reply.elements; ++i) {
    const redisReply& entry = *reply.element[i];
    if (entry.type != REDIS_REPLY_ARRAY || entry.elements < 3) return NotSlots();
    const redisReply& node = *entry.element[2];
    if (node.type != REDIS_REPLY_ARRAY || node.elements < 2) return NotSlots();
    const long long first = entry.element[0]->integer;
    const long long last = entry.element[1]->integer;
    if (!IsSlot(first) || !IsSlot(last) || first > last) return NotSlots();
    std::string_view host = Text(*node.element[0]);
    if (host.empty() || host == "?") host = asked.host;
    ranges.push_back({.first = static_cast<uint32_t>(first),
                      .last = static_cast<uint32_t>(last),
                      .address = HostAndPort(host, node.element[1]->integer)});
  }
  return ranges;
}

std::optional<Redirection> ParseRedirection(std::string_view error, const Endpoint& asked) {
  Redirection redirection;
  redirection.ask = error.starts_with("ASK ");
  if (!redirection.ask && !error.starts_with("MOVED ")) return std::nullopt;
  error.remove_prefix(error.find(' ') + 1);
  const auto [end, problem] =
      std::from_chars(error.data(), error.data() + error.size(), redirection.slot);
  if (problem != std::errc() || end == error.data() + error.size() || !IsSlot(redirection.slot)) {
    return std::nullopt;
  }
  redirection.address = std::string(end + 1, error.data() + error.size());
  // An empty host is the one that was asked.
  if (redirection.address.starts_with(':')) redirection.address.insert(0, asked.host);
  if (!ParseAddress(redirection.address).ok()) return std::nullopt;
  return redirection;
}

}  // namespace centralita::store::redis
