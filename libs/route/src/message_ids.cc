#include "message_ids.h"

#include <algorithm>
#include <cstring>

#include "centralita/base/key.h"

namespace centralita::route {
namespace {

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

constexpr bool IsHyphenPlace(size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

void PutLittleEndian(uint64_t value, int bytes, std::string& out) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

uint64_t GetLittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = (value << 8) | static_cast<uint8_t>(bytes[i]);
  return value;
}

bool ParseUuid(std::string_view text, MessageId& id) {
  if (text.size() != 36) return false;
  size_t nibble = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsHyphenPlace(i)) {
      if (text[i] != '-') return false;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return false;
    const auto shifted = static_cast<uint8_t>(nibble % 2 == 0 ? value << 4 : value);
    id[nibble / 2] = static_cast<uint8_t>((nibble % 2 == 0 ? 0 : id[nibble / 2]) | shifted);
    ++nibble;
  }
  return true;
}

}  // namespace

MessageId ToMessageId(std::string_view text) {
  MessageId id{};
  if (ParseUuid(text, id)) return id;
  const uint64_t first = base::StableHash(text);
  const uint64_t second = base::StableHash(std::string(text) + "/2");
  std::memcpy(id.data(), &first, 8);
  std::memcpy(id.data() + 8, &second, 8);
  return id;
}

std::string ToText(const MessageId& id) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (const uint8_t byte : id) {
    if (IsHyphenPlace(out.size())) out.push_back('-');
    out.push_back(kHex[byte >> 4]);
    out.push_back(kHex[byte & 0x0f]);
  }
  return out;
}

void AppendEncoded(const Remembered& value, std::string& out) {
  out.append(reinterpret_cast<const char*>(value.id.data()), value.id.size());
  PutLittleEndian(value.until, 4, out);
  PutLittleEndian(value.sequence, 4, out);
  PutLittleEndian(value.conversation, 2, out);
  PutLittleEndian(value.flags, 2, out);
}

std::vector<Remembered> DecodeRemembered(std::string_view bytes) {
  std::vector<Remembered> all;
  if (bytes.size() % kRememberedBytes != 0) return all;
  all.reserve(bytes.size() / kRememberedBytes);
  for (; !bytes.empty(); bytes.remove_prefix(kRememberedBytes)) {
    Remembered& value = all.emplace_back();
    std::memcpy(value.id.data(), bytes.data(), value.id.size());
    value.until = static_cast<uint32_t>(GetLittleEndian(bytes.substr(16, 4)));
    value.sequence = static_cast<uint32_t>(GetLittleEndian(bytes.substr(20, 4)));
    value.conversation = static_cast<uint16_t>(GetLittleEndian(bytes.substr(24, 2)));
    value.flags = static_cast<uint16_t>(GetLittleEndian(bytes.substr(26, 2)));
  }
  return all;
}

const Remembered* MessageIds::Find(const MessageId& id, uint32_t now_unit) const {
  for (const Remembered& value : recent_) {
    if (value.id == id) return value.until > now_unit ? &value : nullptr;
  }
  if (!older_) return nullptr;
  const auto found = older_->index.find(id);
  if (found == older_->index.end()) return nullptr;
  const Remembered& value = older_->segments.at(found->second.first).ids[found->second.second];
  return value.until > now_unit ? &value : nullptr;
}

Remembered* MessageIds::FindToChange(const MessageId& id, uint32_t now_unit) {
  const auto* value = const_cast<Remembered*>(Find(id, now_unit));
  if (value == nullptr || !older_) return const_cast<Remembered*>(value);
  const auto found = older_->index.find(id);
  if (found != older_->index.end()) older_->segments.at(found->second.first).changed = true;
  return const_cast<Remembered*>(value);
}

void MessageIds::Add(const Remembered& value, uint32_t now_unit) {
  std::erase_if(recent_, [&](const Remembered& old) { return old.until <= now_unit; });
  if (recent_.size() >= kSegmentSize) {
    AddSegment(next_segment_++, std::move(recent_), true);
    recent_.clear();
  }
  recent_.push_back(value);
}

void MessageIds::AddSegment(uint32_t number, std::vector<Remembered> ids, bool changed) {
  if (!older_) older_ = std::make_unique<Older>();
  Segment& segment = older_->segments[number];
  segment.ids = std::move(ids);
  segment.changed = changed;
  for (uint32_t i = 0; i < segment.ids.size(); ++i) {
    segment.until = std::max(segment.until, segment.ids[i].until);
    older_->index[segment.ids[i].id] = {number, i};
  }
}

std::vector<uint32_t> MessageIds::Expire(uint32_t now_unit) {
  std::erase_if(recent_, [&](const Remembered& old) { return old.until <= now_unit; });
  std::vector<uint32_t> gone;
  if (!older_) return gone;
  for (auto& [number, segment] : older_->segments) {
    if (segment.until > now_unit) continue;
    gone.push_back(number);
    for (const Remembered& value : segment.ids) {
      const auto found = older_->index.find(value.id);
      if (found != older_->index.end() && found->second.first == number) older_->index.erase(found);
    }
  }
  for (const uint32_t number : gone) older_->segments.erase(number);
  if (older_->segments.empty()) older_.reset();
  return gone;
}

uint32_t MessageIds::NextExpiry() const {
  uint32_t next = 0;
  const auto consider = [&next](uint32_t until) {
    next = next == 0 ? until : std::min(next, until);
  };
  for (const Remembered& value : recent_) consider(value.until);
  if (older_) {
    for (const auto& [number, segment] : older_->segments) consider(segment.until);
  }
  return next;
}

std::vector<const Remembered*> MessageIds::All(uint32_t now_unit) const {
  std::vector<const Remembered*> all;
  const auto add = [&](const std::vector<Remembered>& ids) {
    for (const Remembered& value : ids) {
      if (value.until > now_unit) all.push_back(&value);
    }
  };
  if (older_) {
    for (const auto& [number, segment] : older_->segments) add(segment.ids);
  }
  add(recent_);
  return all;
}

void MessageIds::LoadRecent(std::vector<Remembered> ids, uint32_t next_segment) {
  recent_ = std::move(ids);
  next_segment_ = next_segment;
}

void MessageIds::LoadSegment(uint32_t number, std::vector<Remembered> ids) {
  AddSegment(number, std::move(ids), false);
}

}  // namespace centralita::route
