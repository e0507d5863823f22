// Random lives, driven by pools that answer late: nothing is lost or doubled, and a replay gives
// the same bytes, wherever the state was saved and loaded in between.
#include <algorithm>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "centralita/base/uuid.h"
#include "centralita/identity/v1/identity.pb.h"
#include "gmock/gmock.h"
#include "tests/unit/route/harness.h"

namespace centralita::route {
namespace {

struct Logged {
  int64_t now;
  std::string key;
  std::string value;
};

// A pool's shard as far as route is concerned: takes commands in order, applies messages without
// gaps, reports.
class Shards {
 public:
  struct Held {
    std::string customer;
    uint64_t revision = 0;
    uint64_t next = 0;
  };

  void Take(const Command& command) {
    if (command.has_enqueue()) {
      const auto& enqueue = command.enqueue();
      Held& held = held_[{command.pool(), enqueue.conversation_id()}];
      if (enqueue.revision() <= held.revision) return;
      held = {enqueue.customer_id(), enqueue.revision(), enqueue.first_sequence()};
      for (const auto& message : enqueue.messages())
        Apply(held, enqueue.conversation_id(), message);
    } else if (command.has_append()) {
      const auto& append = command.append();
      const auto found = held_.find({command.pool(), append.conversation_id()});
      if (found == held_.end() || found->second.revision != append.revision()) return;
      Apply(found->second, append.conversation_id(), append.message());
    }
  }

  // Closes, releases, or only reports progress of a conversation that it holds.
  std::optional<RoutingRecord> Report(std::mt19937& random, bool only_close) {
    if (held_.empty()) return std::nullopt;
    auto it = std::next(held_.begin(), static_cast<std::ptrdiff_t>(random() % held_.size()));
    const auto& [pool_and_id, held] = *it;
    RoutingRecord record = For(held.customer);
    const uint64_t last = held.next - 1;
    const auto what = only_close ? 0 : random() % 4;
    if (what <= 1) {
      record = Closed(held.customer, pool_and_id.second, held.revision, last,
                      random() % 2 == 0 ? "ana" : "bob");
    } else if (what == 2) {
      auto& released = *record.mutable_released();
      released.set_conversation_id(pool_and_id.second);
      released.set_revision(held.revision);
      released.set_last_sequence(last);
      released.set_eligible_unix_ms(kStart);
      if (random() % 2 == 0) released.set_to_pool(random() % 2 == 0 ? "sales" : "legal");
    } else {
      record.mutable_progress()->set_conversation_id(pool_and_id.second);
      record.mutable_progress()->set_revision(held.revision);
      record.mutable_progress()->set_last_sequence(last);
      return record;
    }
    held_.erase(it);
    return record;
  }

  bool idle() const { return held_.empty(); }
  const std::map<std::string, int>& applied() const { return applied_; }

 private:
  void Apply(Held& held, const std::string& conversation, const routing::v1::MessageRef& message) {
    ASSERT_EQ(message.sequence(), held.next) << "a gap in " << conversation;
    ++held.next;
    ++applied_[message.message_id()];
  }

  std::map<std::pair<std::string, std::string>, Held> held_;
  std::map<std::string, int> applied_;
};

class World {
 public:
  explicit World(uint32_t seed) : random_(seed) { Send(Activation(1)); }

  void Live(int steps) {
    for (int i = 0; i < steps; ++i) Step();
    for (int round = 0; round < 10'000 && !Quiet(); ++round) {
      while (DeliverCommand()) {
      }
      if (const auto report = shards_.Report(random_, true)) feedback_.push_back(*report);
      while (DeliverFeedback()) {
      }
    }
    ASSERT_TRUE(Quiet());
  }

  void CheckConservation() {
    size_t answered = 0;
    for (const std::string& id : said_) {
      const auto found = shards_.applied().find(id);
      const int applied = found == shards_.applied().end() ? 0 : found->second;
      const int answers = answers_.contains(id) ? 1 : 0;
      ASSERT_EQ(applied + answers, 1) << id;
      answered += static_cast<size_t>(answers);
    }
    EXPECT_EQ(answered + shards_.applied().size(), said_.size());
    EXPECT_EQ(duplicates_, repeats_);
    EXPECT_EQ(located_.size() + answered, said_.size())
        << "each message is in one conversation by route's events";
  }

