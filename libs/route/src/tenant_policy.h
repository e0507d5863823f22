// What route needs of a tenant's policy, with the built-in values where the policy says nothing or
// there is none yet.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "centralita/clocks/v1/clocks.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/policy/conditions.h"
#include "centralita/policy/v1/policy.pb.h"
#include "centralita/sla/calendars.h"

namespace centralita::route {

// Where a piece of work goes.
struct Destination {
  std::string_view route;
  std::string_view pool;
  // Never empty, unless `answer` is there.
  std::vector<const policy::v1::Step*> steps;
  const policy::v1::AutomaticAnswer* answer = nullptr;
};

// What, beside its subject, decides between the routes of a piece of work.
struct Wish {
  // When it may be worked on: for conditions on hours.
  int64_t at_ms = 0;
  // Whether a route with an automatic answer may be taken.
  bool allow_answer = false;
  // Neither bots nor automatic answers may have it.
  bool people_only = false;
};

// Immutable. Views in results live as long as the policy; so it must not be moved meanwhile.
class TenantPolicy final {
 public:
  static constexpr int kMaxRulesInDecision = 8;
  static constexpr int kMaxClocks = 16;
  static constexpr int kMaxClockRulesInDecision = 24;

  // The built-in policy.
  TenantPolicy();
  TenantPolicy(uint64_t version, policy::v1::RouteSection section);

  uint64_t version() const { return version_; }
  const policy::v1::RouteSection& section() const { return section_; }

  // By the first route whose conditions hold and to which the wish does not object; those that hold
  // too and were beaten go to `decision` behind it.
  Destination Choose(policy::Subject subject, const Wish& wish,
                     events::v1::Decision& decision) const;
  // Whether bots must not have it.
  bool NeverForBots(policy::Subject subject, int64_t at_ms) const;
  // To a pool and queue that are given: by the steps of the named route, else of any route that
  // goes there, from that queue on; else that queue alone, without requirements. `queue` may be
  // empty: the route's first.
  Destination Towards(std::string_view pool, std::string_view queue, std::string_view route) const;
  // Whether all agents of `pool` are bots.
  bool HasOnlyBots(std::string_view pool) const;
  // How long an agent of `pool` is preferred when his customer comes back.
  int64_t StickyWindowMs(std::string_view pool) const;
  // Whether there is such a pool, or a route, or the default, goes to it.
  bool Knows(std::string_view pool) const;

  // For each clock name the first rule whose conditions hold; running since `start_ms`. Those that
  // hold too and were beaten go to `decision` with it.
  void StartClocks(policy::Subject subject, int64_t start_ms,
                   google::protobuf::RepeatedPtrField<clocks::v1::ClockState>& clocks,
                   events::v1::Decision& decision) const;
  int64_t DuplicateWindowMs(common::v1::Channel channel) const;
  // 0 for channels without one.
  int64_t ReplyWindowMs(common::v1::Channel channel) const;
  int32_t Units(common::v1::Channel channel) const;
  int64_t reopen_window_ms() const { return section_.reopen_window_ms(); }
  int64_t facts_kept_ms() const;
  int64_t deflection_window_ms() const { return section_.bots().deflection_window_ms(); }

 private:
  void SetDefaults();
  // Why the route cannot be taken although its conditions hold; empty if it can.
  std::string_view Objection(const policy::v1::Route& route, const Wish& wish) const;
  const policy::v1::PoolRouting* Routing(std::string_view pool) const;
  clocks::v1::ClockState ClockOf(const policy::v1::ClockRule& rule, int64_t start_ms) const;

  uint64_t version_ = 0;
  policy::v1::RouteSection section_;
  sla::Calendars calendars_;
  // The default queue as a step.
  policy::v1::Step default_step_;
};

}  // namespace centralita::route
