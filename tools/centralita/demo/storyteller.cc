#include "demo/storyteller.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/route/event_message.h"

namespace centralita::demo {
namespace {

using events::v1::Event;

constexpr base::Duration kPollWait{100};

// The three that are told; the others can be traced.
struct Title {
  const char* story;
  const char* title;
};
constexpr std::array kTitles = {Title{"vip_lost_parcel", "VIP, parcel lost"},
                                Title{"cart_payment_failed", "340 € cart, payment fails"},
                                Title{"whatsapp_burst", "four WhatsApps in ten seconds"}};

const char* TitleOf(const std::string& story) {
  for (const Title& title : kTitles) {
    if (story == title.story) return title.title;
  }
  return nullptr;
}

std::string Addends(const Event& event) {
  std::string out;
  for (const auto& addend : event.decision().addends()) {
    out += fmt::format("{}{} {:+}", out.empty() ? "" : ", ", addend.name(), addend.points());
  }
  return out.empty() ? "" : " (" + out + ")";
}

// What is worth telling; empty for the rest.
std::string Line(const Event& event) {
  switch (event.kind_case()) {
    case Event::kOpened:
      return fmt::format("is a {}, priority {}{}", event.opened().facts().intent(),
                         event.opened().facts().priority(), Addends(event));
    case Event::kJoined:
      return fmt::format("message {} joins: still one piece of work",
                         event.joined().message().sequence());
    case Event::kAmended:
      return fmt::format("AMENDED while waiting ({}): priority {} now{}", event.amended().reason(),
                         event.amended().facts().priority(), Addends(event));
    case Event::kQueued:
      return event.queued().reason() == "new"
                 ? fmt::format("waits in {}/{}", event.pool(), event.queue())
                 : "";
    case Event::kOffered:
      return fmt::format(
          "offered to {}{}", event.offered().agent_id(),
          event.decision().runners_up().empty()
              ? ""
              : fmt::format(", before {}", event.decision().runners_up(0).agent_id()));
    case Event::kAccepted:
      return fmt::format("{} takes it", event.accepted().agent_id());
    case Event::kOfferEnded:
      return fmt::format("{} does not take it; back in the queue with its age",
                         event.offer_ended().agent_id());
    case Event::kReplied:
      return fmt::format("{} answers", event.replied().agent_id());
    case Event::kClosed:
      return "resolved";
    case Event::kWarned:
      return fmt::format("the clock {} warns", event.warned().alarm().clock());
    case Event::kBreached:
      return fmt::format("the clock {} is breached", event.breached().alarm().clock());
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Storyteller>> Storyteller::Start(
    eventlog::EventLog& log, std::function<void(const std::string&)> tell) {
  const std::string topic(base::topics::kEvents);
  ABSL_ASSIGN_OR_RETURN(const auto info, log.Describe(topic));
  std::vector<eventlog::TopicPartition> partitions;
  for (uint32_t p = 0; p < info.spec.partitions; ++p) partitions.push_back({topic, p});
  ABSL_ASSIGN_OR_RETURN(auto events, log.Read(partitions, {}));
  for (const auto& partition : partitions) {
    ABSL_ASSIGN_OR_RETURN(const auto range, log.Offsets(partition));
    ABSL_RETURN_IF_ERROR(events->Seek(partition, range.end));
  }
  auto teller = std::unique_ptr<Storyteller>(new Storyteller(std::move(events), std::move(tell)));
  teller->thread_ = std::thread([raw = teller.get()] { raw->Run(); });
  return teller;
}

Storyteller::~Storyteller() {
  stop_ = true;
  events_->Wake();
  thread_.join();
}

void Storyteller::Accepted(const std::string& story, const std::string& message_id,
                           const std::string& what) {
  if (TitleOf(story) == nullptr) return;
  const std::scoped_lock lock(mutex_);
  story_of_message_[message_id] = story;
  Tell(story, what);
  if (const auto known = conversation_of_message_.find(message_id);
      known != conversation_of_message_.end()) {
    story_of_conversation_[known->second] = story;
    for (const Event& event : early_[known->second]) Follow(event);
    early_.erase(known->second);
  }
}

void Storyteller::Run() {
  while (!stop_) {
    const auto result = events_->Poll(kPollWait);
    if (!result.ok()) return;  // The stories end; the demo's report does not need them.
    for (const auto& batch : result->batches) {
      for (const auto& record : batch.records()) {
        Event event;
        if (!event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
          continue;
        const std::scoped_lock lock(mutex_);
        if (!route::MessageOf(event).empty() && !event.conversation_id().empty()) {
          conversation_of_message_[route::MessageOf(event)] = event.conversation_id();
          if (const auto story = story_of_message_.find(route::MessageOf(event));
              story != story_of_message_.end()) {
            story_of_conversation_[event.conversation_id()] = story->second;
          }
        }
        Follow(event);
      }
    }
  }
}

void Storyteller::Follow(const Event& event) {
  const auto story = story_of_conversation_.find(event.conversation_id());
  if (story == story_of_conversation_.end()) {
    auto& kept = early_[event.conversation_id()];
    if (kept.size() < 8) kept.push_back(event);
    return;
  }
  if (const std::string line = Line(event); !line.empty()) Tell(story->second, line);
}

void Storyteller::Tell(const std::string& story, const std::string& line) {
  tell_(fmt::format("★ {}: {}", TitleOf(story), line));
}

}  // namespace centralita::demo