  const std::vector<Logged>& log() const { return log_; }
  const std::vector<Output>& outputs() const { return outputs_; }
  const Harness& harness() const { return harness_; }

 private:
  RoutingRecord Activation(uint64_t version) {
    RoutingRecord record;
    policy::v1::RouteSection section = SamplePolicy();
    if (version % 2 == 0) section.set_reopen_window_ms(0);
    record.mutable_activate()->set_tenant("acme");
    record.mutable_activate()->set_version(version);
    *record.mutable_activate()->mutable_route() = section;
    return record;
  }

  bool Quiet() const {
    bool empty = feedback_.empty() && shards_.idle();
    for (const auto& [pool, queue] : commands_) empty = empty && queue.empty();
    return empty;
  }

  void Step() {
    const uint32_t what = random_() % 100;
    harness_.now += random_() % 3000;
    if (what < 35) return Say();
    if (what < 60) return static_cast<void>(DeliverCommand());
    if (what < 72) {
      if (const auto report = shards_.Report(random_, false)) feedback_.push_back(*report);
      return;
    }
    if (what < 88) return static_cast<void>(DeliverFeedback());
    if (what < 92) return Amend();
    if (what < 94) return Link();
    if (what < 95) return Send(Activation(version_++));
    if (what < 97) harness_.now += random_() % 7'200'000 / 20;
    RoutingRecord tick;
    tick.mutable_tick();
    Send(tick);
  }

  void Say() {
    static constexpr const char* kIntents[] = {"order_status", "discount_promo", "praise_feedback",
                                               "other"};
    const uint32_t handle = random_() % 12;
    const bool repeat = !ids_[handle].empty() && random_() % 6 == 0;
    std::string id = repeat ? ids_[handle][random_() % ids_[handle].size()]
                            : base::NameUuid("message", {std::to_string(said_.size())});
    if (!repeat) ids_[handle].push_back(id);
    if (!repeat) said_.insert(id);
    repeats_ += repeat ? 1 : 0;
    const auto channel = static_cast<common::v1::Channel>(1 + random_() % 12);
    Send(Message(harness_, CustomerOf(handle), id, kIntents[random_() % 4], channel));
  }

  void Amend() {
    const uint32_t handle = random_() % 12;
    RoutingRecord record = For(CustomerOf(handle));
    record.mutable_amendment()->set_reason("test");
    if (random_() % 2 == 0) {
      auto& facts = *record.mutable_amendment()->mutable_facts();
      facts.set_profile_revision(random_() % 50);
      facts.add_addends()->set_points(static_cast<int32_t>(random_() % 500));
    } else if (!ids_[handle].empty()) {
      auto& opinion = *record.mutable_amendment()->mutable_second_opinion();
      opinion.set_message_id(ids_[handle][random_() % ids_[handle].size()]);
      opinion.mutable_classification()->set_intent("complaint");
    }
    Send(record);
  }

  void Link() {
    const uint32_t handle = random_() % 12;
    RoutingRecord record = For(CustomerOf(handle));
    record.mutable_link()->mutable_handle()->set_handle(std::to_string(handle));
    record.mutable_link()->set_to_customer_id("c" + std::to_string(random_() % 12));
    Send(record);
  }

  std::string CustomerOf(uint32_t handle) const {
    const auto found = linked_.find(std::to_string(handle));
    return found == linked_.end() ? "c" + std::to_string(handle) : found->second;
  }

  bool DeliverCommand() {
    for (size_t tries = 0; tries < commands_.size(); ++tries) {
      auto it =
          std::next(commands_.begin(), static_cast<std::ptrdiff_t>(random_() % commands_.size()));
      if (it->second.empty()) continue;
      shards_.Take(it->second.front());
      it->second.pop_front();
      return true;
    }
    for (auto& [pool, queue] : commands_) {
      if (queue.empty()) continue;
      shards_.Take(queue.front());
      queue.pop_front();
      return true;
    }
    return false;
  }

