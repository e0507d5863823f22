// Outputs with their bytes side by side: serialised once, kept until they are durable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/eventlog/eventlog.h"
#include "origin.h"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace centralita::stage {

// Not thread-safe; movable.
class OutputBuffer final {
 public:
  // `value` with that source in front. `topic` must live as long as the buffer.
  void Add(const SourceId& source, std::string_view topic, uint32_t partition, std::string_view key,
           const google::protobuf::MessageLite& value);

  size_t size() const { return items_.size(); }
  size_t bytes() const { return bytes_.size(); }
  bool empty() const { return items_.empty(); }
  eventlog::Outgoing Record(size_t index) const;

 private:
  struct Item {
    std::string_view topic;
    uint32_t partition = 0;
    uint32_t key_size = 0;
    size_t begin = 0;
    size_t value_size = 0;
  };

  std::string bytes_;
  std::vector<Item> items_;
};

}  // namespace centralita::stage
