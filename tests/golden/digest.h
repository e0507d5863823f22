// Adds up all that comes out of a stage, in order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "centralita/base/state_machine.h"
#include "centralita/base/time.h"

namespace centralita::golden {

// Bytes with their lengths, so that moving a byte from one field to the next shows.
class Digest final : public base::Outputs, public base::EntrySink {
 public:
  void Emit(base::OutputTopic topic, std::string_view key,
            const google::protobuf::MessageLite& value) override;
  void Notify(const google::protobuf::MessageLite& update) override;
  void Put(std::string_view key, std::string_view value) override;
  void Erase(std::string_view key) override;
  void Due(base::TimePoint due);

  std::string Print() const;
  // Of events.
  size_t kinds() const { return kinds_.size(); }
  uint64_t outputs() const { return outputs_; }

 private:
  void Add(std::string_view what, std::string_view key, std::string_view value);

  uint32_t crc_ = 0;
  uint64_t bytes_ = 0;
  uint64_t outputs_ = 0;
  uint64_t notices_ = 0;
  uint64_t entries_ = 0;
  std::map<int, uint64_t> kinds_;
};

}  // namespace centralita::golden
