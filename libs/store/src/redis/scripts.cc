#include "scripts.h"

#include <string>

namespace centralita::store::redis {
namespace {

constexpr std::string_view kNow = R"lua(
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
)lua";

constexpr std::string_view kPending = R"lua(
local pending = redis.call('GET', KEYS[1])
if pending then return {0, pending} end
)lua";

// Returns 0, or the number of the first condition that does not hold.
constexpr std::string_view kConditions = R"lua(
local function failing(count, key, arg)
  for i = 1, count do
    local value = redis.call('GET', KEYS[key + i - 1])
    local wanted = ARGV[arg + 2 * i - 2] == '1' and ARGV[arg + 2 * i - 1]
    if value ~= wanted then return i end
  end
  return 0
end
)lua";

// Names that ran out leave the index: some more than came, so that they never pile up.
constexpr std::string_view kSweep = R"lua(
local function sweep(index, expiring, prefix, time, many)
  local gone = redis.call('ZRANGEBYSCORE', expiring, '-inf', time, 'LIMIT', 0, many)
  for _, name in ipairs(gone) do
    if redis.call('EXISTS', prefix .. name) == 0 then redis.call('ZREM', index, name) end
    redis.call('ZREM', expiring, name)
  end
end
)lua";

// Changes are gathered and made by few commands, since a command costs more in a script than what
// it does: the entries without an end by one, names in the index by one. What comes later wins.
constexpr std::string_view kChanges = R"lua(
local sets, names, ends, gone, lost, brief = {}, {}, {}, {}, {}, 0
local function flush(index, expiring)
  if #sets > 0 then redis.call('MSET', unpack(sets)) end
  if #ends > 0 then redis.call('ZADD', expiring, unpack(ends)) end
  if #names > 0 then redis.call('ZADD', index, unpack(names)) end
  if #gone > 0 then
    redis.call('UNLINK', unpack(gone))
    redis.call('ZREM', index, unpack(lost))
  end
  sets, names, ends, gone, lost = {}, {}, {}, {}, {}
