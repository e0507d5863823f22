#include "tests/golden/digest.h"

#include "centralita/base/crc32c.h"
#include "centralita/events/v1/events.pb.h"
#include "fmt/format.h"

namespace centralita::golden {

void Digest::Emit(base::OutputTopic topic, std::string_view key,
                  const google::protobuf::MessageLite& value) {
  const std::string bytes = value.SerializeAsString();
  Add(fmt::format("emit {} ", static_cast<int>(topic)), key, bytes);
  ++outputs_;
  events::v1::Event event;
  if (topic == base::OutputTopic::kEvents && event.ParseFromString(bytes))
    ++kinds_[event.kind_case()];
}

void Digest::Notify(const google::protobuf::MessageLite& update) {
  Add("notify ", "", update.SerializeAsString());
  ++notices_;
}

void Digest::Put(std::string_view key, std::string_view value) {
  Add("put ", key, value);
  ++entries_;
}

void Digest::Erase(std::string_view key) { Add("erase ", key, ""); }

void Digest::Due(base::TimePoint due) {
  Add(fmt::format("due {}", base::ToUnixMillis(due)), "", "");
}

std::string Digest::Print() const {
  return fmt::format("crc32c {:08x} bytes {} outputs {} notices {} entries {}", crc_, bytes_,
                     outputs_, notices_, entries_);
}

void Digest::Add(std::string_view what, std::string_view key, std::string_view value) {
  const std::string head = fmt::format("{}{}:{}:", what, key.size(), value.size());
  for (const std::string_view part : {std::string_view(head), key, value}) {
    crc_ = base::Crc32c(part, crc_);
    bytes_ += part.size();
  }
}

}  // namespace centralita::golden
