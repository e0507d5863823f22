#include <fmt/format.h>

#include <algorithm>

#include "checks.h"

namespace centralita::ledger {
namespace {

const Close* Covering(const ConversationFacts& conversation, uint64_t sequence) {
  for (const Close& close : conversation.closes) {
    if (close.last_sequence >= sequence) return &close;
  }
  return nullptr;
}

// Deliveries of one message by what became of them.
class Settlement final {
 public:
  explicit Settlement(uint32_t accepted) : left_(accepted) {}

  // What goes beyond the accepted deliveries is surplus.
  void Take(uint64_t& count, uint32_t deliveries) {
    const uint32_t taken = std::min(left_, deliveries);
    count += taken;
    left_ -= taken;
    surplus_ += deliveries - taken;
  }
  uint32_t left() const { return left_; }
  uint32_t surplus() const { return surplus_; }

 private:
  uint32_t left_;
  uint32_t surplus_ = 0;
};

class MessageCheck final {
 public:
  MessageCheck(Facts& facts, const CheckOptions& options, Report& report)
      : facts_(facts), options_(options), report_(report) {}

  void Run() {
    for (Id id = 0; id < facts_.messages.size(); ++id) Settle(id);
    JudgeUntold();
    for (const Replacement& replacement : facts_.replacements) JudgeReplacement(replacement);
    JudgeCloses();
    JudgeDisorders();
    Latencies();
    if (options_.require_settled && report_.in_flight > 0) {
      facts_.findings.Add("unsettled", report_.in_flight, [&] {
        return fmt::format("{} deliveries were still in flight at the end", report_.in_flight);
      });
    }
  }

 private:
  bool WithinGrace(int64_t at_ms) const {
    return options_.in_flight_grace_ms > 0 &&
           at_ms >= facts_.last_moment_ms - options_.in_flight_grace_ms;
  }

  std::string Told(Id id) const {
    const MessageFacts& m = facts_.messages[id];
    if (m.partition < 0) return fmt::format("message {}", facts_.NameOf(id));
    return fmt::format("message {} (inbound {}/{})", facts_.NameOf(id), m.partition, m.offset);
  }

  void Settle(Id id) {
    const MessageFacts& m = facts_.messages[id];
    if (m.accepted == 0) {
      if (m.Known() || m.first_seen_ms > 0) ghosts_.push_back(id);
      return;
    }
    Settlement settlement(m.accepted);
    uint64_t lost = 0;
    uint32_t letters = m.letters;
    const bool closed =
        m.Placed() && Covering(facts_.conversations[m.conversation], m.sequence) != nullptr;
    if (closed || m.answered > 0) {
      settlement.Take(report_.resolved, 1);
    } else if (m.Placed() && letters > 0) {
      settlement.Take(report_.dead_lettered, 1);
      --letters;
    } else if (m.Placed()) {
      settlement.Take(Stranded(id) ? lost : report_.in_flight, 1);
    }
    settlement.Take(report_.dead_lettered, letters);
    settlement.Take(report_.duplicates, m.duplicates);
    if (settlement.surplus() > 0) {
      surplus_ += settlement.surplus();
      surplus_ids_.push_back(id);
    }
    if (settlement.left() > 0 && WithinGrace(m.last_answered_ms)) {
      report_.in_flight += settlement.left();
    } else if (settlement.left() > 0) {
      facts_.findings.Add("lost", settlement.left(), [&] {
        return fmt::format("{}: {} of {} accepted deliveries left no event and no dead letter",
                           Told(id), settlement.left(), m.accepted);
      });
    }
    if (lost > 0) {
      facts_.findings.Add("lost", lost, [&] {
        return fmt::format(
            "{} is number {} of conversation {}, which was closed before it and never came back",
            Told(id), m.sequence, facts_.ConversationName(m.conversation));
      });
    }
    if (m.answered > 1 || (m.answered == 1 && closed)) {
      facts_.findings.Add("resolved_twice", 1, [&] {
        return fmt::format("{} was answered automatically {} times{}", Told(id), m.answered,
                           closed ? " and closed by an agent" : "");
      });
    } else if (m.answered == 1 && m.Placed()) {
      facts_.findings.Add("duplicated_work", 1, [&] {
        return fmt::format("{} was answered automatically and is work in conversation {} as well",
                           Told(id), facts_.ConversationName(m.conversation));
      });
    }
    if (closed && facts_.has_agents && m.first_seen_ms == 0) {
      facts_.findings.Note("resolved_unseen_by_any_client");
    }
  }

  // Its conversation was closed before it and is not open again.
  bool Stranded(Id id) const {
    const MessageFacts& m = facts_.messages[id];
    for (const Close& close : facts_.conversations[m.conversation].closes) {
      if (close.revision >= m.revision && !WithinGrace(close.at_ms)) return true;
    }
    return false;
  }

