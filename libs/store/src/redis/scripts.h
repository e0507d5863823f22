// The Lua scripts of the store; redis_store.h says what lies in Redis.
//
// All but `stage` look first whether a large transaction counts but is not carried out yet; then
// they do nothing and answer [0, its id]. That key mostly is not there, and Redis refuses a script
// with TRYAGAIN if only some of its keys are there while a slot is being moved: so no script works
// on half of a partition.
#pragma once

#include "command.h"

namespace centralita::store::redis {

// First elements of their answers.
inline constexpr long long kPendingFound = 0;
inline constexpr long long kDone = 1;
inline constexpr long long kStagedLost = 2;

struct Scripts {
  // Carries out transactions of one partition one after the other.
  // KEYS: pending, index, expiring, then per transaction those of conditions, puts, erases.
  // ARGV: length of the entries' prefix, number of transactions, then per transaction the numbers
  // of conditions, puts and erases; per condition "1" and a value or "0" and ""; per put its time
  // to live in ms or "0", and its value. Answer: [1, per transaction 0 or the number of the
  // condition that failed].
  Script commit;
  // KEYS: pending, index, expiring, entry. ARGV: name, value, time to live. Answer: [1, value].
  Script set_if_absent;
  // KEYS: pending, index. ARGV: the entries' prefix, first and last bound, limit, bytes.
  // Answer: [1, 1 if there may be more, last name looked at, name, value, name, value, ...].
  Script scan;
  // Puts a slice of a large transaction aside.
  // KEYS: staged. ARGV: its life in ms, number of changes; per change name, "-" for an erase, ""
  // for ever or the time to live, and value. Answer: length of what is staged.
  Script stage;
  // Makes a large transaction count if its conditions hold.
  // KEYS: pending, staged, those of conditions. ARGV: id, length of what must be staged,
  // conditions as above. Answer: [1, 0 or the number of the condition that failed], or [2].
  Script decide;
  // Carries out one slice of a large transaction that counts. Whole again if it was broken off.
  // KEYS: pending, staged, index, expiring. ARGV: id, the entries' prefix.
  // Answer: 1 if there is more to do.
  Script apply;
};

Scripts MakeScripts();

}  // namespace centralita::store::redis
