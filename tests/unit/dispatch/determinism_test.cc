// Random commands over seeds: the invariants hold after each record, a replay says the same bytes,
// and a machine that was saved and loaded in the middle goes on byte-identically.
#include <algorithm>
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "tests/unit/dispatch/harness.h"

namespace centralita::dispatch {
namespace {

constexpr int kAgents = 6;
constexpr int kConversations = 25;

struct Step {
  int64_t now = 0;
  commands::v1::Command command;
};

// Draws commands that mostly make sense: it looks at what the machine said last.
class Chaos final {
 public:
  explicit Chaos(uint32_t seed) : random_(seed) {}

  Step Next(const Recorder& last) {
    Learn(last);
    now_ += Draw(4) == 0 ? Draw(900) : Draw(20);
    return {now_, Draw_()};
  }

 private:
  int64_t Draw(int64_t below) {
    return static_cast<int64_t>(random_() % static_cast<uint32_t>(below));
  }
  bool OneIn(int64_t n) { return Draw(n) == 0; }
  std::string AgentName() { return fmt::format("agent{}", Draw(kAgents + 1)); }
  std::string ConversationName() { return fmt::format("c{}", Draw(kConversations)); }

  void Learn(const Recorder& last) {
    for (const auto& event : last.events) {
      if (event.has_queued()) revisions_[event.conversation_id()] = event.revision();
      if (event.has_offered()) offers_.push_back({event.conversation_id(), event.offered()});
      if (event.has_accepted())
        active_.push_back({event.conversation_id(), event.accepted().agent_id()});
      for (const auto& clock : event.clocks()) clocks_.push_back({event.conversation_id(), clock});
    }
    if (offers_.size() > 12) offers_.erase(offers_.begin());
    if (active_.size() > 12) active_.erase(active_.begin());
    if (clocks_.size() > 20) clocks_.erase(clocks_.begin());
  }

  commands::v1::Command Draw_() {
    if (!activated_ || OneIn(150)) return Activation();
    switch (Draw(14)) {
      case 0:
      case 1:
      case 2:
        return Enqueue();
      case 3:
        return Append();
      case 4:
        return Amend();
      case 5:
      case 6:
        return Presence();
      case 7:
      case 8:
        return AnswerOffer();
      case 9:
      case 10:
      case 11:
        return Work();
      case 12:
        return Alarm();
      default:
        return Tick();
    }
  }

