#include "wire.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wire_format_lite.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "utf8.h"

namespace centralita::ingest {
namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

absl::Status Undecodable() {
  return base::Error(absl::StatusCode::kInvalidArgument, code::kUndecodable,
                     "The request's bytes are no message of this method; check that both sides "
                     "have the same proto.");
}

template <typename T>
Item<T> ParseItem(std::string_view bytes) {
  Item<T> item;
  if (item.value.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return item;
  if (const auto field = FindInvalidUtf8Field(*T::descriptor(), bytes)) {
    item.error =
        MakeError(code::kInvalidUtf8, *field, fmt::format("The field '{}' is no UTF-8.", *field));
  } else {
    item.error = MakeError(code::kUndecodable, "",
                           "The item's bytes cannot be read as a message of its type.");
  }
  return item;
}

// Field `items_field` is the repeated item; field `number_field` (0: none) an integer.
template <typename T>
absl::StatusOr<std::vector<Item<T>>> ReadItems(std::string_view bytes, int items_field,
                                               size_t max_items, int number_field,
                                               uint64_t* number) {
  // protobuf writes a line to standard error for each string that is no UTF-8; we say it to the
  // sender.
  const pb::LogSilencer silencer;
  std::vector<Item<T>> items;
  pb::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                              static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    const int field = Wire::GetTagFieldNumber(tag);
    const auto type = Wire::GetTagWireType(tag);
    if (field == items_field && type == Wire::WIRETYPE_LENGTH_DELIMITED) {
      uint32_t size = 0;
      if (!in.ReadVarint32(&size)) return Undecodable();
      const auto at = static_cast<size_t>(in.CurrentPosition());
      if (!in.Skip(static_cast<int>(size))) return Undecodable();
      if (items.size() == max_items) {
        return base::Error(
            absl::StatusCode::kInvalidArgument, "too_many_items",
            fmt::format("The request has more than {} items; send fewer at once.", max_items));
      }
      items.push_back(ParseItem<T>(bytes.substr(at, size)));
    } else if (number != nullptr && field == number_field && type == Wire::WIRETYPE_VARINT) {
      pb::uint64 value = 0;
      if (!in.ReadVarint64(&value)) return Undecodable();
      *number = value;
    } else if (!Wire::SkipField(&in, tag)) {
      return Undecodable();
    }
  }
  if (!in.ConsumedEntireMessage()) return Undecodable();
  return items;
}

}  // namespace

absl::StatusOr<Item<NewMessage>> ReadSubmit(std::string_view bytes) {
  ABSL_ASSIGN_OR_RETURN(
      auto items,
      ReadItems<NewMessage>(bytes, v1::SubmitRequest::kMessageFieldNumber, 1, 0, nullptr));
  // Without a message it is an empty one: validation names what it lacks.
  return items.empty() ? Item<NewMessage>{} : std::move(items.front());
}

absl::StatusOr<MessageItems> ReadSubmitBatch(std::string_view bytes, size_t max_items) {
  return ReadItems<NewMessage>(bytes, v1::SubmitBatchRequest::kMessagesFieldNumber, max_items, 0,
                               nullptr);
}

absl::StatusOr<MessageFrame> ReadStreamFrame(std::string_view bytes, size_t max_items) {
  MessageFrame frame;
  ABSL_ASSIGN_OR_RETURN(
      frame.items,
      ReadItems<NewMessage>(bytes, v1::SubmitStreamRequest::kMessagesFieldNumber, max_items,
                            v1::SubmitStreamRequest::kFrameFieldNumber, &frame.frame));
  return frame;
}

absl::StatusOr<SignalItems> ReadSubmitSignals(std::string_view bytes, size_t max_items) {
  return ReadItems<NewSignal>(bytes, v1::SubmitSignalsRequest::kSignalsFieldNumber, max_items, 0,
                              nullptr);
}

Item<v1::LinkHandleRequest> ReadLinkHandle(std::string_view bytes) {
  const pb::LogSilencer silencer;
  return ParseItem<v1::LinkHandleRequest>(bytes);
}

}  // namespace centralita::ingest
