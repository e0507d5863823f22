// What an operation needs beside the shard: where outputs go, the record's time, and memory for its messages.
#pragma once

#include <cstdint>

#include "centralita/base/state_machine.h"
#include "google/protobuf/arena.h"

namespace centralita::dispatch {

struct Context {
  base::Outputs& outputs;
  int64_t now = 0;
  // Emptied after each record.
  google::protobuf::Arena& arena;

  template <typename Message>
  Message& Make() const {
    return *google::protobuf::Arena::CreateMessage<Message>(&arena);
  }
};

}  // namespace centralita::dispatch