end
local function put(index, expiring, entry, name, value, last)
  if #gone > 0 or (last and #sets > 0) then flush(index, expiring) end
  if last then
    redis.call('SET', entry, value, 'PXAT', last)
    ends[#ends + 1] = last
    ends[#ends + 1] = name
    brief = brief + 1
  else
    sets[#sets + 1] = entry
    sets[#sets + 1] = value
  end
  names[#names + 1] = 0
  names[#names + 1] = name
end
local function erase(entry, name)
  gone[#gone + 1] = entry
  lost[#lost + 1] = name
end
)lua";

constexpr std::string_view kCommit = R"lua(
local cut = tonumber(ARGV[1])
local key, arg, answer = 4, 3, {1}
local time = now()
for t = 1, tonumber(ARGV[2]) do
  local conditions, puts, erases = tonumber(ARGV[arg]), tonumber(ARGV[arg + 1]), tonumber(ARGV[arg + 2])
  arg = arg + 3
  local failed = failing(conditions, key, arg)
  key, arg = key + conditions, arg + 2 * conditions
  answer[t + 1] = failed
  if failed == 0 then
    for i = 0, puts - 1 do
      local entry, life = KEYS[key + i], tonumber(ARGV[arg + 2 * i])
      local last = life > 0 and string.format('%.0f', time + life)
      put(KEYS[2], KEYS[3], entry, string.sub(entry, cut + 1), ARGV[arg + 2 * i + 1], last)
    end
    for i = puts, puts + erases - 1 do erase(KEYS[key + i], string.sub(KEYS[key + i], cut + 1)) end
    flush(KEYS[2], KEYS[3])
  end
  key, arg = key + puts + erases, arg + 2 * puts
end
if brief > 0 then sweep(KEYS[2], KEYS[3], string.sub(KEYS[4], 1, cut), time, 2 * brief + 16) end
return answer
)lua";

constexpr std::string_view kSetIfAbsent = R"lua(
local there = redis.call('GET', KEYS[4])
if there then return {1, there} end
local life = tonumber(ARGV[3])
if life > 0 then
  local time = now()
  redis.call('SET', KEYS[4], ARGV[2], 'PX', life)
  redis.call('ZADD', KEYS[3], time + life, ARGV[1])
  sweep(KEYS[2], KEYS[3], string.sub(KEYS[4], 1, #KEYS[4] - #ARGV[1]), time, 18)
else
  redis.call('SET', KEYS[4], ARGV[2])
end
redis.call('ZADD', KEYS[2], 0, ARGV[1])
return {1, ARGV[2]}
)lua";

constexpr std::string_view kScan = R"lua(
local limit, room = tonumber(ARGV[4]), tonumber(ARGV[5])
local names = redis.call('ZRANGEBYLEX', KEYS[2], ARGV[2], ARGV[3], 'LIMIT', 0, limit + 1)
local answer, gone = {1, #names > limit and 1 or 0, ''}, {}
for _, name in ipairs(names) do
  if #answer >= 3 + 2 * limit or room <= 0 then
    answer[2] = 1
    break
  end
  local value = redis.call('GET', ARGV[1] .. name)
  if value then
    answer[#answer + 1] = name
    answer[#answer + 1] = value
    room = room - #name - #value
  else
    gone[#gone + 1] = name
  end
  answer[3] = name
end
if #gone > 0 then redis.call('ZREM', KEYS[2], unpack(gone)) end
return answer
)lua";

constexpr std::string_view kStage = R"lua(
local time, items = now(), {ARGV[2]}
for i = 3, 3 * tonumber(ARGV[2]), 3 do
  local life = ARGV[i + 1]
  if life ~= '' and life ~= '-' then life = string.format('%.0f', time + tonumber(life)) end
  items[i - 1], items[i], items[i + 1] = ARGV[i], life, ARGV[i + 2]
end
redis.call('RPUSH', KEYS[1], unpack(items))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return redis.call('LLEN', KEYS[1])
)lua";

constexpr std::string_view kDecide = R"lua(
if redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[2]) then return {2} end
local failed = failing(#KEYS - 2, 3, 3)
if failed > 0 then
  redis.call('UNLINK', KEYS[2])
else
  redis.call('SET', KEYS[1], ARGV[1])
  redis.call('PERSIST', KEYS[2])
end
return {1, failed}
)lua";

// What counts must be carried out, whatever memory is left: it moves what is there already.
constexpr std::string_view kApply = R"lua(
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local count = tonumber(redis.call('LINDEX', KEYS[2], 0))
if not count then
  redis.call('DEL', KEYS[1])
  return 0
end
local items = redis.call('LRANGE', KEYS[2], 1, 3 * count)
local time = now()
for i = 1, 3 * count, 3 do
  local name, life = items[i], items[i + 1]
  if life == '-' then
    erase(ARGV[2] .. name, name)
  else
    put(KEYS[3], KEYS[4], ARGV[2] .. name, name, items[i + 2], life ~= '' and life)
  end
end
flush(KEYS[3], KEYS[4])
if brief > 0 then sweep(KEYS[3], KEYS[4], ARGV[2], time, 2 * brief + 16) end
redis.call('LTRIM', KEYS[2], 3 * count + 1, -1)
if redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
redis.call('DEL', KEYS[1])
return 0
)lua";

std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

}  // namespace

Scripts MakeScripts() {
  return {.commit = Script(Join({kNow, kConditions, kSweep, kPending, kChanges, kCommit})),
          .set_if_absent = Script(Join({kNow, kSweep, kPending, kSetIfAbsent})),
          .scan = Script(Join({kPending, kScan})),
          .stage = Script(Join({kNow, kStage})),
          .decide = Script(Join({kConditions, kPending, kDecide})),
          .apply = Script(Join({"#!lua flags=allow-oom\n", kNow, kSweep, kChanges, kApply}))};
}

}  // namespace centralita::store::redis
