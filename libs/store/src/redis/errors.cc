#include "errors.h"

#include <fmt/format.h>

#include "centralita/base/error.h"

namespace centralita::store::redis {
namespace {

using Code = absl::StatusCode;

struct Meaning {
  std::string_view starts_with;
  Code code;
  std::string_view reason;
  std::string_view advice;
};

// The first that fits.
constexpr Meaning kMeanings[] = {
    {"OOM", Code::kResourceExhausted, "redis_out_of_memory",
     "It has reached maxmemory: raise it, or give this installation a Redis of its own."},
    {"LOADING", Code::kUnavailable, "redis_loading", "It reads its data after a start; wait."},
    {"CLUSTERDOWN", Code::kUnavailable, "redis_cluster_down",
     "Some slots have no node; see CLUSTER INFO and bring the missing nodes back."},
    {"TRYAGAIN", Code::kUnavailable, kSlotMoving,
     "The slot is being moved to another node; it passes when that is done."},
    {"READONLY", Code::kUnavailable, "redis_read_only",
     "It is a replica: name the primary in the addresses, or wait for the failover to end."},
    {"MASTERDOWN", Code::kUnavailable, "redis_read_only", "It is a replica without its primary."},
    {"NOREPLICAS", Code::kUnavailable, "redis_no_replicas",
     "It has fewer replicas than min-replicas-to-write; bring them back."},
    {"MISCONF", Code::kUnavailable, "redis_cannot_save",
     "It cannot write to its disk: free some space, see its log."},
    {"BUSY", Code::kUnavailable, "redis_busy", "A script holds it up; see SCRIPT KILL."},
    {"NOAUTH", Code::kUnauthenticated, "redis_wants_password",
     "Set the store's redis user and password."},
    {"WRONGPASS", Code::kUnauthenticated, "redis_wrong_password",
     "Look at the store's redis user and password, and at ACL LIST there."},
    {"ERR AUTH", Code::kUnauthenticated, "redis_no_password_wanted",
     "A password is set here and none there: remove the store's redis password, or set "
     "requirepass."},
    {"ERR Client sent AUTH", Code::kUnauthenticated, "redis_no_password_wanted",
     "A password is set here and none there: remove the store's redis password."},
    {"ERR invalid password", Code::kUnauthenticated, "redis_wrong_password",
     "Look at the store's redis password."},
    {"NOPERM", Code::kPermissionDenied, "redis_no_permission",
     "Grant this user the commands and the key prefix of the store (ACL SETUSER)."},
    {"DENIED", Code::kPermissionDenied, "redis_protected",
     "It is in protected mode: set a password there, or bind it to this network."},
    {"WRONGTYPE", Code::kDataLoss, "redis_foreign_data",
     "Something else lies under our keys: choose another key prefix, or delete those keys; the "
     "logs fill the store again."},
    {"CROSSSLOT", Code::kInvalidArgument, "redis_several_partitions",
     "The keys of one transaction must lie in one partition."},
    {"MOVED", Code::kFailedPrecondition, "redis_is_cluster",
     "It is a node of a Redis Cluster: set the store's redis mode to cluster."},
    {"ASK", Code::kFailedPrecondition, "redis_is_cluster",
     "It is a node of a Redis Cluster: set the store's redis mode to cluster."},
    {"ERR This instance has cluster support disabled", Code::kFailedPrecondition,
     "redis_is_no_cluster", "It is no Redis Cluster: set the store's redis mode to single."},
    {"ERR max number of clients", Code::kResourceExhausted, "redis_too_many_clients",
     "Raise maxclients there."},
    {"ERR unknown command", Code::kFailedPrecondition, "redis_too_old",
     "Redis 7.0 or later is needed, with no command renamed."},
    {"ERR Script attempted to access", Code::kUnavailable, kSlotMoving,
     "The slot is being moved to another node; it passes when that is done."},
    {"ERR Error running script: OOM", Code::kResourceExhausted, "redis_out_of_memory",
     "It has reached maxmemory: raise it."},
};

}  // namespace

absl::Status TranslateError(std::string_view error, std::string_view address) {
  for (const Meaning& meaning : kMeanings) {
    if (!error.starts_with(meaning.starts_with)) continue;
    return base::Error(meaning.code, meaning.reason,
                       fmt::format("Redis at {} answers '{}'. {}", address, error, meaning.advice));
  }
  return base::Error(Code::kInternal, "redis_error",
                     fmt::format("Redis at {} answers '{}', which is not expected of it; see its "
                                 "log.",
                                 address, error));
}

absl::Status ConnectionError(std::string_view what, std::string_view address) {
  return base::Error(Code::kUnavailable, "redis_unreachable",
                     fmt::format("Redis at {}: {}. Is it up, and is this its address? Connecting "
                                 "is tried again.",
                                 address, what));
}

}  // namespace centralita::store::redis
