// The message ids that one customer's part remembers, so that a repeated delivery is recognised.
//
// They lie with the customer, not in segments of the partition: a message always comes with its
// customer's key, the customer's entry changes with each message anyway, and a link hands over
// exactly these. The youngest are one array; whenever it is full, it becomes a segment, an entry of
// its own that is written once (and once more if a second opinion on one of its messages counts).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace centralita::route {

// A UUID's bytes; of any other string, a hash.
using MessageId = std::array<uint8_t, 16>;
MessageId ToMessageId(std::string_view text);
// As a UUID; the inverse of ToMessageId for UUIDs.
std::string ToText(const MessageId& id);

// Expiry counts in units of five minutes.
inline constexpr int64_t kUnitMs = 300'000;
constexpr uint32_t UnitNotBefore(int64_t unix_ms) {
  return unix_ms <= 0 ? 0 : static_cast<uint32_t>((unix_ms + kUnitMs - 1) / kUnitMs);
}

struct Remembered {
  MessageId id{};
  // Forgotten when this moment has come.
  uint32_t until = 0;
  // Within its conversation; 0 if it is in none.
  uint32_t sequence = 0;
  // Number of the conversation among those of its customer.
  uint16_t conversation = 0;
  uint16_t flags = 0;
};
inline constexpr uint16_t kOpinionCounted = 1;
inline constexpr size_t kRememberedBytes = 28;

void AppendEncoded(const Remembered& value, std::string& out);
// Whole records only; empty if `bytes` is none.
std::vector<Remembered> DecodeRemembered(std::string_view bytes);

class MessageIds final {
 public:
  static constexpr size_t kSegmentSize = 512;

  struct Segment {
    std::vector<Remembered> ids;
    uint32_t until = 0;  // of the last to expire
    bool changed = true;
  };

  // The record of `id` if it has not expired by `now_unit`; null otherwise. `id` stays what it is.
  const Remembered* Find(const MessageId& id, uint32_t now_unit) const;
  // As Find, for changing flags, sequence or conversation.
  Remembered* FindToChange(const MessageId& id, uint32_t now_unit);
  // `value.id` is not remembered.
  void Add(const Remembered& value, uint32_t now_unit);
  // Forgets what has expired; gives the numbers of segments that are gone.
  std::vector<uint32_t> Expire(uint32_t now_unit);
  // The unit in which the next one expires, or 0 if there is none.
  uint32_t NextExpiry() const;
  bool empty() const { return recent_.empty() && !older_; }

  // All that have not expired, in the order in which they came.
  std::vector<const Remembered*> All(uint32_t now_unit) const;

  const std::vector<Remembered>& recent() const { return recent_; }
  // By number; null if there are none.
  const std::map<uint32_t, Segment>* segments() const {
    return older_ ? &older_->segments : nullptr;
  }
  std::map<uint32_t, Segment>* segments() { return older_ ? &older_->segments : nullptr; }
  uint32_t next_segment() const { return next_segment_; }

  void LoadRecent(std::vector<Remembered> ids, uint32_t next_segment);
  void LoadSegment(uint32_t number, std::vector<Remembered> ids);

 private:
  struct Older {
    std::map<uint32_t, Segment> segments;
    absl::flat_hash_map<MessageId, std::pair<uint32_t, uint32_t>> index;
  };
  void AddSegment(uint32_t number, std::vector<Remembered> ids, bool changed);

  std::vector<Remembered> recent_;
  std::unique_ptr<Older> older_;
  uint32_t next_segment_ = 0;
};

}  // namespace centralita::route
