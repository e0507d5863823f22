// Ingest over a real embedded log and store, with two tenants, and readers of what it appended.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "centralita/app/backends.h"
#include "centralita/app/policy_publisher.h"
#include "centralita/app/policy_watcher.h"
#include "centralita/base/key.h"
#include "centralita/base/sha256.h"
#include "centralita/base/topics.h"
#include "centralita/ingest/app.h"
#include "centralita/ingest/v1/ingest.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::ingest {

constexpr base::Duration kLimit{20'000};

template <typename T>
struct Appended {
  T value;
  std::string key;
  uint32_t partition = 0;
  uint64_t offset = 0;
};

class IngestFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    PublishTenant("acme", {"acme-key", "acme-key-2"}, 0);
    PublishTenant("boreal", {"boreal-key"}, 0);
    auto watcher = app::PolicyWatcher::Start(*backends_.log, *logger_);
    ASSERT_TRUE(watcher.ok()) << watcher.status();
    policy_ = *std::move(watcher);
    ASSERT_TRUE(policy_->WaitLoaded(kLimit).ok());
    StartApp();
    ASSERT_TRUE(app_->WaitReady(kLimit).ok()) << app_->Ready();
  }

  void StartApp() {
    options_.grpc_port = 0;
    options_.http_port = 0;
    options_.admin_port = 0;
    auto created = IngestApp::Create(options_, {.log = *backends_.log,
                                                .store = *backends_.store,
                                                .policy = *policy_,
                                                .clock = clock_,
                                                .logger = *logger_,
                                                .metrics = metrics_});
    ASSERT_TRUE(created.ok()) << created.status();
    app_ = *std::move(created);
    const absl::Status started = app_->Start();
    ASSERT_TRUE(started.ok()) << started;
  }

  // Returns the version.
  uint64_t PublishTenant(const std::string& tenant, const std::vector<std::string>& keys,
                         uint32_t rate_limit) {
    std::vector<policy::v1::PolicySection> sections(4);
    auto& settings = *sections[0].mutable_tenant_section();
    settings.set_display_name(tenant);
    settings.set_rate_limit_per_second(rate_limit);
    for (const std::string& key : keys) settings.add_api_key_sha256(base::Sha256Hex(key));
    sections[1].mutable_classifier();
    sections[2].mutable_route()->set_default_pool("general");
    sections[3].mutable_agents();
    const auto result =
        app::PublishPolicy(*backends_.log, clock_, tenant, std::move(sections), "test");
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->version : 0;
  }

  // Everything in the topic, partition by partition.
  template <typename T>
  std::vector<Appended<T>> ReadTopic(std::string_view name) {
    std::vector<Appended<T>> all;
    const std::string topic(name);
    const uint32_t partitions = backends_.log->Describe(topic)->spec.partitions;
    for (uint32_t p = 0; p < partitions; ++p) {
      const eventlog::TopicPartition partition{topic, p};
      const uint64_t end = backends_.log->Offsets(partition)->end;
      auto consumer = *backends_.log->Read({partition}, {});
      EXPECT_TRUE(consumer->Seek(partition, 0).ok());
      for (uint64_t next = 0; next < end;) {
        const auto polled = consumer->Poll(kLimit);
        EXPECT_TRUE(polled.ok()) << polled.status();
        if (!polled.ok() || polled->batches.empty()) break;
        for (const auto& batch : polled->batches) {
          for (const auto& record : batch.records()) {
            Appended<T>& appended = all.emplace_back();
            EXPECT_TRUE(appended.value.ParseFromArray(record.value.data(),
                                                      static_cast<int>(record.value.size())));
            appended.key = std::string(record.key);
            appended.partition = p;
            appended.offset = record.offset;
            next = record.offset + 1;
          }
        }
      }
    }
    return all;
  }

  std::vector<Appended<message::v1::InboundMessage>> Inbound() {
    return ReadTopic<message::v1::InboundMessage>(base::topics::kInbound);
  }

  static v1::NewMessage Message(const std::string& handle, const std::string& id,
                                const std::string& text = "hola") {
    v1::NewMessage m;
    m.set_channel(common::v1::CHANNEL_WHATSAPP);
    m.set_account("+34910000000");
    m.set_handle(handle);
    m.set_provider_message_id(id);
    m.set_text(text);
    return m;
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  telemetry::Metrics metrics_;
  IngestOptions options_;
  app::Backends backends_;
  std::unique_ptr<app::PolicyWatcher> policy_;
  std::unique_ptr<IngestApp> app_;
};

}  // namespace centralita::ingest