  // Deliveries that show in events though no sender was told: as many as there were answers without
  // certainty.
  void JudgeUntold() {
    uint64_t excused = facts_.uncertain;
    for (const Id id : ghosts_) {
      if (excused > 0) {
        --excused;
        facts_.findings.Note("unconfirmed_deliveries");
        continue;
      }
      facts_.findings.Add("ghost", 1, [&] {
        return fmt::format(
            "{} shows in events or at an agent's client, but no sender was told that it was "
            "accepted",
            Told(id));
      });
    }
    if (surplus_ == 0) return;
    facts_.findings.Note("unconfirmed_deliveries", std::min(excused, surplus_));
    if (surplus_ <= excused) return;
    uint64_t beyond = surplus_ - excused;
    for (const Id id : surplus_ids_) {
      const MessageFacts& m = facts_.messages[id];
      facts_.findings.Add("conservation", beyond, [&] {
        return fmt::format("{}: {} accepted deliveries, but {} duplicates, {} dead letters{}",
                           Told(id), m.accepted, m.duplicates, m.letters,
                           m.Placed() || m.answered > 0 ? " and its effect" : "");
      });
      beyond = 0;  // counted with the first
    }
  }

  void JudgeReplacement(const Replacement& r) {
    const ConversationFacts& from = facts_.conversations[r.from_conversation];
    bool legitimate = false;
    if (r.from_conversation == r.to_conversation) {
      const auto resolved = [&](const Close& close) {
        return close.revision < r.to_revision && close.last_sequence >= r.from_sequence;
      };
      legitimate = r.to_revision > r.from_revision &&
                   std::none_of(from.closes.begin(), from.closes.end(), resolved);
    } else {
      legitimate = !from.closes.empty() && Covering(from, r.from_sequence) == nullptr;
    }
    if (legitimate) return;
    facts_.findings.Add("duplicated_work", 1, [&] {
      return fmt::format(
          "{} is number {} of conversation {} and was put into conversation {} (revision {}) as "
          "well",
          Told(r.message), r.from_sequence, facts_.ConversationName(r.from_conversation),
          facts_.ConversationName(r.to_conversation), r.to_revision);
    });
    const MessageFacts& m = facts_.messages[r.message];
    if (r.from_conversation != r.to_conversation && Covering(from, r.from_sequence) != nullptr &&
        m.Placed() && Covering(facts_.conversations[m.conversation], m.sequence) != nullptr) {
      facts_.findings.Add("resolved_twice", 1, [&] {
        return fmt::format("{} was resolved in conversations {} and {}", Told(r.message),
                           facts_.ConversationName(r.from_conversation),
                           facts_.ConversationName(m.conversation));
      });
    }
  }

  void JudgeCloses() {
    std::vector<uint64_t> resolved(facts_.conversations.size(), 0);
    for (const MessageFacts& m : facts_.messages) {
      if (m.Placed() && Covering(facts_.conversations[m.conversation], m.sequence) != nullptr) {
        ++resolved[m.conversation];
      }
    }
    for (Id id = 0; id < facts_.conversations.size(); ++id) {
      auto& closes = facts_.conversations[id].closes;
      std::sort(closes.begin(), closes.end(),
                [](const Close& a, const Close& b) { return a.revision < b.revision; });
      uint64_t claimed = 0;
      bool twice = false;
      for (size_t i = 0; i < closes.size(); ++i) {
        claimed += closes[i].messages;
        if (i == 0 || closes[i].revision != closes[i - 1].revision) continue;
        twice = true;
        facts_.findings.Add("resolved_twice", 1, [&] {
          return fmt::format("conversation {} was closed twice at revision {}",
                             facts_.ConversationName(id), closes[i].revision);
        });
      }
      // A close counts what its shard applied; what a shard before it applied is in no close's
      // count.
      const bool wrong =
          facts_.conversations[id].released ? claimed > resolved[id] : claimed != resolved[id];
      if (!twice && wrong) {
        facts_.findings.Add("conservation", 1, [&] {
          return fmt::format(
              "conversation {}: its closings say that they resolve {} messages, but {} are in it",
              facts_.ConversationName(id), claimed, resolved[id]);
        });
      }
    }
  }

  // A message whose first delivery nobody was told of may lie before the place that its sender
  // knows.
  bool PlaceIsSure(Id id) const {
    const MessageFacts& m = facts_.messages[id];
    return m.duplicates < m.accepted && !m.replayed && m.letters == 0;
  }

  void JudgeDisorders() {
    absl::flat_hash_set<Id> told;
    for (const Disorder& d : facts_.disorders) {
      if (!PlaceIsSure(d.message) || !PlaceIsSure(d.before) || !told.insert(d.message).second)
        continue;
      facts_.findings.Add("out_of_order", 1, [&] {
        return fmt::format("{} took effect after {}", Told(d.message), Told(d.before));
      });
    }
  }

  void Latencies() {
    std::vector<int64_t> times;
    for (const MessageFacts& m : facts_.messages) {
      if (m.accepted == 0 || m.delayed || m.first_offer_ms == 0) continue;
      if (m.first_offer_ms == m.first_seen_ms) {
        times.push_back(std::max<int64_t>(0, m.first_offer_ms - m.first_sent_ms));
      }
    }
    report_.latencies = times.size();
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    // Nearest rank.
    const auto at = [&](size_t percent) { return times[(times.size() * percent + 99) / 100 - 1]; };
    report_.p50_ms = at(50);
    report_.p99_ms = at(99);
  }

  Facts& facts_;
  const CheckOptions& options_;
  Report& report_;
  std::vector<Id> ghosts_;
  uint64_t surplus_ = 0;
  std::vector<Id> surplus_ids_;
};

}  // namespace

void CheckMessages(Facts& facts, const CheckOptions& options, Report& report) {
  MessageCheck(facts, options, report).Run();
}

}  // namespace centralita::ledger