  bool DeliverFeedback() {
    if (feedback_.empty()) return false;
    const RoutingRecord record = feedback_.front();
    feedback_.pop_front();
    Send(record);
    return true;
  }

  void Send(const RoutingRecord& record) {
    const std::string key = base::TenantKey(record.tenant(), record.customer_id());
    log_.push_back({harness_.now, key, record.SerializeAsString()});
    const Collector out = harness_.ApplyBytes(log_.back().key, log_.back().value);
    ASSERT_EQ(harness_.result, base::ApplyResult::kApplied);
    outputs_.insert(outputs_.end(), out.all.begin(), out.all.end());
    for (const Command& command : out.commands()) commands_[command.pool()].push_back(command);
    for (const Event& event : out.events()) Count(event);
    for (const auto& handed : out.Of<RoutingRecord>(base::OutputTopic::kRouting)) Send(handed);
    for (const auto& identity :
         out.Of<identity::v1::IdentityRecord>(base::OutputTopic::kIdentity)) {
      linked_[identity.handle().handle()] = identity.customer_id();
    }
  }

  void Count(const Event& event) {
    const auto place = [&](const std::string& id) { located_[id] = event.conversation_id(); };
    if (event.has_duplicate()) ++duplicates_;
    if (event.has_answered()) {
      EXPECT_TRUE(answers_.insert(event.answered().message_id()).second);
    }
    if (event.has_opened()) place(event.opened().message().message_id());
    if (event.has_joined()) place(event.joined().message().message_id());
    if (event.has_reopened()) place(event.reopened().message().message_id());
    if (event.has_moved()) place(event.moved().message().message_id());
  }

  std::mt19937 random_;
  Harness harness_;
  Shards shards_;
  uint64_t version_ = 2;
  std::map<std::string, std::deque<Command>> commands_;
  std::deque<RoutingRecord> feedback_;
  std::map<uint32_t, std::vector<std::string>> ids_;
  std::map<std::string, std::string> linked_;
  std::set<std::string> said_;
  std::set<std::string> answers_;
  std::map<std::string, std::string> located_;
  size_t repeats_ = 0;
  size_t duplicates_ = 0;
  std::vector<Logged> log_;
  std::vector<Output> outputs_;
};

std::map<std::string, std::string> EntriesOf(const Route& route) {
  Entries entries;
  route.ForEachEntry(entries);
  EXPECT_TRUE(std::is_sorted(entries.order.begin(), entries.order.end()));
  return entries.all;
}

class RouteReplay : public ::testing::TestWithParam<uint32_t> {};

TEST_P(RouteReplay, NothingIsLostOrDoubled) {
  World world(GetParam());
  world.Live(3000);
  world.CheckConservation();
}

TEST_P(RouteReplay, AReplayGivesTheSameBytesWhereverItIsSavedAndLoaded) {
  World world(GetParam());
  world.Live(1500);
  std::mt19937 random(GetParam() + 1000);
  Entries checkpoint;
  auto route = std::make_unique<Route>(0);
  Collector out;
  uint64_t offset = 0;
  for (const Logged& logged : world.log()) {
    route->Apply({0, offset++, base::FromUnixMillis(logged.now), logged.key, logged.value}, out);
    if (random() % 20 != 0) continue;
    route->TakeChanges(checkpoint);
    ASSERT_EQ(checkpoint.all, EntriesOf(*route))
        << "the changes are not the whole change at offset " << offset - 1;
    if (random() % 3 == 0) route = LoadFrom(checkpoint);
  }
  ASSERT_EQ(out.all.size(), world.outputs().size());
  for (size_t i = 0; i < out.all.size(); ++i)
    ASSERT_EQ(out.all[i], world.outputs()[i]) << "output " << i;
  EXPECT_EQ(EntriesOf(*route), EntriesOf(*world.harness().route));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RouteReplay, ::testing::Range(1u, 21u));

}  // namespace
}  // namespace centralita::route