  commands::v1::Command Activation() {
    activated_ = true;
    auto pool = PoolWith(200 + Draw(500), Draw(2) * 800);
    pool.set_reconnect_grace_ms(Draw(3) * 300);
    pool.set_silence_ms(Draw(2) * 1'000);
    pool.set_sticky_window_ms(Draw(2) * 5'000);
    pool.set_hold_timeout_ms(Draw(2) * 1'500);
    pool.set_hold_frees_capacity(OneIn(2));
    pool.set_bounce_limit(static_cast<uint32_t>(Draw(4)));
    pool.set_release_per_second(OneIn(3) ? 4 : 0);
    if (OneIn(3)) pool.mutable_queues()->RemoveLast();
    std::vector<AgentSpec> agents;
    for (int i = 0; i < kAgents; ++i) {
      if (OneIn(6)) continue;
      AgentSpec agent{
          fmt::format("agent{}", i), static_cast<int32_t>(50 + 50 * Draw(3)), {}, {"es"}};
      if (OneIn(2)) agent.skills.push_back({"returns", static_cast<int32_t>(1 + Draw(9))});
      if (OneIn(2)) agent.languages.insert(agent.languages.begin(), "en");
      agent.bot = OneIn(8);
      agents.push_back(agent);
    }
    auto command =
        dispatch::Activation(static_cast<uint64_t>(OneIn(10) ? 1 : ++version_), pool, agents);
    if (!OneIn(5)) *command.mutable_activate()->add_calendars() = Hours();
    for (const auto& clock : Clocks()) {
      auto& rule = *command.mutable_activate()->add_clocks();
      rule.set_name(clock.spec().rule());
      *rule.mutable_spec() = clock.spec();
    }
    return command;
  }

  // Open and closed by turns of some hundred milliseconds.
  clocks::v1::Calendar Hours() {
    clocks::v1::Calendar calendar;
    calendar.set_name("hours");
    calendar.set_known_from_unix_ms(now_ - 10'000);
    int64_t at = now_ - 10'000;
    while (at < now_ + 100'000) {
      auto& span = *calendar.add_spans();
      span.set_start_unix_ms(at + 1 + Draw(400));
      span.set_end_unix_ms(span.start_unix_ms() + 1 + Draw(600));
      at = span.end_unix_ms();
    }
    calendar.set_known_until_unix_ms(at);
    return calendar;
  }

  // As a policy's rules say now; each of them idle.
  std::vector<clocks::v1::ClockState> Clocks() {
    std::vector<clocks::v1::ClockState> all = {
        Clock("first", clocks::v1::CLOCK_KIND_FIRST_RESPONSE, 1 + Draw(3'000)),
        Clock("next", clocks::v1::CLOCK_KIND_NEXT_RESPONSE, 1 + Draw(3'000)),
        Clock("resolution", clocks::v1::CLOCK_KIND_RESOLUTION, 1 + Draw(9'000))};
    for (auto& clock : all) {
      auto& spec = *clock.mutable_spec();
      spec.set_rule(spec.name());
      spec.set_stop(static_cast<clocks::v1::StopCondition>(Draw(5)));
      spec.set_on_change(static_cast<clocks::v1::ChangeRule>(Draw(4)));
      spec.set_reopen_at_least_ms(Draw(500));
      if (OneIn(2)) spec.set_calendar("hours");
      if (OneIn(2)) spec.set_notify_calendar("hours");
      spec.set_pause_while_waiting(OneIn(2));
      if (OneIn(2)) spec.add_pause_for("third_party");
      for (int i = 0; i < 3; ++i) {
        auto& actions = *spec.add_actions();
        actions.set_forecast(i == 2);
        actions.set_threshold(static_cast<uint32_t>(i));
        actions.set_raise_to(static_cast<classification::v1::PriorityBand>(Draw(5)));
        actions.set_next_step(OneIn(2));
        if (OneIn(3)) actions.set_queue("vip");
        if (OneIn(2)) actions.set_notify("leads");
      }
      clock.set_policy_version(
          static_cast<uint64_t>(std::max<int64_t>(0, static_cast<int64_t>(version_) - Draw(3))));
    }
    return all;
  }

  commands::v1::Command Enqueue() {
    const std::string id = ConversationName();
    auto enqueue = Desk::NewEnqueue(id, static_cast<int32_t>(10 + 30 * Draw(4)), now_ - Draw(500));
    if (OneIn(8)) enqueue.set_eligible_unix_ms(now_ + Draw(1'500));
    enqueue.set_revision(revisions_[id] + (OneIn(4) ? 0 : 1));
    enqueue.set_reopened(OneIn(4));
    auto& step = *enqueue.mutable_steps(0);
    step.set_queue(OneIn(2) ? "general" : OneIn(2) ? "vip" : "no such queue");
    step.set_match_language(OneIn(2));
    if (OneIn(2)) enqueue.mutable_facts()->set_language("en");
    if (OneIn(2)) {
      auto& skill = *step.add_skills();
      skill.set_name("returns");
      skill.set_level(static_cast<int32_t>(1 + Draw(7)));
      step.set_for_ms(Draw(1'000));
      enqueue.add_steps()->set_queue("general");
    }
    enqueue.mutable_facts()->set_band(static_cast<classification::v1::PriorityBand>(Draw(5)));
    if (OneIn(3)) enqueue.set_sticky_agent_id(AgentName());
    enqueue.set_sticky_until_unix_ms(now_ + Draw(3'000));
    if (OneIn(3)) enqueue.set_reply_window_unix_ms(now_ + Draw(100'000));
    for (const auto& clock : OneIn(3) ? LeftOf(id) : Clocks()) *enqueue.add_clocks() = clock;
    sequences_[id] = 1;
    auto command = Command();
    *command.mutable_enqueue() = enqueue;
    return command;
  }

  // As they were told last: of a conversation that comes back, or from another pool.
  std::vector<clocks::v1::ClockState> LeftOf(const std::string& id) {
    std::map<std::string, clocks::v1::ClockState> left;
    for (const auto& [conversation, clock] : clocks_) {
      if (conversation == id) left[clock.spec().name()] = clock;
    }
    std::vector<clocks::v1::ClockState> all;
    for (auto& [name, clock] : left) all.push_back(std::move(clock));
    return all;
  }

  commands::v1::Command Append() {
    const std::string id = ConversationName();
    auto command = Command();
    auto& append = *command.mutable_append();
    append.set_conversation_id(id);
    append.set_revision(revisions_[id]);
    uint64_t& sequence = sequences_[id];
    *append.mutable_message() = Message(id,
                                        OneIn(5)   ? sequence + 2
                                        : OneIn(8) ? sequence
                                                   : ++sequence,
                                        now_);
    if (OneIn(3)) *append.mutable_facts() = Facts();
    return command;
  }

  commands::v1::WorkFacts Facts() {
    commands::v1::WorkFacts facts;
    facts.set_profile_revision(static_cast<uint64_t>(Draw(4)));
    facts.set_band(static_cast<classification::v1::PriorityBand>(Draw(5)));
    facts.set_language(OneIn(2) ? "es" : "en");
    facts.set_priority(static_cast<int32_t>(Draw(1'000)));
    return facts;
  }

  commands::v1::Command Amend() {
    auto command = Command();
    auto& amend = *command.mutable_amend();
    amend.set_conversation_id(ConversationName());
    amend.set_revision(revisions_[amend.conversation_id()]);
    *amend.mutable_facts() = Facts();
    return command;
  }

  commands::v1::Command Presence() {
    auto command = Command();
    if (OneIn(30)) {
      command.mutable_gateway_lost()->set_incarnation(OneIn(2) ? "gw1" : "gw2");
      return command;
    }
    auto& presence = *command.mutable_presence();
    presence.set_agent_id(AgentName());
    std::string& session = sessions_[presence.agent_id()];
    const bool again = !session.empty() && !OneIn(3);
    if (!again && !OneIn(4)) session = fmt::format("s{}", ++next_session_);
    presence.set_session(session);
    presence.set_incarnation(OneIn(2) ? "gw1" : "gw2");
    presence.set_status(static_cast<commands::v1::PresenceStatus>(OneIn(3) ? 1 + Draw(4) : 1));
    return command;
  }

  commands::v1::Command Action(std::string_view agent, std::string_view conversation) {
    auto command = Command();
    auto& action = *command.mutable_action();
    action.set_agent_id(std::string(agent));
    action.set_conversation_id(std::string(conversation));
    action.set_session(sessions_[action.agent_id()]);
    action.set_action_id(fmt::format("a{}", OneIn(12) ? Draw(next_action_ + 1) : ++next_action_));
    return command;
  }

  commands::v1::Command AnswerOffer() {
    if (offers_.empty()) return Tick();
    const size_t which = OneIn(3) ? static_cast<size_t>(Draw(static_cast<int64_t>(offers_.size())))
                                  : offers_.size() - 1;
    const auto& [conversation, offer] = offers_[which];
    auto command = Action(OneIn(15) ? AgentName() : offer.agent_id(), conversation);
    if (OneIn(4)) {
      command.mutable_action()->mutable_decline()->set_offer_id(offer.offer_id());
      command.mutable_action()->mutable_decline()->set_undeliverable(OneIn(4));
    } else {
      command.mutable_action()->mutable_accept()->set_offer_id(offer.offer_id());
    }
    return command;
  }

  commands::v1::Command Work() {
    if (active_.empty()) return Tick();
    const auto& [conversation, agent] =
        active_[static_cast<size_t>(Draw(static_cast<int64_t>(active_.size())))];
    auto command = Action(OneIn(15) ? AgentName() : agent, conversation);
    auto& action = *command.mutable_action();
    switch (Draw(6)) {
      case 0:
        action.mutable_hold()->set_until_unix_ms(OneIn(3) ? now_ + Draw(900) : 0);
        if (OneIn(3)) action.mutable_hold()->set_waiting_for("third_party");
        break;
      case 1:
        action.mutable_transfer()->set_to_pool("elsewhere");
        break;
      case 2:
      case 3:
        action.mutable_resolve()->set_intent("other");
        break;
      default:
        action.mutable_reply()->set_text("Hola");
        action.mutable_reply()->set_no_response_needed(OneIn(5));
    }
    return command;
  }

  commands::v1::Command Alarm() {
    if (clocks_.empty()) return Tick();
    const auto& [conversation, clock] =
        clocks_[static_cast<size_t>(Draw(static_cast<int64_t>(clocks_.size())))];
    auto command = Command();
    auto& alarm = *command.mutable_alarm()->mutable_alarm();
    alarm.set_conversation_id(conversation);
    alarm.set_clock(clock.spec().name());
    alarm.set_generation(clock.generation());
    alarm.set_threshold(static_cast<uint32_t>(Draw(3)));
    if (OneIn(5)) command.mutable_alarm()->mutable_forecast()->set_slack_ms(-Draw(1'000));
    return command;
  }

  commands::v1::Command Tick() {
    commands::v1::Command command;
    command.mutable_tick();
    return command;
  }

  std::mt19937 random_;
  int64_t now_ = kStart;
  bool activated_ = false;
  uint64_t version_ = 1;
  int next_session_ = 0;
  int64_t next_action_ = 0;
  std::map<std::string, uint64_t> revisions_;
  std::map<std::string, uint64_t> sequences_;
  std::map<std::string, std::string> sessions_;
  std::vector<std::pair<std::string, events::v1::Offered>> offers_;
  std::vector<std::pair<std::string, std::string>> active_;
  std::vector<std::pair<std::string, clocks::v1::ClockState>> clocks_;
};

std::string Say(Dispatch& machine, const Step& step, uint64_t offset, Recorder& recorder) {
  recorder.Clear();
  const std::string bytes = step.command.SerializeAsString();
  machine.Apply({0, offset, base::FromUnixMillis(step.now), "key", bytes}, recorder);
  return recorder.log;
}

class DeterminismTest : public testing::TestWithParam<uint32_t> {};

TEST_P(DeterminismTest, SavedAndLoadedItGoesOnByteIdentically) {
  Chaos chaos(GetParam());
  std::mt19937 when(GetParam() + 1'000'000);
  auto original = std::make_unique<Dispatch>(0);
  auto copy = std::make_unique<Dispatch>(0);
  Entries checkpoint;
  Recorder said;
  Recorder copied;
  std::vector<Step> log;
  std::string all;
  std::set<int> kinds;
  for (uint64_t offset = 0; offset < 2'500; ++offset) {
    const Step step = log.emplace_back(chaos.Next(said));
    const std::string bytes = Say(*original, step, offset, said);
    ASSERT_EQ(bytes, Say(*copy, step, offset, copied))
        << "offset " << offset << ": " << step.command.ShortDebugString();
    ASSERT_EQ(original->NextDue(), copy->NextDue()) << "offset " << offset;
    const absl::Status audit = original->Audit();
    ASSERT_TRUE(audit.ok()) << audit.ToString() << "\nat offset " << offset << " after "
                            << step.command.ShortDebugString();
    all += bytes;
    for (const auto& event : said.events) kinds.insert(event.kind_case());
    if (when() % 20 == 0) {
      original->TakeChanges(checkpoint);
      ASSERT_EQ(checkpoint.entries, AllEntries(*original))
          << "what changed, summed up, is the whole state";
    }
    if (when() % 40 == 0) copy = Restored(*original);
  }
  EXPECT_GE(kinds.size(), 16u) << "the sequence must be rich enough to prove something";

  Dispatch again(0);
  std::string replayed;
  for (uint64_t offset = 0; offset < log.size(); ++offset)
    replayed += Say(again, log[offset], offset, said);
  EXPECT_EQ(replayed, all);
  EXPECT_EQ(AllEntries(again), AllEntries(*original));
}

INSTANTIATE_TEST_SUITE_P(Seeds, DeterminismTest, testing::Range(1u, 13u));

}  // namespace
}  // namespace centralita::dispatch
