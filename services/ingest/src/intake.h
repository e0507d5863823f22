// The one way in, whatever the transport: limits the rate, validates, computes ids, resolves
// identity, appends, and answers when the log has made everything durable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "auth.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "identity.h"
#include "ingest_metrics.h"
#include "item.h"
#include "rate_limit.h"
#include "validate.h"

namespace centralita::ingest {

// Asked for each request: OK, or why ingest cannot take anything now.
class Gate {
 public:
  virtual ~Gate() = default;
  virtual absl::Status Open() const = 0;
};

struct Topics {
  uint32_t inbound_partitions = 1;
  uint32_t signals_partitions = 1;
  uint32_t routing_partitions = 1;
};

struct IntakeDeps {
  eventlog::Producer& producer;
  Identity& identity;
  const base::Clock& clock;
  const Gate& gate;
  IngestMetrics& metrics;
};

// Thread-safe. References outlive it and every Done.
class Intake final {
 public:
  Intake(const Limits& limits, const Topics& topics, IntakeDeps deps);

  // Each item has its own result, in order; items that came with an error keep it.
  void Messages(const Caller& caller, MessageItems items, Done done);
  void Signals(const Caller& caller, SignalItems items, Done done);
  // One result; its error is empty if the wish is durable.
  void Link(const Caller& caller, Item<v1::LinkHandleRequest> link, Done done);

 private:
  struct Pending;

  template <typename T>
  void Check(const Caller& caller, std::vector<Item<T>>& items);
  template <typename T>
  std::vector<std::string> Resolve(std::vector<Item<T>>& items,
                                   const std::vector<std::string>& computed);
  void Append(Pending* pending, size_t index, eventlog::Outgoing record);
  void Finish(Pending* pending);

  const Limits limits_;
  const Topics topics_;
  const IntakeDeps deps_;
  RateLimit rate_;
  std::vector<telemetry::Counter> by_channel_;
};

}  // namespace centralita::ingest
