// An embedded log and store with a policy for the shard of one pool, and readers of what the router
// wrote.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "centralita/app/backends.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/telemetry/log.h"
#include "centralita/telemetry/metrics.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::router {

constexpr base::Duration kLimit{20'000};

class RouterFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    producer_ = *log().NewProducer({.name = "test"});
  }

  eventlog::EventLog& log() { return *backends_.log; }
  uint32_t ShardPartition() const { return base::PartitionOf(base::TenantKey("acme", "care"), 4); }
  uint32_t CustomerPartition() const {
    return base::PartitionOf(base::TenantKey("acme", "customer"), 4);
  }

  void Append(std::string_view topic, uint32_t partition,
              const google::protobuf::MessageLite& value) {
    ASSERT_TRUE(producer_
                    ->Append({std::string(topic), partition, "", value.SerializeAsString(), false},
                             [](auto) {})
                    .ok());
    ASSERT_TRUE(producer_->Flush(kLimit).ok());
  }

  void ActivatePool() {
    commands::v1::Command command;
    command.set_tenant("acme");
    command.set_pool("care");
    auto& activate = *command.mutable_activate();
    activate.set_tenant("acme");
    activate.set_version(1);
    activate.set_parts(1);
    activate.mutable_pool()->set_pool("care");
    activate.mutable_pool()->add_queues()->set_name("general");
    activate.mutable_pool()->set_offer_lease_ms(60'000);
    for (const char* id : {"ana", "boris"}) {
      auto& agent = *activate.add_agents();
      agent.set_agent_id(id);
      agent.set_pool("care");
      agent.set_capacity_units(100);
      agent.add_languages("es");
    }
    Append(base::topics::kCommands, ShardPartition(), command);
  }
  void ActivateRoute() {
    routing::v1::RoutingRecord record;
    auto& activate = *record.mutable_activate();
    activate.set_tenant("acme");
    activate.set_version(1);
    auto& route = *activate.mutable_route()->add_routes();
    route.set_name("all");
    route.set_pool("care");
    route.add_steps()->set_queue("general");
    activate.mutable_route()->set_default_pool("care");
    activate.mutable_route()->set_default_queue("general");
    Append(base::topics::kRouting, CustomerPartition(), record);
  }
  void Present(const std::string& agent, const std::string& incarnation, int number = 1) {
    commands::v1::Command command;
    command.set_tenant("acme");
    command.set_pool("care");
    auto& presence = *command.mutable_presence();
    presence.set_agent_id(agent);
    presence.set_incarnation(incarnation);
    presence.set_session(incarnation + "/" + std::to_string(number));
    presence.set_status(commands::v1::PRESENCE_STATUS_AVAILABLE);
    Append(base::topics::kCommands, ShardPartition(), command);
  }
  void Say(const std::string& message_id) {
    routing::v1::RoutingRecord record;
    record.set_tenant("acme");
    record.set_customer_id("customer");
    auto& tagged = *record.mutable_tagged();
    tagged.set_message_id(message_id);
    tagged.set_channel(common::v1::CHANNEL_CHAT);
    tagged.set_accepted_unix_ms(base::ToUnixMillis(clock_.Now()));
    tagged.mutable_classification()->set_intent("order_status");
    tagged.mutable_classification()->set_language("es");
    Append(base::topics::kRouting, CustomerPartition(), record);
  }

  // The first record of the partition, from `from` on, that is as wanted; the reader waits for it.
  template <typename Message>
  Message WaitFor(std::string_view topic, uint32_t partition,
                  const std::function<bool(const Message&)>& wanted, uint64_t from = 0) {
    const eventlog::TopicPartition source{std::string(topic), partition};
    auto reader = *log().Read({source}, {});
    EXPECT_TRUE(reader->Seek(source, from).ok());
    const auto until = clock_.Monotonic() + kLimit;
    while (clock_.Monotonic() < until) {
      const auto polled = reader->Poll(base::Duration(100));
      EXPECT_TRUE(polled.ok()) << polled.status();
      if (!polled.ok()) break;
      for (const auto& batch : polled->batches) {
        for (const auto& record : batch.records()) {
          Message message;
          EXPECT_TRUE(
              message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
          if (wanted(message)) return message;
        }
      }
    }
    ADD_FAILURE() << "nothing as wanted came to " << topic << " " << partition;
    return {};
  }
  uint64_t End(std::string_view topic, uint32_t partition) {
    return log().Offsets({std::string(topic), partition})->end;
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  telemetry::Metrics metrics_;
  app::Backends backends_;
  std::unique_ptr<eventlog::Producer> producer_;
};

}  // namespace centralita::router
