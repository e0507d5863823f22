// Deletes what is no longer kept, in slices between which appends go on.
#pragma once

#include "centralita/base/periodic.h"
#include "log_state.h"
#include "writer.h"

namespace centralita::eventlog {

// `state` and `writer` outlive it.
class Sweeper final {
 public:
  Sweeper(LogState& state, Writer& writer);

 private:
  void Sweep();
  // False: nothing is left to delete now, or the file cannot be written.
  bool SweepSlice(Partition& partition);

  LogState& state_;
  Writer& writer_;
  base::Periodic thread_;
};

}  // namespace centralita::eventlog
