#include "load/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "centralita/base/status_macros.h"
#include "client/frame_stream.h"
#include "client/message_json.h"
#include "load/http_load.h"
#include "load/messages.h"

namespace centralita::load {
namespace {

using ingest::v1::NewMessage;

// What all streams add to.
class Books final {
 public:
  explicit Books(const LoadOptions& options, const base::Clock& clock)
      : options_(options), clock_(clock) {}

  void Done(const client::Frame& frame, const ingest::v1::SubmitStreamResponse* response) {
    const auto now = clock_.Monotonic();
    const std::scoped_lock lock(mutex_);
    for (int i = 0; i < frame.request.messages_size(); ++i) {
      const ingest::v1::ItemResult* result =
          response != nullptr && i < response->results_size() ? &response->results(i) : nullptr;
      Note(frame, i, result);
      if (result == nullptr) continue;
      if (!result->has_error()) {
        ++result_.accepted;
        result_.ack.Add(now - frame.due);
      } else {
        ++result_.refused;
        if (result_.first_refusal.empty()) {
          result_.first_refusal =
              fmt::format("{}: {}", result->error().code(), result->error().message());
        }
      }
    }
  }

  uint64_t accepted() const {
    const std::scoped_lock lock(mutex_);
    return result_.accepted;
  }
  LoadResult Take() {
    const std::scoped_lock lock(mutex_);
    return std::move(result_);
  }

 private:
  void Note(const client::Frame& frame, int i, const ingest::v1::ItemResult* result) {
    if (options_.ledger == nullptr) return;
    const NewMessage& message = frame.request.messages(i);
    const std::string customer = fmt::format("{}/{}/{}", client::ChannelName(message.channel()),
                                             message.account(), message.handle());
    ledger::Sending sending;
    sending.sent_unix_ms = frame.due_unix_ms;
    sending.answered_unix_ms = base::ToUnixMillis(clock_.Now());
    sending.tenant = options_.endpoint.tenant;
    sending.customer_key = customer;
    sending.code = "no_answer";
    sending.send_order = frame.first_order + static_cast<uint64_t>(i);
    if (result != nullptr) {
      sending.message_id = result->message_id();
      sending.accepted = !result->has_error();
      sending.code = result->error().code();
      if (result->has_coordinates()) {
        sending.partition = result->coordinates().partition();
        sending.offset = result->coordinates().offset();
      }
    }
    options_.ledger->Sent(sending);
  }

  const LoadOptions& options_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  LoadResult result_;
};

// A customer's messages all go over one stream, so that their order is the sender's.
class Sender final {
 public:
  Sender(const LoadOptions& options, const std::vector<NewMessage>& templates, int index,
         Books& books, const base::Clock& clock, std::atomic<uint64_t>& sent)
      : options_(options),
        clock_(clock),
        sent_(sent),
        maker_(options, templates, index),
        stream_(
            options.endpoint, clock, static_cast<size_t>(options.max_frames_in_flight),
            [&books](const client::Frame& frame, const ingest::v1::SubmitStreamResponse* response) {
              books.Done(frame, response);
            }) {}

  void Run(uint64_t messages, std::chrono::steady_clock::time_point start) {
    const double rate = options_.rate / options_.streams;
    uint64_t made = 0;
    while (made < messages && !(options_.cancelled && options_.cancelled())) {
      client::Frame frame;
      frame.first_order = made;
      const auto count = std::min<uint64_t>(static_cast<uint64_t>(options_.frame), messages - made);
      for (uint64_t i = 0; i < count; ++i) maker_.Make(made + i, *frame.request.add_messages());
      made += count;
      if (rate > 0) {
        const auto due = start + std::chrono::nanoseconds(
                                     static_cast<int64_t>(static_cast<double>(made) / rate * 1e9));
        std::this_thread::sleep_until(due);
        frame.due = due;
      } else {
        frame.due = clock_.Monotonic();
      }
      const auto late = std::chrono::duration_cast<base::Duration>(clock_.Monotonic() - frame.due);
      frame.due_unix_ms = base::ToUnixMillis(clock_.Now() - late);
      if (!stream_.Send(std::move(frame))) break;
      sent_ += count;
    }
    unanswered_ = stream_.Finish(options_.patience);
  }

  uint64_t unanswered() const { return unanswered_; }
  uint64_t reconnects() const { return stream_.reconnects(); }
  absl::Status last_error() const { return stream_.last_error(); }

 private:
  const LoadOptions& options_;
  const base::Clock& clock_;
  std::atomic<uint64_t>& sent_;
  MessageMaker maker_;
  uint64_t unanswered_ = 0;
  client::FrameStream stream_;
};

}  // namespace

absl::StatusOr<LoadResult> RunLoad(const LoadOptions& options, const base::Clock& clock) {
  if (options.http) return RunHttpLoad(options, clock);
  ABSL_ASSIGN_OR_RETURN(const auto templates, Templates(options.input, clock.Now()));
  Books books(options, clock);
  std::atomic<uint64_t> sent{0};
  std::vector<std::unique_ptr<Sender>> senders;
  for (int i = 0; i < options.streams; ++i) {
    senders.push_back(std::make_unique<Sender>(options, templates, i, books, clock, sent));
  }
  const auto start = clock.Monotonic();
  std::atomic<int> running{options.streams};
  std::vector<std::thread> threads;
  for (int i = 0; i < options.streams; ++i) {
    const uint64_t share =
        options.messages / static_cast<uint64_t>(options.streams) +
        (static_cast<uint64_t>(i) < options.messages % static_cast<uint64_t>(options.streams) ? 1
                                                                                              : 0);
    threads.emplace_back([&, i, share] {
      senders[static_cast<size_t>(i)]->Run(share, start);
      --running;
    });
  }
  for (int tick = 1; running > 0; ++tick) {
    std::this_thread::sleep_for(base::Duration(50));
    if (tick % 20 == 0 && options.progress) options.progress(sent, books.accepted());
  }
  for (std::thread& thread : threads) thread.join();
  LoadResult result = books.Take();
  result.seconds = std::chrono::duration<double>(clock.Monotonic() - start).count();
  result.sent = sent;
  absl::Status last_error;
  for (const auto& sender : senders) {
    result.unanswered_frames += sender->unanswered();
    result.reconnects += sender->reconnects();
    last_error.Update(sender->last_error());
  }
  if (result.accepted == 0 && !last_error.ok()) return last_error;
  return result;
}

}  // namespace centralita::load
