// What an operation needs beside the shard: where outputs go, the record's time, and memory for its
// messages.
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

// Shows `part` of the state as a field of a message that is about to be written out, without a copy
// if that message lives in the arena (where nothing owns its parts). `part` must stay as it is
// until then.
template <typename Whole, typename Part>
void Lend(Whole& whole, void (Whole::*lend)(Part*), Part* (Whole::*copy)(), const Part& part) {
  if (whole.GetArena() != nullptr) {
    (whole.*lend)(const_cast<Part*>(&part));
  } else {
    *(whole.*copy)() = part;
  }
}

}  // namespace centralita::dispatch
