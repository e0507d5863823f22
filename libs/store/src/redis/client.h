// Runs commands on the nodes that serve their slots: follows redirections, asks again where Redis
// says so, and keeps the deadline.
#pragma once

#include <array>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/base/periodic.h"
#include "centralita/base/strings.h"
#include "command.h"
#include "connection.h"
#include "keys.h"
#include "loop.h"
#include "slot_table.h"

namespace centralita::store::redis {

// What is done when a slot is being moved and the keys of one command lie on both sides.
enum class WhenMoving { kWait, kTell };

// Thread-safe.
class Client final {
 public:
  // Connects; see OpenRedisStore().
  static absl::StatusOr<std::unique_ptr<Client>> Open(const RedisStoreOptions& options,
                                                      const base::Clock& clock);
  ~Client();

  // One answer per command, none of which is an error reply. Those of one slot are sent in order,
  // but one that is to be asked again comes later than its successors.
  std::vector<absl::StatusOr<Reply>> Run(const std::vector<Command>& commands,
                                         WhenMoving when_moving = WhenMoving::kWait);
  absl::StatusOr<Reply> Run(const Command& command, WhenMoving when_moving = WhenMoving::kWait);

 private:
  struct Node {
    std::string address;
    Endpoint endpoint;
    std::vector<std::shared_ptr<Connection>> connections;
  };
  // Where one command of a call stands.
  struct Progress {
    ScriptForm form = ScriptForm::kDigest;
    std::shared_ptr<Node> asking;
    std::shared_ptr<Node> node;
    int redirections = 0;
    bool pause = false;
  };
  class Call;

  Client(std::unique_ptr<ConnectionSettings> settings, const base::Clock& clock);
  // Is this what we can work with?
  absl::Status CheckServers();
  absl::Status CheckServer(Node& node);

  std::shared_ptr<Node> NodeOf(uint16_t slot);
  // With mutex_ held. Null if the address makes no sense.
  std::shared_ptr<Node> NodeAtLocked(const std::string& address);
  std::shared_ptr<Node> NodeAt(const std::string& address);
  void Learn(const Redirection& redirection);
  // Asks the nodes for the whole table, one after the other.
  absl::Status ReadSlots();
  void UseSlots(const std::vector<SlotRange>& ranges);
  void WantSlots();
  absl::StatusOr<Reply> Ask(Node& node, const Command& command);
  // False when the client ends.
  bool Pause(base::Duration time);

  const std::unique_ptr<const ConnectionSettings> settings_;
  const base::Clock& clock_;
  Loop loop_;

  std::mutex mutex_;
  std::condition_variable ending_;
  bool ends_ = false;
  std::mt19937 random_;
  base::StringMap<std::shared_ptr<Node>> nodes_;
  // Of kSingle: all the same.
  std::vector<std::shared_ptr<Node>> slots_;

  // Of kCluster: reads the table now and then, and when something shows that it is old.
  std::unique_ptr<base::Periodic> reader_;
};

}  // namespace centralita::store::redis
