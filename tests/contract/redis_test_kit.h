// What the tests of the Redis store share.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/base/uuid.h"
#include "centralita/store/redis_store.h"
#include "tests/support/redis_server.h"

namespace centralita::store {

constexpr base::Duration kForever{0};

// Of a machine under load, so that only a hang is a failure.
inline RedisStoreOptions PatientOptions(std::vector<std::string> addresses) {
  RedisStoreOptions options;
  options.addresses = std::move(addresses);
  options.key_prefix = base::RandomUuid();
  options.call_timeout = base::Duration(20'000);
  options.connect_timeout = base::Duration(20'000);
  return options;
}

// Asks again until it is so; false after 20 s.
inline bool Eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    ::poll(nullptr, 0, 1);
  }
  return true;
}

inline Transaction PutOne(const std::string& partition, const std::string& name,
                          const std::string& value, base::Duration time_to_live = kForever) {
  return {partition, {}, {{name, value, time_to_live}}, {}};
}

// More than fits one script.
inline Transaction LargeTransaction(int value, std::vector<Condition> conditions,
                                    int puts = 2'000) {
  Transaction transaction{"p", std::move(conditions), {}, {}};
  for (int i = 0; i < puts; ++i) {
    transaction.puts.push_back({"k" + std::to_string(i), std::to_string(value), kForever});
  }
  return transaction;
}

// How often a node has answered with this error.
inline int ErrorsOf(const testing::RedisServer& server, const std::string& error) {
  const std::string stats = server.Run({"INFO", "errorstats"}).value_or("");
  const std::string field = "errorstat_" + error + ":count=";
  const size_t at = stats.find(field);
  return at == std::string::npos ? 0 : std::stoi(stats.substr(at + field.size()));
}

// A test that kills or changes the server has it as it was at its end.
class Server final : public ::testing::Environment {
 public:
  void SetUp() override {
    auto server = centralita::testing::RedisServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override { server_.reset(); }
  centralita::testing::RedisServer& get() { return *server_; }

 private:
  std::unique_ptr<centralita::testing::RedisServer> server_;
};

inline Server& TheServer() {
  static auto* const server = static_cast<Server*>(::testing::AddGlobalTestEnvironment(new Server));
  return *server;
}
class RedisStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(Do({"CONFIG", "RESETSTAT"}), "OK");
    Open();
  }

  void Open() {
    auto store = OpenRedisStore(options_, clock_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  std::string Do(const std::vector<std::string>& command) {
    auto answer = server_.Run(command);
    return answer.ok() ? *answer : answer.status().ToString();
  }
  std::string KeyOf(const std::string& rest) const { return options_.key_prefix + ":{p}:" + rest; }
  std::optional<std::string> Get(const std::string& name) {
    auto value = store_->Get({"p", name});
    EXPECT_TRUE(value.ok()) << value.status();
    return value.value_or(std::nullopt);
  }
  absl::Status Put(const std::string& name, const std::string& value,
                   base::Duration time_to_live = kForever) {
    return store_->Commit(PutOne("p", name, value, time_to_live));
  }

  centralita::testing::RedisServer& server_ = TheServer().get();
  const base::SystemClock clock_;
  RedisStoreOptions options_ = PatientOptions({server_.address()});
  std::unique_ptr<Store> store_;
};

}  // namespace centralita::store
