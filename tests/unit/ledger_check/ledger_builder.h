// Writes small ledgers for tests: a shop with whole lives of conversations, in which a test plants
// its fault.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "centralita/deadletter/v1/deadletter.pb.h"
#include "centralita/gateway/v1/gateway.pb.h"
#include "centralita/ledger/ledger_check.h"
#include "centralita/ledger/ledger_writer.h"
#include "centralita/metrics/v1/metrics.pb.h"

namespace centralita::ledger {

// Removed at the end of the test.
class TemporaryFolder final {
 public:
  TemporaryFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("ledger_") + std::to_string(::getpid()) + "_" + test->name());
    std::filesystem::remove_all(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A conversation, as the builder's calls name it.
struct Matter {
  std::string conversation;
  uint64_t revision = 1;
  std::string customer = "customer-1";
};

class LedgerBuilder {
 public:
  LedgerBuilder() { writer_ = LedgerWriter::Open(folder_.path(), "test").value(); }

  const std::filesystem::path& folder() const { return folder_.path(); }
  LedgerWriter& writer() { return *writer_; }
  int64_t now() const { return now_; }
  void Wait(int64_t ms) { now_ += ms; }

  // --- what senders were told
  void Accept(const std::string& message, uint64_t offset, uint32_t partition = 0) {
    writer_->Sent({.sent_unix_ms = now_,
                   .answered_unix_ms = now_ + 2,
                   .tenant = "luna",
                   .customer_key = "chat/web/ana",
                   .message_id = message,
                   .accepted = true,
                   .code = "",
                   .send_order = ++sent_,
                   .partition = partition,
                   .offset = offset,
                   .not_before_unix_ms = 0});
  }
  void Refuse(const std::string& code) {
    writer_->Sent({.sent_unix_ms = now_,
                   .answered_unix_ms = now_ + 2,
                   .tenant = "luna",
                   .customer_key = "chat/web/ana",
                   .message_id = "",
                   .accepted = false,
                   .code = code,
                   .send_order = ++sent_});
  }

  // --- events; each returns what it wrote, to be written again as a repeat
  metrics::v1::TracedEvent Emit(common::v1::Stage stage, events::v1::Event event) {
    auto& source = *event.mutable_origin()->mutable_source();
    source.set_stage(stage);
    source.set_log_epoch(1);
    source.set_offset(stage == common::v1::STAGE_ROUTE ? ++route_ : ++dispatch_);
    event.set_tenant("luna");
    event.set_at_unix_ms(now_);
    metrics::v1::TracedEvent traced;
    *traced.mutable_event() = std::move(event);
    return EmitAgain(std::move(traced));
  }
  metrics::v1::TracedEvent EmitAgain(metrics::v1::TracedEvent traced) {
    traced.mutable_coordinates()->set_topic("events");
    traced.mutable_coordinates()->set_offset(events_++);
    traced.set_append_unix_ms(now_);
    writer_->Event(traced);
    return traced;
  }

  static events::v1::Event About(const Matter& matter) {
    events::v1::Event event;
    event.set_customer_id(matter.customer);
    event.set_conversation_id(matter.conversation);
    event.set_revision(matter.revision);
    return event;
  }
  void Open(const Matter& matter, const std::string& message, uint64_t sequence = 1) {
    auto event = About(matter);
    Fill(message, sequence, *event.mutable_opened()->mutable_message());
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Join(const Matter& matter, const std::string& message, uint64_t sequence) {
    auto event = About(matter);
    Fill(message, sequence, *event.mutable_joined()->mutable_message());
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Reopen(const Matter& matter, const std::string& message, uint64_t sequence) {
    auto event = About(matter);
    Fill(message, sequence, *event.mutable_reopened()->mutable_message());
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Move(const Matter& matter, const std::string& message, uint64_t sequence) {
    auto event = About(matter);
    Fill(message, sequence, *event.mutable_moved()->mutable_message());
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Release(const Matter& matter, uint64_t last_sequence) {
    auto event = About(matter);
    event.mutable_released()->set_reason("transfer");
    event.mutable_released()->set_last_sequence(last_sequence);
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  void Duplicate(const std::string& message) {
    events::v1::Event event;
    event.set_customer_id("customer-1");
    event.mutable_duplicate()->set_message_id(message);
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Answer(const std::string& message) {
    events::v1::Event event;
    event.set_customer_id("customer-1");
    event.mutable_answered()->set_message_id(message);
    Emit(common::v1::STAGE_ROUTE, std::move(event));
  }
  void Queue(const Matter& matter) {
    auto event = About(matter);
    event.mutable_queued()->set_reason("new");
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  void Offer(const Matter& matter, const std::string& agent, int units = 33) {
    auto event = About(matter);
    event.mutable_offered()->set_offer_id(OfferId(matter));
    event.mutable_offered()->set_agent_id(agent);
    event.mutable_offered()->set_units(units);
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  void AcceptOffer(const Matter& matter, const std::string& agent) {
    auto event = About(matter);
    event.mutable_accepted()->set_offer_id(OfferId(matter));
    event.mutable_accepted()->set_agent_id(agent);
    event.mutable_accepted()->set_action_id("accept " + OfferId(matter));
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  void Unassign(const Matter& matter, const std::string& agent) {
    auto event = About(matter);
    event.mutable_unassigned()->set_agent_id(agent);
    event.mutable_unassigned()->set_reason("agent_lost");
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
    Queue(matter);
  }
  metrics::v1::TracedEvent Close(const Matter& matter, const std::string& agent,
                                 uint64_t last_sequence, uint32_t messages) {
    auto event = About(matter);
    auto& closed = *event.mutable_closed();
    closed.set_reason(routing::v1::CLOSE_REASON_RESOLVED_BY_AGENT);
    closed.set_agent_id(agent);
    closed.set_action_id("resolve " + OfferId(matter));
    closed.set_last_sequence(last_sequence);
    closed.set_messages(messages);
    return Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  void Capacity(const std::string& agent, int units) {
    events::v1::Event event;
    event.mutable_presence()->set_agent_id(agent);
    event.mutable_presence()->set_capacity_units(units);
    Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }
  metrics::v1::TracedEvent Breach(const Matter& matter, uint64_t generation, int64_t due_ms) {
    auto event = About(matter);
    auto& alarm = *event.mutable_breached()->mutable_alarm();
    alarm.set_conversation_id(matter.conversation);
    alarm.set_clock("first_response");
    alarm.set_generation(generation);
    alarm.set_threshold(1);
    alarm.set_due_unix_ms(due_ms);
    return Emit(common::v1::STAGE_DISPATCH, std::move(event));
  }

  // --- dead letters
  void DeadLetter(uint64_t inbound_offset) {
    deadletter::v1::DeadLetterRecord record;
    auto& letter = *record.mutable_letter();
    letter.mutable_coordinates()->set_topic("inbound");
    letter.mutable_coordinates()->set_offset(inbound_offset);
    letter.set_reason("undecodable");
    letter.set_messages(1);
    writer_->DeadLetter(0, letters_++, now_, record.SerializeAsString());
  }
  void Replayed(uint64_t letter_offset) {
    deadletter::v1::DeadLetterRecord record;
    record.mutable_replayed()->mutable_letter()->set_offset(letter_offset);
    record.mutable_replayed()->set_messages(1);
    writer_->DeadLetter(0, letters_++, now_, record.SerializeAsString());
  }

  // --- what agents' clients saw and did
  void Connect(const std::string& agent, int capacity = 100) {
    writer_->Connected(now_, agent);
    gateway::v1::Update update;
    update.mutable_welcome()->set_session(Session(agent));
    update.mutable_welcome()->set_capacity_units(capacity);
    Saw(agent, update);
    gateway::v1::Update resync;
    resync.mutable_resync();
    Saw(agent, resync);
  }
  void Saw(const std::string& agent, const gateway::v1::Update& update) {
    writer_->Saw(now_, agent, Session(agent), update);
  }
  void SawOffer(const Matter& matter, const std::string& agent,
                const std::vector<std::string>& messages, int units = 33) {
    gateway::v1::Update update;
    update.mutable_offer()->set_offer_id(OfferId(matter));
    FillWork(matter, messages, units, *update.mutable_offer()->mutable_work());
    Saw(agent, update);
  }
  void SawAssigned(const Matter& matter, const std::string& agent,
                   const std::vector<std::string>& messages, int units = 33) {
    gateway::v1::Update update;
    update.mutable_assigned()->set_offer_id(OfferId(matter));
    FillWork(matter, messages, units, *update.mutable_assigned()->mutable_work());
    Saw(agent, update);
  }
  // A resync in the midst of a session: with this work and nothing else, in this order.
  struct Assigned {
    Matter matter;
    std::vector<std::string> messages;
    int units = 33;
    bool held = false;
  };
  void SawResync(const std::string& agent, const std::vector<Assigned>& all) {
    gateway::v1::Update update;
    update.mutable_resync();
    for (const Assigned& each : all) {
      auto& assigned = *update.mutable_resync()->add_assigned();
      assigned.set_held(each.held);
      FillWork(each.matter, each.messages, each.units, *assigned.mutable_work());
    }
    Saw(agent, update);
  }
  void SawUnassigned(const Matter& matter, const std::string& agent) {
    gateway::v1::Update update;
    update.mutable_unassigned()->set_conversation_id(matter.conversation);
    update.mutable_unassigned()->set_revision(matter.revision);
    Saw(agent, update);
  }
  void SawResult(const std::string& agent, const std::string& action, const Matter& matter) {
    gateway::v1::Update update;
    update.mutable_action_result()->set_action_id(action);
    update.mutable_action_result()->set_conversation_id(matter.conversation);
    Saw(agent, update);
  }
  void DidResolve(const Matter& matter, const std::string& agent) {
    gateway::v1::Action action;
    action.set_action_id("resolve " + OfferId(matter));
    action.set_conversation_id(matter.conversation);
    action.mutable_resolve();
    writer_->Did(now_, agent, Session(agent), action);
  }
  void Disconnect(const std::string& agent) { writer_->Disconnected(now_, agent, Session(agent)); }

  // Events and views from the queue to the agent's hands.
  void Hand(const Matter& matter, const std::string& agent,
            const std::vector<std::string>& messages, int units = 33) {
    Offer(matter, agent, units);
    Wait(5);
    SawOffer(matter, agent, messages, units);
    Wait(5);
    AcceptOffer(matter, agent);
    Wait(5);
    SawAssigned(matter, agent, messages, units);
  }
  void Resolve(const Matter& matter, const std::string& agent, uint64_t last_sequence,
               uint32_t messages) {
    DidResolve(matter, agent);
    Wait(5);
    Close(matter, agent, last_sequence, messages);
    Wait(5);
    SawResult(agent, "resolve " + OfferId(matter), matter);
  }

  Report Check(const CheckOptions& options = {}) {
    EXPECT_TRUE(writer_->Close().ok());
    const auto report = CheckLedger(folder(), options);
    EXPECT_TRUE(report.ok()) << report.status().message();
    return report.ok() ? *report : Report();
  }

 private:
  static std::string OfferId(const Matter& matter) {
    return matter.conversation + "." + std::to_string(matter.revision) + ".1";
  }
  static std::string Session(const std::string& agent) { return "gateway/" + agent; }
  static void Fill(const std::string& message, uint64_t sequence, routing::v1::MessageRef& ref) {
    ref.set_message_id(message);
    ref.set_sequence(sequence);
  }
  static void FillWork(const Matter& matter, const std::vector<std::string>& messages, int units,
                       gateway::v1::WorkView& work) {
    work.set_conversation_id(matter.conversation);
    work.set_revision(matter.revision);
    work.set_units(units);
    for (const std::string& message : messages) work.add_messages()->set_message_id(message);
    work.set_last_sequence(messages.size());
  }

  TemporaryFolder folder_;
  std::unique_ptr<LedgerWriter> writer_;
  int64_t now_ = 1'700'000'000'000;
  uint64_t sent_ = 0;
  uint64_t route_ = 0;
  uint64_t dispatch_ = 0;
  uint64_t events_ = 0;
  uint64_t letters_ = 0;
};

// The codes that have faults, with their counts.
inline std::vector<std::pair<std::string, uint64_t>> FaultsOf(const Report& report) {
  std::vector<std::pair<std::string, uint64_t>> faults;
  for (const auto& [code, finding] : report.faults) {
    if (finding.count > 0) faults.emplace_back(code, finding.count);
  }
  return faults;
}

}  // namespace centralita::ledger
