// Customers, and all that stands between them and route: what they said, as the classifier passes
// it on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "centralita/routing/v1/routing.pb.h"
#include "tests/simulation/disks.h"

namespace centralita::simulation {

class Customers final {
 public:
  explicit Customers(Disks& disks) : disks_(disks) {}

  void Say(uint32_t customer, uint32_t about);
  // The provider delivers one of the messages again: another record of `inbound`.
  void SayAgain(uint32_t which);
  // The classifier crashed before its commit: the latest records of one partition come once more.
  void Reclassify(uint32_t partition, uint32_t count);
  void Amend(uint32_t customer, uint32_t points);
  void Link(uint32_t customer, uint32_t to);

  // Message id -> how often it was delivered.
  const std::map<std::string, uint32_t>& delivered() const { return delivered_; }

 private:
  struct Sent {
    std::string key;
    std::string value;
  };
  // What the classifier made of one partition of `inbound`.
  using Inbound = std::vector<Sent>;

  std::string CustomerOf(uint32_t handle);
  void Pass(routing::v1::RoutingRecord record, const std::string& customer);
  void Append(const Sent& sent);

  Disks& disks_;
  Inbound inbound_[kPartitions];
  // Handle of each message ever said.
  std::vector<std::pair<uint32_t, routing::v1::TaggedMessage>> said_;
  std::map<std::string, uint32_t> delivered_;
  uint64_t profile_revision_ = 0;
  uint64_t identity_offset_ = 0;
  std::map<std::string, std::pair<uint64_t, std::string>> linked_;
};

}  // namespace centralita::simulation
