// What outlives every process of a simulation: time, log, store.
#pragma once

#include <algorithm>
#include <string>

#include "centralita/base/clock.h"
#include "centralita/base/topics.h"
#include "tests/support/memory_log.h"
#include "tests/support/memory_store.h"

namespace centralita::simulation {

inline constexpr uint32_t kPartitions = 2;

struct Disks {
  Disks() {
    using namespace base::topics;
    log.LetNobodyWait();
    for (const auto topic : {kRouting, kCommands, kEvents})
      log.Create({.name = std::string(topic), .partitions = kPartitions});
    for (const auto topic : {kOutbound, kDeadLetter, kIdentity})
      log.Create({.name = std::string(topic)});
    log.Create({.name = std::string(kSnapshots), .partitions = kPartitions, .compacted = true});
  }

  // 2026-01-01.
  base::ManualClock clock{base::FromUnixMillis(1'767'225'600'000)};
  testing::LogDisk log{clock};
  testing::StoreDisk store{clock};
};

}  // namespace centralita::simulation
