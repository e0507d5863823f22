// Requests from their wire bytes, item by item, so that an item that cannot be read costs its
// neighbours nothing (gRPC's own parsing would refuse the whole request, and end a stream).
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "item.h"

namespace centralita::ingest {

struct MessageFrame {
  uint64_t frame = 0;
  MessageItems items;
};

// INVALID_ARGUMENT with the reason undecodable or too_many_items if the request as a whole cannot
// be read.
absl::StatusOr<Item<NewMessage>> ReadSubmit(std::string_view bytes);
absl::StatusOr<MessageItems> ReadSubmitBatch(std::string_view bytes, size_t max_items);
absl::StatusOr<MessageFrame> ReadStreamFrame(std::string_view bytes, size_t max_items);
absl::StatusOr<SignalItems> ReadSubmitSignals(std::string_view bytes, size_t max_items);
Item<v1::LinkHandleRequest> ReadLinkHandle(std::string_view bytes);

}  // namespace centralita::ingest
