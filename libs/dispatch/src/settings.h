// What a pool's policy says, with built-in values for what it leaves open or while there is none.
#pragma once

#include <cstdint>
#include <string_view>

#include "centralita/snapshot/v1/dispatch_state.pb.h"

namespace centralita::dispatch {

// Bounds of what one entry or one record may hold; part of the behaviour, so changing one needs an
// engine level.
inline constexpr int kKeptMessages = 32;
inline constexpr int kEarlyMessages = 256;
inline constexpr int kConversationActions = 1024;
inline constexpr int kRecentActions = 64;
inline constexpr int kEndedSessions = 8;
inline constexpr int kRunnersUp = 8;
inline constexpr uint64_t kProgressEvery = 64;
inline constexpr int kTimersPerTick = 256;
inline constexpr int kSweepPerTick = 1024;
// Of those, what a conversation takes of whose clocks some are timed anew.
inline constexpr int kRetimeCost = 4;
// Notices of a conversation that wait for their hours; of more the oldest are given up.
inline constexpr int kWaitingNotices = 8;
// Collected by bots, of a conversation.
inline constexpr int kMaxFields = 32;
// Bytes.
inline constexpr size_t kMaxWaitingFor = 64;
inline constexpr size_t kMaxFieldName = 64;
inline constexpr size_t kMaxFieldValue = 1024;

int64_t OfferLeaseMs(const policy::v1::PoolSection& pool);
int64_t PatienceMs(const policy::v1::PoolSection& pool, classification::v1::PriorityBand band);

// The name as it is if the pool has that queue (or no list of queues), else the pool's first.
std::string_view QueueOrFirst(const policy::v1::PoolSection& pool, std::string_view name);
// Whether the pool lists that queue.
bool HasQueue(const policy::v1::PoolSection& pool, std::string_view name);

}  // namespace centralita::dispatch
