// Tells the demo's stories as they happen: follows `events` and says a line when something happens
// to the conversations of the messages that belong to a story.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/events/v1/events.pb.h"

namespace centralita::demo {

// Thread-safe.
class Storyteller final {
 public:
  // Calls `tell` with each line, on its own thread.
  static absl::StatusOr<std::unique_ptr<Storyteller>> Start(
      eventlog::EventLog& log, std::function<void(const std::string&)> tell);
  ~Storyteller();

  // A message of a story was accepted. `what`: what happened, in a few words, told at once.
  void Accepted(const std::string& story, const std::string& message_id, const std::string& what);

 private:
  Storyteller(std::unique_ptr<eventlog::Consumer> events,
              std::function<void(const std::string&)> tell)
      : events_(std::move(events)), tell_(std::move(tell)) {}
  void Run();
  void Follow(const events::v1::Event& event);
  void Tell(const std::string& story, const std::string& line);

  const std::unique_ptr<eventlog::Consumer> events_;
  const std::function<void(const std::string&)> tell_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::map<std::string, std::string> story_of_message_;
  std::map<std::string, std::string> story_of_conversation_;
  // Events may come before the sender's answer: kept until the message is known.
  std::map<std::string, std::vector<events::v1::Event>> early_;
  std::map<std::string, std::string> conversation_of_message_;
  std::thread thread_;
};

}  // namespace centralita::demo
