// Who gets what, in which order, and what the decision record says of it.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

using events::v1::Event;
using testing::ElementsAre;

commands::v1::Enqueue Wants(std::string_view id, int64_t now, std::string_view skill,
                            int32_t level) {
  auto enqueue = Desk::NewEnqueue(id, 50, now);
  auto& wanted = *enqueue.mutable_steps(0)->add_skills();
  wanted.set_name(std::string(skill));
  wanted.set_level(level);
  return enqueue;
}

std::vector<std::string> Excluded(const Event& offered) {
  std::vector<std::string> reasons;
  for (const auto& excluded : offered.decision().excluded()) {
    reasons.push_back(fmt::format("{} {}", excluded.reason(), excluded.count()));
  }
  return reasons;
}

class MatchingTest : public testing::Test {
 protected:
  // What the agents get, one after the other, when one with room for one comes.
  std::vector<std::string> OrderOfWork() {
    std::vector<std::string> order;
    desk.Available("ana");
    for (std::string work = desk.OfferedWork(); !work.empty(); work = desk.OfferedWork()) {
      order.push_back(work);
      desk.Accept("ana", work);
      desk.Resolve("ana", work);
    }
    return order;
  }
  Desk desk;
};

TEST_F(MatchingTest, TheBestLevelThenTheLeastLoadedThenTheLongestIdle) {
  desk.Activate(1, PoolWith(),
                {{"a", 100, {{"returns", 3}}},
                 {"b", 100, {{"returns", 9}}},
                 {"c", 100, {{"returns", 9}}},
                 {"d", 100, {}},
                 {"e", 100, {{"returns", 9}}},
                 {"f", 20, {{"returns", 9}}}});
  desk.Available("a");
  desk.Available("c");
  desk.now += 10;
  desk.Available("b");
  desk.Available("d");
  desk.Available("f");
  desk.Enqueue(Wants("c1", desk.now, "returns", 2));
  EXPECT_EQ(desk.OfferedTo(), "c") << "idle for longer";
  const Event first = desk.Find(Event::kOffered);
  ASSERT_EQ(first.decision().runners_up_size(), 2);
  EXPECT_EQ(first.decision().runners_up(0).agent_id(), "b");
  EXPECT_EQ(first.decision().runners_up(1).agent_id(), "a");
  EXPECT_THAT(Excluded(first), ElementsAre("capacity 1", "presence 1", "skill 1"));
  EXPECT_EQ(first.decision().winner().skill_level(), 9);
  desk.Enqueue(Wants("c2", desk.now, "returns", 2));
  EXPECT_EQ(desk.OfferedTo(), "b") << "less loaded";
}

TEST_F(MatchingTest, LanguageIsRequiredWhereTheStepSaysSo) {
  desk.Activate(1, PoolWith(), {{"ana", 100, {}, {"es"}}, {"bob", 100, {}, {"en"}}});
  desk.Available("ana");
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  enqueue.mutable_facts()->set_language("en");
  enqueue.mutable_steps(0)->set_match_language(true);
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Available("bob");
  EXPECT_EQ(desk.OfferedTo(), "bob");
  EXPECT_THAT(Excluded(desk.Find(Event::kOffered)), ElementsAre("language 1"));
}

TEST_F(MatchingTest, TheLastAgentIsPreferredWhileItLasts) {
  desk.Activate(1, PoolWith(), {{"ana"}, {"bea"}});
  desk.Available("ana");
  desk.Available("bea");
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  enqueue.set_sticky_agent_id("bea");
  enqueue.set_sticky_until_unix_ms(desk.now + 1);
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.OfferedTo(), "bea");
  enqueue.set_conversation_id("c2");
  enqueue.set_sticky_until_unix_ms(desk.now);
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.OfferedTo(), "ana") << "not any more";
}

