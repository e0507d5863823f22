// What a gateway stands on in tests: a directory of two agents, sessions that remember, a store
// that can fail, and readers of `commands`.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "centralita/app/backends.h"
#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/gateway/ports.h"
#include "centralita/telemetry/log.h"
#include "session.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::gateway {

constexpr base::Duration kLimit{20'000};

class FakeDirectory final : public Directory {
 public:
  absl::StatusOr<AgentIdentity> Authenticate(const Credentials& credentials,
                                             const std::string& agent_id) const override {
    if (credentials.tenant != "acme" || credentials.api_key != "key") {
      return base::Error(absl::StatusCode::kUnauthenticated, "unauthenticated", "wrong key");
    }
    if (agent_id != "ana" && agent_id != "boris") {
      return base::Error(absl::StatusCode::kNotFound, "unknown_agent", "no such agent");
    }
    return AgentIdentity{.tenant = "acme",
                         .agent_id = agent_id,
                         .display_name = "Ана",
                         .pool = "care",
                         .capacity_units = 100};
  }
};

class FakeSession final : public Session {
 public:
  FakeSession(std::string id, std::string agent, std::string pool = "care")
      : id_(std::move(id)),
        agent_{.tenant = "acme",
               .agent_id = std::move(agent),
               .display_name = "",
               .pool = std::move(pool)} {}
  const std::string& id() const override { return id_; }
  const AgentIdentity& agent() const override { return agent_; }
  void Deliver(v1::Update update) override { updates.push_back(std::move(update)); }
  void Close(const std::string& reason) override { closed.push_back(reason); }
  void Announce() override { ++announced; }

  std::vector<v1::Update> updates;
  std::vector<std::string> closed;
  int announced = 0;

 private:
  const std::string id_;
  const AgentIdentity agent_;
};

// Passes on to a real one, unless told to fail.
class SwitchedStore final : public store::Store {
 public:
  explicit SwitchedStore(store::Store& inner) : inner_(inner) {}
  // Called before each write or read of the store; its error is the answer.
  void OnEach(std::function<absl::Status()> before) {
    const std::scoped_lock lock(mutex_);
    before_ = std::move(before);
  }

  absl::StatusOr<std::optional<std::string>> Get(const store::Key& key) override {
    if (const absl::Status status = Before(); !status.ok()) return status;
    return inner_.Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> GetMany(
      const std::vector<store::Key>& keys) override {
    if (const absl::Status status = Before(); !status.ok()) return status;
    return inner_.GetMany(keys);
  }
  absl::StatusOr<std::string> SetIfAbsent(const store::Key& key, const std::string& value,
                                          base::Duration ttl) override {
    if (const absl::Status status = Before(); !status.ok()) return status;
    return inner_.SetIfAbsent(key, value, ttl);
  }
  absl::Status Commit(const store::Transaction& transaction) override {
    if (const absl::Status status = Before(); !status.ok()) return status;
    return inner_.Commit(transaction);
  }
  std::vector<absl::Status> CommitMany(
      const std::vector<store::Transaction>& transactions) override {
    if (const absl::Status status = Before(); !status.ok())
      return std::vector(transactions.size(), status);
    return inner_.CommitMany(transactions);
  }
  absl::StatusOr<store::ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                       const std::optional<std::string>& after,
                                       size_t limit) override {
    if (const absl::Status status = Before(); !status.ok()) return status;
    return inner_.Scan(partition, prefix, after, limit);
  }

 private:
  absl::Status Before() {
    std::function<absl::Status()> before;
    {
      const std::scoped_lock lock(mutex_);
      before = before_;
    }
    return before ? before() : absl::OkStatus();
  }

  store::Store& inner_;
  std::mutex mutex_;
  std::function<absl::Status()> before_;
};

class GatewayFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = app::OpenEmbedded({.data_dir = dir_.path(), .topics = {}}, clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    backends_ = *std::move(opened);
    store_ = std::make_unique<SwitchedStore>(*backends_.store);
  }

  eventlog::EventLog& log() { return *backends_.log; }
  static uint32_t ShardPartition() { return base::PartitionOf(base::TenantKey("acme", "care"), 4); }

  // The record at `offset` of a partition of `commands`; waits for it.
  commands::v1::Command CommandAt(uint64_t offset, uint32_t partition = ShardPartition()) {
    const eventlog::TopicPartition source{std::string(base::topics::kCommands), partition};
    auto reader = *log().Read({source}, {});
    // From the start: an offset that the log has not reached yet is out of range.
    EXPECT_TRUE(reader->Seek(source, 0).ok());
    const auto until = clock_.Monotonic() + kLimit;
    commands::v1::Command command;
    while (clock_.Monotonic() < until) {
      const auto polled = reader->Poll(base::Duration(100));
      EXPECT_TRUE(polled.ok()) << polled.status();
      if (!polled.ok()) break;
      for (const auto& batch : polled->batches) {
        for (const auto& record : batch.records()) {
          if (record.offset != offset) continue;
          EXPECT_TRUE(
              command.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())));
          return command;
        }
      }
    }
    ADD_FAILURE() << "no command came";
    return command;
  }

  test::TempDir dir_;
  base::SystemClock clock_;
  std::unique_ptr<telemetry::Logger> logger_ = telemetry::Logger::Discard();
  app::Backends backends_;
  std::unique_ptr<SwitchedStore> store_;
};

}  // namespace centralita::gateway
