// Whole lives of conversations through Route and Dispatch, drawn from a seed: what their logs hold,
// made in code so that every build has the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace centralita::golden {

struct LoggedRecord {
  int64_t now_unix_ms = 0;
  std::string key;
  std::string value;
};

struct Logs {
  std::vector<LoggedRecord> routing;
  std::vector<LoggedRecord> commands;
};

// Customers write, repeat themselves and are linked; facts come late; agents accept, decline, look
// away, reply, hold, transfer, resolve and lose their connections; alarms ring, also too early;
// policies change; some bytes are no record.
Logs DrawLives(uint32_t seed, int steps);

}  // namespace centralita::golden
