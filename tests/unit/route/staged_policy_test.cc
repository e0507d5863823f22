// A version for a share of the customers beside the one for all.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

constexpr int kCustomers = 400;

policy::v1::RouteSection To(const std::string& pool) {
  policy::v1::RouteSection section;
  auto& route = *section.add_routes();
  route.set_name("all");
  route.set_pool(pool);
  route.add_steps()->set_queue("q");
  section.set_default_pool(pool);
  section.set_default_queue("q");
  return section;
}

Collector Stage(Harness& harness, const std::string& pool, uint64_t version, uint32_t percent) {
  RoutingRecord record;
  record.mutable_activate()->set_tenant("acme");
  record.mutable_activate()->set_version(version);
  record.mutable_activate()->set_stage_percent(percent);
  record.mutable_activate()->set_applied_by("eva");
  *record.mutable_activate()->mutable_route() = To(pool);
  return harness.Apply(record);
}

// Who goes to `pool`, of customers who write for the first time in this round.
std::set<int> Going(Harness& harness, const std::string& pool, const std::string& round) {
  std::set<int> going;
  for (int i = 0; i < kCustomers; ++i) {
    const std::string customer = fmt::format("customer-{}", i);
    const Collector out = harness.Apply(Message(harness, customer, fmt::format("{}-{}", round, i)));
    const Command command = out.commands().at(0);
    if (command.pool() == pool) going.insert(i);
    // So that the next round opens anew.
    harness.Apply(Closed(customer, command.enqueue().conversation_id(), 1, 1, ""));
  }
  return going;
}

TEST(StagedPolicy, DecidesForItsShareAndTheSameCustomersEachTime) {
  Harness harness;
  harness.Activate(To("old"), 1);
  Stage(harness, "new", 2, 25);
  const std::set<int> first = Going(harness, "new", "a");
  EXPECT_GT(first.size(), kCustomers * 15u / 100);
  EXPECT_LT(first.size(), kCustomers * 35u / 100);
  harness.SaveAndLoad();
  EXPECT_EQ(Going(harness, "new", "b"), first);
}

TEST(StagedPolicy, AGreaterShareTakesCustomersInAndLetsNoneGo) {
  Harness harness;
  harness.Activate(To("old"), 1);
  Stage(harness, "new", 2, 10);
  const std::set<int> before = Going(harness, "new", "a");
  Stage(harness, "new", 3, 50);
  const std::set<int> after = Going(harness, "new", "b");
  EXPECT_GT(after.size(), before.size());
  for (const int customer : before) EXPECT_TRUE(after.contains(customer)) << customer;
}

TEST(StagedPolicy, IsNamedInDecisionsAndInItsEvent) {
  Harness harness;
  harness.Activate(To("old"), 1);
  const Collector activated = Stage(harness, "new", 2, 99);
  EXPECT_EQ(activated.events()[0].policy_activated().stage_percent(), 99u);
  EXPECT_EQ(activated.events()[0].policy_activated().applied_by(), "eva");
  const int lucky = *Going(harness, "new", "a").begin();
  const Collector out = harness.Apply(Message(harness, fmt::format("customer-{}", lucky), "again"));
  EXPECT_EQ(out.events()[0].decision().policy_version(), 2u);
}

TEST(StagedPolicy, EndsWithTheNextVersionForAll) {
  Harness harness;
  harness.Activate(To("old"), 1);
  Stage(harness, "new", 2, 50);
  harness.Activate(To("old"), 1);
  EXPECT_FALSE(Going(harness, "new", "a").empty()) << "an activation once more ends nothing";
  harness.Activate(To("old"), 3);
  EXPECT_TRUE(Going(harness, "new", "b").empty());
  Stage(harness, "new", 2, 50);
  EXPECT_TRUE(Going(harness, "new", "c").empty()) << "a lower version is ignored";
}

}  // namespace
}  // namespace centralita::route
