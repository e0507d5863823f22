// `apply` of route over whole lives: a message that opens, one that joins, progress, a close; a
// tenth of the messages repeats. One item is one record, parsing and building of outputs included;
// BM_LivesSerialised also writes them.
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "centralita/base/key.h"
#include "centralita/base/uuid.h"
#include "centralita/route/route.h"
#include "centralita/routing/v1/routing.pb.h"
#include "google/protobuf/message_lite.h"

namespace centralita::route {
namespace {

constexpr int64_t kStart = 1'767'225'600'000;

class Sink final : public base::Outputs {
 public:
  explicit Sink(bool serialise) : serialise_(serialise) {}
  void Emit(base::OutputTopic, std::string_view,
            const google::protobuf::MessageLite& value) override {
    ++outputs;
    if (!serialise_) return;
    buffer_.clear();
    value.AppendToString(&buffer_);
    bytes += buffer_.size();
  }
  void Notify(const google::protobuf::MessageLite&) override {}
  uint64_t outputs = 0;
  uint64_t bytes = 0;

 private:
  const bool serialise_;
  std::string buffer_;
};

class Discard final : public base::EntrySink {
 public:
  void Put(std::string_view, std::string_view value) override { bytes += value.size(); }
  void Erase(std::string_view) override {}
  uint64_t bytes = 0;
};

policy::v1::RouteSection Policy() {
  policy::v1::RouteSection section;
  for (const char* intent :
       {"payment_billing", "discount_promo", "complaint", "technical_problem", ""}) {
    auto& route = *section.add_routes();
    route.set_name(std::string("route_") + intent);
    if (*intent != '\0') route.mutable_when()->add_intents(intent);
    route.set_pool("care");
    route.add_steps()->set_queue("first");
    route.add_steps()->set_queue("second");
  }
  auto& clock = *section.add_clocks()->mutable_spec();
  clock.set_name("first_response");
  clock.set_kind(clocks::v1::CLOCK_KIND_FIRST_RESPONSE);
  clock.set_target_ms(600'000);
  section.set_reopen_window_ms(3'600'000);
  return section;
}

routing::v1::RoutingRecord Tagged(const std::string& customer, const std::string& message) {
  routing::v1::RoutingRecord record;
  record.set_tenant("acme");
  record.set_customer_id(customer);
  auto& tagged = *record.mutable_tagged();
  tagged.set_message_id(message);
  tagged.set_channel(common::v1::CHANNEL_CHAT);
  tagged.set_account("shop");
  tagged.set_handle("ana@example.org");
  tagged.set_accepted_unix_ms(kStart);
  tagged.mutable_coordinates()->set_topic("inbound");
  auto& classification = *tagged.mutable_classification();
  classification.set_intent("order_status");
  classification.set_language("es");
  classification.add_tags("repeat_contact");
  for (const char* name : {"base", "urgent"}) {
    classification.add_addends()->set_name(name);
    classification.mutable_addends()->rbegin()->set_points(200);
  }
  for (const int floor : {250, 500, 750}) classification.add_band_floors(floor);
  classification.set_model_version("linear-1");
  classification.mutable_facts()->set_profile_revision(3);
  classification.mutable_facts()->set_tier("gold");
  return record;
}

using Records = std::vector<std::pair<std::string, std::string>>;

Records Lives(int conversations) {
  Records records;
  const auto add = [&](const routing::v1::RoutingRecord& record) {
    records.emplace_back(base::TenantKey(record.tenant(), record.customer_id()),
                         record.SerializeAsString());
  };
  for (int i = 0; i < conversations; ++i) {
    const std::string number = std::to_string(i);
    const std::string customer = base::NameUuid("customer", {number});
    const std::string first = base::NameUuid("message", {number, "1"});
    add(Tagged(customer, first));
    add(Tagged(customer, base::NameUuid("message", {number, "2"})));
    if (i % 5 == 0) add(Tagged(customer, first));
    routing::v1::RoutingRecord closed;
    closed.set_tenant("acme");
    closed.set_customer_id(customer);
    closed.mutable_closed()->set_conversation_id(base::NameUuid("conversation", {"acme", first}));
    closed.mutable_closed()->set_revision(1);
    closed.mutable_closed()->set_last_sequence(2);
    closed.mutable_closed()->set_agent_id("ana");
    add(closed);
  }
  return records;
}

void Run(benchmark::State& state, bool serialise, bool checkpoint) {
  const Records records = Lives(static_cast<int>(state.range(0)));
  Sink sink(serialise);
  Discard entries;
  for (auto _ : state) {
    state.PauseTiming();
    auto route = std::make_unique<Route>(0);
    routing::v1::RoutingRecord activate;
    activate.mutable_activate()->set_tenant("acme");
    activate.mutable_activate()->set_version(1);
    *activate.mutable_activate()->mutable_route() = Policy();
    const std::string activation = activate.SerializeAsString();
    route->Apply({0, 0, base::FromUnixMillis(kStart), "acme/", activation}, sink);
    state.ResumeTiming();
    uint64_t offset = 1;
    for (const auto& [key, value] : records) {
      route->Apply({0, offset++, base::FromUnixMillis(kStart), key, value}, sink);
      if (checkpoint && offset % 50'000 == 0) route->TakeChanges(entries);
    }
    if (checkpoint) route->TakeChanges(entries);
    state.PauseTiming();
    route.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(records.size()));
  state.counters["outputs"] =
      benchmark::Counter(static_cast<double>(sink.outputs), benchmark::Counter::kIsRate);
  if (serialise)
    state.counters["bytes"] =
        benchmark::Counter(static_cast<double>(sink.bytes), benchmark::Counter::kIsRate);
}

void BM_Lives(benchmark::State& state) { Run(state, false, false); }
void BM_LivesSerialised(benchmark::State& state) { Run(state, true, false); }
void BM_LivesSerialisedWithCheckpoints(benchmark::State& state) { Run(state, true, true); }

BENCHMARK(BM_Lives)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LivesSerialised)->Arg(100'000)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_LivesSerialisedWithCheckpoints)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace centralita::route
