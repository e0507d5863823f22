// The store of a cluster: Redis 7.0 or later, or Valkey; one node or a Redis Cluster.
//
// What lies in Redis. A partition's keys share the hash tag {partition}, so they lie in one slot:
//   <prefix>:{p}:k:<name>  an entry, a string, with Redis' own expiry
//   <prefix>:{p}:i         all names, sorted (a sorted set with equal scores): what Scan reads
//   <prefix>:{p}:x         names that run out, by when: the index is cleaned by it
//   <prefix>:{p}:p         the transaction that is being carried out, if it is a large one
//   <prefix>:{p}:s:<id>    its changes, until they are carried out
// An entry costs about 250 bytes beside its name (twice) and its value.
//
// A transaction is one Lua script (EVALSHA), not WATCH with MULTI: conditions are checked where the
// values are, in one round trip instead of two, and no connection belongs to one caller meanwhile,
// so that all share a few (measured: as many a second on two shared connections as WATCH reaches on
// one for each of eight threads). The server is never held up for long: whatever has more than 500
// changes or 256 KiB is first put aside in slices; a script then checks the conditions and makes it
// count at once, and slices are carried out by further scripts. Who meets a transaction that counts
// but is not carried out yet, reader or writer, carries it out first: all see all or nothing, also
// when the process that began it has died. Such a transaction moves its bytes twice. One value
// above 256 KiB is a slice of its own; the largest is 64 MiB.
//
// Scan is one script a page: at most 1,000 entries or 1 MiB; O(log n + page). Names change under it
// as in a sorted map: each that is there all the time is seen exactly once.
//
// Time to live is the server's and exact: what has run out is never seen again.
//
// Threads: one of its own does all reading and writing; callers wait. Many callers share a few
// connections and their calls go out together. A call that finds no connection fails at once
// (UNAVAILABLE) while connecting is tried again and again, with growing pauses. In a cluster MOVED
// and ASK are followed; while a slot is being moved, reads go on, and transactions and scans of its
// partitions wait for the end of it (up to call_timeout).
//
// Errors beside those of store.h: UNAVAILABLE after a connection is lost: a transaction may have
// been carried out or not. UNAUTHENTICATED, PERMISSION_DENIED: settings. RESOURCE_EXHAUSTED: Redis
// has reached maxmemory, or too many calls wait here. DATA_LOSS: foreign data under our keys.
// Redis must not evict (maxmemory-policy noeviction): a checkpoint without some of its entries
// would look like a whole one.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/store/store.h"

namespace centralita::store {

struct RedisTls {
  // Files in PEM. Without ca_file the system's authorities are believed.
  std::string ca_file;
  // Only if the server wants to know its clients.
  std::string cert_file;
  std::string key_file;
  // The name that the servers' certificate must bear; empty: the host that was connected to.
  std::string server_name;
};

enum class RedisMode { kSingle, kCluster };

struct RedisStoreOptions {
  // "host:port", "[::1]:6379", or "unix:/path". One for kSingle; for kCluster some of its nodes.
  std::vector<std::string> addresses;
  RedisMode mode = RedisMode::kSingle;
  // Empty: the user "default"; no authentication without a password.
  std::string user;
  std::string password;
  std::optional<RedisTls> tls;
  // Installations that share a Redis have different ones. Letters, digits, '-', '_', '.'.
  std::string key_prefix = "centralita";

  // For one round trip with what it waits for; a transaction or read in n slices has n of it.
  base::Duration call_timeout{2'000};
  base::Duration connect_timeout{2'000};
  base::Duration min_backoff{50};
  base::Duration max_backoff{2'000};
  // To each node. A partition always uses the same one.
  size_t connections = 2;
  // What waits in one connection; more is RESOURCE_EXHAUSTED.
  size_t max_waiting_calls = 20'000;
  size_t max_waiting_bytes = 128 << 20;
};

// Connects and looks at the server: UNAVAILABLE if it cannot be reached, FAILED_PRECONDITION if it
// is older than 7.0, `mode` does not fit it, or it
// evicts, INVALID_ARGUMENT for options that make no sense.
// `clock`'s monotonic time must run by itself (it paces reconnects); it outlives the store.
absl::StatusOr<std::unique_ptr<Store>> OpenRedisStore(const RedisStoreOptions& options,
                                                      const base::Clock& clock);

}  // namespace centralita::store
