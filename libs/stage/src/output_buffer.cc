#include "output_buffer.h"

#include <google/protobuf/message_lite.h>

namespace centralita::stage {
namespace {

constexpr size_t kFirstBytes = 64 << 10;
constexpr size_t kFirstItems = 256;

}  // namespace

void OutputBuffer::Add(const SourceId& source, std::string_view topic, uint32_t partition,
                       std::string_view key, const google::protobuf::MessageLite& value) {
  if (items_.empty()) {
    bytes_.reserve(kFirstBytes);
    items_.reserve(kFirstItems);
  }
  uint8_t front[kMaxSourceBytes];
  const auto front_size = static_cast<size_t>(WriteSource(source, front) - front);
  const size_t begin = bytes_.size();
  const size_t value_size = front_size + value.ByteSizeLong();
  bytes_.append(key);
  bytes_.append(reinterpret_cast<const char*>(front), front_size);
  bytes_.resize(begin + key.size() + value_size);
  value.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(bytes_.data() + begin + key.size() + front_size));
  items_.push_back({.topic = topic,
                    .partition = partition,
                    .key_size = static_cast<uint32_t>(key.size()),
                    .begin = begin,
                    .value_size = value_size});
}

eventlog::Outgoing OutputBuffer::Record(size_t index) const {
  const Item& item = items_[index];
  const char* const key = bytes_.data() + item.begin;
  return {.topic = std::string(item.topic),
          .partition = item.partition,
          .key = std::string(key, item.key_size),
          .value = std::string(key + item.key_size, item.value_size),
          .tombstone = false};
}

}  // namespace centralita::stage