TEST_F(MatchingTest, DueTimeIsTheEarliestOfPatienceDeadlineAndReplyWindow) {
  auto pool = PoolWith();
  auto& patience = *pool.add_patience();
  patience.set_band(classification::v1::PRIORITY_BAND_NORMAL);
  patience.set_patience_ms(100'000);
  pool.set_sla_margin_ms(5'000);
  desk.Activate(1, pool, {{"ana", 50}});
  desk.Enqueue("late");
  EXPECT_EQ(desk.Find(Event::kQueued).queued().due_unix_ms(), desk.now + 100'000);
  auto sla = Desk::NewEnqueue("sla", 50, desk.now);
  *sla.add_clocks() = Clock("first_response", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 60'000);
  desk.Enqueue(sla);
  EXPECT_EQ(desk.Find(Event::kQueued).queued().due_unix_ms(), desk.now + 55'000);
  auto window = Desk::NewEnqueue("window", 50, desk.now);
  window.set_reply_window_unix_ms(desk.now + 10'000);
  desk.Enqueue(window);
  desk.Enqueue("later");
  EXPECT_THAT(OrderOfWork(), ElementsAre("window", "sla", "late", "later"))
      << "first come first served among equals";
}

TEST_F(MatchingTest, AnAmendmentMovesThatConversationAloneAndLowerProfileRevisionsAreIgnored) {
  desk.Activate(1, PoolWith(), {{"ana", 50}});
  for (const char* id : {"c1", "c2", "c3"}) desk.Enqueue(id);
  auto amend = Command();
  amend.mutable_amend()->set_conversation_id("c3");
  amend.mutable_amend()->set_revision(1);
  amend.mutable_amend()->mutable_facts()->set_band(classification::v1::PRIORITY_BAND_CRITICAL);
  amend.mutable_amend()->mutable_facts()->set_profile_revision(5);
  amend.mutable_amend()->set_reason("payment");
  desk.Apply(amend);
  EXPECT_EQ(desk.Find(Event::kReprioritized).reprioritized().reason(), "payment");
  amend.mutable_amend()->mutable_facts()->set_band(classification::v1::PRIORITY_BAND_LOW);
  amend.mutable_amend()->mutable_facts()->set_profile_revision(4);
  desk.Apply(amend);
  EXPECT_TRUE(desk.out.events.empty());
  EXPECT_THAT(OrderOfWork(), ElementsAre("c3", "c1", "c2"));
}

TEST_F(MatchingTest, AScheduledCallbackIsNotOfferedBefore) {
  desk.Activate(1, PoolWith(), {{"ana"}});
  desk.Available("ana");
  desk.Enqueue(Desk::NewEnqueue("c1", 50, desk.now + 5'000));
  EXPECT_EQ(desk.OfferedTo(), "");
  EXPECT_EQ(desk.machine->NextDue(), base::FromUnixMillis(desk.now + 5'000));
  desk.Tick(4'999);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Tick(1);
  EXPECT_EQ(desk.OfferedTo(), "ana");
}

TEST_F(MatchingTest, StepsRelaxInTheirTime) {
  desk.Activate(1, PoolWith(), {{"ana"}});
  desk.Available("ana");
  auto enqueue = Wants("c1", desk.now, "returns", 5);
  enqueue.mutable_steps(0)->set_for_ms(2'000);
  enqueue.add_steps()->set_queue("vip");
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.OfferedTo(), "");
  desk.Tick(2'000);
  EXPECT_EQ(desk.Find(Event::kStepRelaxed).step_relaxed().step(), 1u);
  EXPECT_EQ(desk.OfferedTo(), "ana");
  EXPECT_EQ(desk.Find(Event::kOffered).queue(), "vip");
}

TEST_F(MatchingTest, BacklogIsReleasedAtARate) {
  auto pool = PoolWith(60'000);
  pool.set_release_per_second(2);
  desk.Activate(1, pool, {{"ana", 100}});
  for (int i = 0; i < 5; ++i) desk.Enqueue(fmt::format("c{}", i), 10);
  const auto offers = [&] {
    int count = 0;
    for (const auto& event : desk.out.events) count += event.has_offered() ? 1 : 0;
    return count;
  };
  desk.Available("ana");
  EXPECT_EQ(offers(), 2);
  desk.Enqueue("new", 10);
  EXPECT_EQ(offers(), 0) << "nothing new passes by";
  desk.Tick(999);
  EXPECT_EQ(offers(), 0);
  desk.Tick(1);
  EXPECT_EQ(offers(), 2);
  desk.Tick(1'000);
  EXPECT_EQ(offers(), 2);
}

TEST_F(MatchingTest, WorkForAPoolWithoutPolicyIsKeptAndMatchedOnActivation) {
  auto enqueue = Desk::NewEnqueue("c1", 50, desk.now);
  enqueue.mutable_steps(0)->set_queue("no such queue");
  desk.Enqueue(enqueue);
  EXPECT_EQ(desk.Find(Event::kQueued).queue(), "no such queue");
  desk.Activate(1, PoolWith(), {{"ana"}});
  EXPECT_EQ(desk.Find(Event::kPolicyActivated).policy_activated().version(), 1u);
  desk.Available("ana");
  EXPECT_EQ(desk.Find(Event::kOffered).queue(), "general") << "the pool's first";
}

TEST_F(MatchingTest, ALowerOrEqualPolicyVersionIsIgnored) {
  desk.Activate(3, PoolWith(), {{"ana"}});
  desk.Activate(2, PoolWith(), {});
  EXPECT_TRUE(desk.out.events.empty());
  desk.Activate(3, PoolWith(), {});
  EXPECT_TRUE(desk.out.events.empty());
  desk.Available("ana");
  EXPECT_EQ(desk.Rejection(), "");
}

TEST_F(MatchingTest, PartsAccumulateAndAreEffectiveWithTheLast) {
  auto first = Activation(1, PoolWith(), {{"ana"}});
  first.mutable_activate()->set_parts(2);
  auto second = Activation(1, PoolWith(), {{"bea"}});
  second.mutable_activate()->clear_pool();
  second.mutable_activate()->set_part(1);
  second.mutable_activate()->set_parts(2);
  desk.Apply(second);
  EXPECT_TRUE(desk.out.events.empty()) << "out of order";
  desk.Apply(first);
  desk.Available("ana");
  EXPECT_EQ(desk.Rejection(), "unknown_agent");
  desk.Apply(second);
  EXPECT_TRUE(desk.Has(Event::kPolicyActivated));
  for (const char* agent : {"ana", "bea"}) {
    desk.Available(agent);
    EXPECT_EQ(desk.Rejection(), "") << agent;
  }
}

TEST_F(MatchingTest, WhoIsRemovedFromTheDirectoryGivesHisWorkBack) {
  desk.Activate(1, PoolWith(), {{"ana"}, {"bea"}});
  desk.Available("ana");
  desk.Enqueue("c1");
  desk.Accept("ana", "c1");
  desk.Available("bea");
  desk.Activate(2, PoolWith(), {{"bea"}});
  EXPECT_EQ(desk.Find(Event::kUnassigned).unassigned().agent_id(), "ana");
  EXPECT_EQ(desk.OfferedTo(), "bea");
  desk.Reply("ana", "c1");
  EXPECT_EQ(desk.Rejection(), "unknown_agent");
}

TEST_F(MatchingTest, ALargeActivationGoesInSlicesAndReachesAll) {
  for (int i = 0; i < 3'000; ++i) desk.Enqueue(fmt::format("c{}", i), 100);
  desk.Activate(1, PoolWith(), {{"ana"}});
  desk.Available("ana");
  int ticks = 0;
  while (desk.machine->NextDue() == base::FromUnixMillis(0)) {
    desk.Tick(0);
    ++ticks;
  }
  EXPECT_GE(ticks, 2);
  EXPECT_LE(ticks, 6);
}

TEST_F(MatchingTest, AHigherEngineLevelIsRefused) {
  desk.Activate(1, PoolWith(), {{"ana"}});
  commands::v1::Command raise;
  raise.mutable_engine_level()->set_level(kEngineLevel + 1);
  desk.Apply(raise);
  EXPECT_EQ(desk.machine->EngineLevel(), kEngineLevel + 1);
  desk.Available("ana");
  EXPECT_TRUE(desk.out.log.empty());
  Dispatch other(0);
  absl::Status status;
  for (const auto& [key, value] : AllEntries(*desk.machine)) status.Update(other.Load(key, value));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MatchingTest, WhatIsNoCommandIsUndecodable) {
  Recorder out;
  for (const std::string& bytes : {std::string("\xff\xff\xff"), std::string()}) {
    EXPECT_EQ(desk.machine->Apply({0, 0, base::FromUnixMillis(1), "k", bytes}, out),
              base::ApplyResult::kUndecodable);
  }
  EXPECT_EQ(Dispatch(0).Load("c/x", "\xff\xff").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Dispatch(0).Load("nonsense", "").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace centralita::dispatch
