// The store on one real redis-server: what goes wrong there, and what its own promises are.
#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "tests/contract/redis_test_kit.h"

namespace centralita::store {
namespace {

namespace support = centralita::testing;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::SizeIs;
using Code = absl::StatusCode;

[[maybe_unused]] const Server& at_start = TheServer();

TEST_F(RedisStoreTest, WhatHasRunOutIsGoneNeitherEarlyNorLate) {
  constexpr base::Duration kBrief{300};
  const auto begin = std::chrono::steady_clock::now();
  Transaction many{"p", {}, {{"a", "1", kBrief}, {"kept", "1", kBrief}, {"z", "1", kForever}}, {}};
  for (int i = 0; i < 40; ++i) many.puts.push_back({"b" + std::to_string(i), "1", kBrief});
  ASSERT_TRUE(store_->Commit(many).ok());
  ASSERT_EQ(store_->SetIfAbsent({"p", "taken"}, "1", kBrief).value(), "1");
  ASSERT_TRUE(Put("kept", "2").ok());
  EXPECT_THAT(Do({"PTTL", KeyOf("k:a")}), ::testing::Not("-1"));
  ASSERT_TRUE(Eventually([&] { return !Get("taken").has_value(); }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, kBrief);
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_THAT(Get("kept"), Optional(Eq("2")));
  // An empty page is the end, however many names have run out.
  const auto page = store_->Scan("p", "", std::nullopt, 5);
  EXPECT_THAT(page->entries, ElementsAre(std::pair<std::string, std::string>("kept", "2")));
  ASSERT_TRUE(page->next.has_value());
  EXPECT_THAT(store_->Scan("p", "", page->next, 5)->entries,
              ElementsAre(std::pair<std::string, std::string>("z", "1")));
  EXPECT_EQ(store_->SetIfAbsent({"p", "taken"}, "2", kForever).value(), "2");
  EXPECT_TRUE(store_->Commit({"p", {{"a", std::nullopt}}, {{"a", "2", kForever}}, {}}).ok());
}

TEST_F(RedisStoreTest, ALaterPutGivesANewTimeToLive) {
  ASSERT_TRUE(Put("lease", "1", base::Duration(100)).ok());
  ASSERT_TRUE(Put("lease", "1", base::Duration(3'600'000)).ok());
  ASSERT_TRUE(Put("brief", "1", base::Duration(100)).ok());
  ASSERT_TRUE(Eventually([&] { return !Get("brief").has_value(); }));
  EXPECT_TRUE(Get("lease").has_value());
  ASSERT_TRUE(Put("lease", "1", kForever).ok());
  EXPECT_EQ(Do({"PTTL", KeyOf("k:lease")}), "-1");
}

// The script gathers what it changes; what comes later wins all the same, within a transaction and
// between those that go together.
TEST_F(RedisStoreTest, ChangesThatGoTogetherTakeEffectInTheirOrder) {
  const base::Duration brief(3'600'000);
  const std::vector<Transaction> together = {
      {"p", {}, {{"a", "1", kForever}, {"b", "1", brief}, {"a", "2", brief}}, {}},
      {"p", {{"a", "2"}}, {{"b", "2", kForever}, {"c", "1", kForever}}, {"a"}},
      {"p", {{"a", std::nullopt}}, {{"a", "3", kForever}, {"d", "1", brief}}, {"c", "d"}},
      {"p", {{"c", "1"}}, {{"b", "never", kForever}}, {}}};
  const std::vector<absl::Status> outcomes = store_->CommitMany(together);
  ASSERT_EQ(outcomes.size(), together.size());
  for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(outcomes[i].ok()) << i << ": " << outcomes[i];
  EXPECT_TRUE(absl::IsAborted(outcomes[3])) << outcomes[3];
  EXPECT_EQ(Get("a"), "3");
  EXPECT_EQ(Get("b"), "2");
  EXPECT_EQ(Get("c"), std::nullopt);
  EXPECT_EQ(Get("d"), std::nullopt);
  EXPECT_EQ(Do({"PTTL", KeyOf("k:a")}), "-1");
  EXPECT_EQ(Do({"PTTL", KeyOf("k:b")}), "-1");
  EXPECT_EQ(Do({"ZRANGEBYLEX", KeyOf("i"), "-", "+"}), "a\nb");
}

TEST_F(RedisStoreTest, NamesThatRunOutDoNotPileUp) {
  for (int i = 0; i < 60; ++i) {
    ASSERT_TRUE(Put("brief" + std::to_string(i), "1", base::Duration(50)).ok());
  }
  ASSERT_TRUE(Eventually([&] { return !Get("brief59").has_value(); }));
  // Nobody reads; later writes are enough.
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(Put("later" + std::to_string(i), "1", base::Duration(3'600'000)).ok());
  }
  EXPECT_EQ(Do({"ZCARD", KeyOf("i")}), "6");
  EXPECT_EQ(Do({"ZCARD", KeyOf("x")}), "6");
}

TEST_F(RedisStoreTest, AnEndlessTimeToLiveIsTaken) {
  EXPECT_TRUE(Put("a", "1", base::Duration::max()).ok());
  EXPECT_TRUE(Get("a").has_value());
}

TEST_F(RedisStoreTest, APageIsBoundedInBytes) {
  for (const char* name : {"a", "b", "c", "d"}) {
    ASSERT_TRUE(Put(name, std::string(600 << 10, 'x')).ok());
  }
  std::optional<std::string> after;
  std::vector<std::string> names;
  do {
    const auto page = store_->Scan("p", "", after, 1'000);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LE(page->entries.size(), 2u);
    for (const auto& [name, value] : page->entries) names.push_back(name);
    after = page->next;
  } while (after);
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d"));
}

TEST_F(RedisStoreTest, AScanSeesOnceWhatIsThereAllTheTime) {
  for (int i = 100; i < 200; ++i) ASSERT_TRUE(Put("k" + std::to_string(i), "1").ok());
  std::atomic<bool> done{false};
  const std::jthread changes([&] {
    for (int i = 0; !done; ++i) {
      const std::string name = "k1" + std::to_string(10 + i % 90) + "x";
      ASSERT_TRUE(Put(name, "1").ok());
      ASSERT_TRUE(store_->Commit({"p", {}, {}, {name}}).ok());
    }
  });
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> stayed;
    std::optional<std::string> after;
    do {
      const auto page = store_->Scan("p", "k", after, 7);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const auto& [name, value] : page->entries) {
        if (name.size() == 4) stayed.push_back(name);
      }
      after = page->next;
    } while (after);
    EXPECT_THAT(stayed, SizeIs(100));
    EXPECT_TRUE(std::is_sorted(stayed.begin(), stayed.end()));
  }
  done = true;
}

TEST_F(RedisStoreTest, AServerThatForgotTheScriptsGetsThemAgain) {
  ASSERT_TRUE(Put("a", "1").ok());
  ASSERT_EQ(Do({"SCRIPT", "FLUSH"}), "OK");
  ASSERT_TRUE(store_->Commit({"p", {{"a", "1"}}, {{"a", "2", kForever}}, {}}).ok());
  EXPECT_THAT(Get("a"), Optional(Eq("2")));
}

TEST_F(RedisStoreTest, WhileTheServerIsDeadCallsFailAtOnceAndThenWorkAgain) {
  ASSERT_TRUE(Put("a", "1").ok());
  server_.Kill();
  ASSERT_TRUE(Eventually([&] { return absl::IsUnavailable(store_->Get({"p", "a"}).status()); }));
  const absl::Status status = Put("a", "2");
  EXPECT_EQ(status.code(), Code::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(server_.address()));
  EXPECT_EQ(store_->Scan("p", "", std::nullopt, 1).status().code(), Code::kUnavailable);
  ASSERT_TRUE(server_.Restart().ok());
  ASSERT_TRUE(Eventually([&] { return store_->Get({"p", "a"}).ok(); }));
  EXPECT_THAT(Get("a"), Optional(Eq("1")));
  EXPECT_TRUE(Put("a", "2").ok());
}

TEST_F(RedisStoreTest, CallsUnderWayWhenTheServerDiesEnd) {
  std::atomic<int> done{0};
  std::atomic<int> failed{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      while (failed < 4) {
        const absl::Status status = Put(std::to_string(t), "1");
        EXPECT_TRUE(status.ok() || absl::IsUnavailable(status)) << status;
        status.ok() ? ++done : ++failed;
      }
    });
  }
  ASSERT_TRUE(Eventually([&] { return done > 100; }));
  server_.Kill();
  threads.clear();
  ASSERT_TRUE(server_.Restart().ok());
}

TEST_F(RedisStoreTest, AfterARestartWithoutDataConditionsFail) {
  ASSERT_TRUE(Put("header", "7").ok());
  ASSERT_TRUE(server_.RestartEmpty().ok());
  absl::Status status;
  ASSERT_TRUE(Eventually([&] {
    status = store_->Commit({"p", {{"header", "7"}}, {{"header", "8", kForever}}, {}});
    return !absl::IsUnavailable(status);
  }));
  EXPECT_EQ(status.code(), Code::kAborted);
  EXPECT_EQ(Get("header"), std::nullopt);
}

TEST_F(RedisStoreTest, WithoutMemoryWritesAreRefusedAndErasesAndReadsGoOn) {
  ASSERT_TRUE(Put("a", "1").ok());
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory", "1"}), "OK");
  const absl::Status status =
      store_->Commit({"p", {}, {{"b", "1", kForever}, {"c", "1", kForever}}, {"a"}});
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("maxmemory"));
  EXPECT_EQ(store_->Commit(LargeTransaction(1, {})).code(), Code::kResourceExhausted);
  EXPECT_EQ(store_->SetIfAbsent({"p", "b"}, "1", kForever).status().code(),
            Code::kResourceExhausted);
  EXPECT_THAT(Get("a"), Optional(Eq("1")));
  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_TRUE(store_->Commit({"p", {}, {}, {"a"}}).ok());
  EXPECT_EQ(Get("a"), std::nullopt);
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory", "0"}), "OK");
  EXPECT_TRUE(Put("b", "1").ok());
}

TEST_F(RedisStoreTest, AServerThatHangsCostsNoMoreThanTheTimeout) {
  options_.call_timeout = base::Duration(200);
  Open();
  ASSERT_TRUE(Eventually([&] { return Put("a", "1").ok(); }));
  auto sleeper = support::RedisClient::Connect(server_.port());
  ASSERT_TRUE(sleeper.ok());
  ASSERT_TRUE(sleeper->Send({"DEBUG", "SLEEP", "1"}).ok());
  absl::Status status;
  ASSERT_TRUE(Eventually([&] {
    status = store_->Get({"p", "a"}).status();
    return !status.ok();
  }));
  EXPECT_EQ(status.code(), Code::kDeadlineExceeded) << status;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string partition = "p" + std::to_string(t);
      EXPECT_TRUE(Eventually([&] { return store_->Commit(PutOne(partition, "a", "1")).ok(); }));
    });
  }
  threads.clear();
  EXPECT_TRUE(Eventually([&] { return store_->Get({"p", "a"}).ok(); }));
}

TEST_F(RedisStoreTest, WhatWaitsIsBounded) {
  options_.max_waiting_calls = 4;
  options_.connections = 1;
  Open();
  std::vector<Key> keys;
  for (int i = 0; i < 5; ++i) keys.push_back({std::to_string(i), "a"});
  EXPECT_EQ(store_->GetMany(keys).status().code(), Code::kResourceExhausted);
  keys.pop_back();
  EXPECT_TRUE(store_->GetMany(keys).ok());
}

TEST_F(RedisStoreTest, SaysWhichSettingMakesTheServerRefuseUs) {
  options_.password = "wrong";
  const auto unwanted = OpenRedisStore(options_, clock_);
  EXPECT_EQ(unwanted.status().code(), Code::kUnauthenticated);
  ASSERT_EQ(Do({"ACL", "SETUSER", "desk", "on", ">right", "~*", "+@all"}), "OK");
  options_.user = "desk";
  const auto wrong = OpenRedisStore(options_, clock_);
  EXPECT_EQ(wrong.status().code(), Code::kUnauthenticated);
  EXPECT_THAT(std::string(wrong.status().message()), HasSubstr("password"));
  options_.password = "right";
  Open();
  EXPECT_TRUE(Put("a", "1").ok());
  ASSERT_EQ(Do({"ACL", "SETUSER", "desk", "-evalsha"}), "OK");
  EXPECT_EQ(Put("a", "1").code(), Code::kPermissionDenied);
  ASSERT_EQ(Do({"ACL", "DELUSER", "desk"}), "1");
}

TEST_F(RedisStoreTest, SaysThatAPasswordIsWanted) {
  const auto server = support::RedisServer::Start({"--requirepass", "secret"});
  ASSERT_TRUE(server.ok()) << server.status();
  options_.addresses = {(*server)->address()};
  const auto none = OpenRedisStore(options_, clock_);
  EXPECT_EQ(none.status().code(), Code::kUnauthenticated);
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("password"));
  options_.password = "secret";
  Open();
  EXPECT_TRUE(Put("a", "1").ok());
}

TEST_F(RedisStoreTest, SaysThatNobodyIsThere) {
  server_.Kill();
  const auto store = OpenRedisStore(options_, clock_);
  EXPECT_EQ(store.status().code(), Code::kUnavailable);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr(server_.address()));
  ASSERT_TRUE(server_.Restart().ok());
}

TEST_F(RedisStoreTest, SaysThatItIsNoCluster) {
  options_.mode = RedisMode::kCluster;
  EXPECT_EQ(OpenRedisStore(options_, clock_).status().code(), Code::kFailedPrecondition);
}

TEST_F(RedisStoreTest, RefusesAServerThatThrowsDataAway) {
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"}), "OK");
  const auto store = OpenRedisStore(options_, clock_);
  EXPECT_EQ(store.status().code(), Code::kFailedPrecondition);
  EXPECT_THAT(std::string(store.status().message()), HasSubstr("noeviction"));
  ASSERT_EQ(Do({"CONFIG", "SET", "maxmemory-policy", "noeviction"}), "OK");
}

TEST_F(RedisStoreTest, LooksForThePrimaryAgainWhenItsServerHasBecomeAReplica) {
  ASSERT_EQ(Do({"REPLICAOF", "127.0.0.1", "1"}), "OK");
  const std::string before = Do({"CLIENT", "LIST"});
  EXPECT_EQ(Put("a", "1").code(), Code::kUnavailable);
  ASSERT_EQ(Do({"REPLICAOF", "NO", "ONE"}), "OK");
  EXPECT_TRUE(Eventually([&] { return Put("a", "1").ok(); }));
  // By a new connection.
  const auto last_of = [](const std::string& clients) {
    const size_t line = clients.rfind("name=centralita");
    return clients.substr(clients.rfind("id=", line), 20);
  };
  EXPECT_NE(last_of(Do({"CLIENT", "LIST"})), last_of(before));
}

TEST_F(RedisStoreTest, SaysThatForeignDataIsInTheWay) {
  ASSERT_EQ(Do({"SET", KeyOf("i"), "not ours"}), "OK");
  EXPECT_EQ(Put("a", "1").code(), Code::kDataLoss);
  EXPECT_EQ(store_->Scan("p", "", std::nullopt, 1).status().code(), Code::kDataLoss);
}

TEST_F(RedisStoreTest, RefusesOptionsThatMakeNoSense) {
  const auto code_of = [&](const std::function<void(RedisStoreOptions&)>& change) {
    RedisStoreOptions options = options_;
    change(options);
    return OpenRedisStore(options, clock_).status().code();
  };
  EXPECT_EQ(code_of([](auto& o) { o.addresses.clear(); }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.addresses = {"nowhere"}; }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.addresses.push_back("h:1"); }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.key_prefix = "{x}"; }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.user = "x"; }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.connections = 0; }), Code::kInvalidArgument);
  EXPECT_EQ(code_of([](auto& o) { o.tls.emplace().ca_file = "/none"; }), Code::kInvalidArgument);
}

TEST_F(RedisStoreTest, RefusesWhatIsTooLarge) {
  EXPECT_EQ(Put("a", std::string((64 << 20) + 1, 'x')).code(), Code::kInvalidArgument);
  Transaction many{"p", {}, {}, {}};
  for (int i = 0; i < 501; ++i) many.conditions.push_back({std::to_string(i), std::nullopt});
  EXPECT_EQ(store_->Commit(many).code(), Code::kInvalidArgument);
}

TEST_F(RedisStoreTest, WorksOverASocketOfTheSystem) {
  const contract::TempFolder folder;
  const auto server = support::RedisServer::Start({"--unixsocket", folder.File("s")});
  ASSERT_TRUE(server.ok()) << server.status();
  options_.addresses = {"unix:" + folder.File("s")};
  Open();
  EXPECT_TRUE(Put("a", "1").ok());
  EXPECT_THAT(Get("a"), Optional(Eq("1")));
}

TEST_F(RedisStoreTest, TalksTlsToTheOneWhomTheCertificateNamesOnly) {
  const contract::TempFolder folder;
  const std::string key = folder.File("key.pem");
  const std::string certificate = folder.File("cert.pem");
  ASSERT_EQ(std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 "
                         "-nodes -days 2 -subj /CN=store -addext subjectAltName=IP:127.0.0.1 "
                         "-keyout " +
                         key + " -out " + certificate + " 2>/dev/null")
                            .c_str()),
            0);
  const std::string port = std::to_string(support::FreePort());
  const auto server =
      support::RedisServer::Start({"--tls-port", port, "--tls-cert-file", certificate,
                                   "--tls-key-file", key, "--tls-ca-cert-file", certificate});
  ASSERT_TRUE(server.ok()) << server.status();
  options_.addresses = {"127.0.0.1:" + port};
  options_.tls = RedisTls{certificate, certificate, key, ""};
  Open();
  const std::string large(3 << 20, 'x');
  EXPECT_TRUE(Put("a", large).ok());
  EXPECT_EQ(Get("a"), large);
  options_.tls->server_name = "elsewhere";
  EXPECT_EQ(OpenRedisStore(options_, clock_).status().code(), Code::kUnavailable);
  options_.tls = RedisTls{};
  EXPECT_EQ(OpenRedisStore(options_, clock_).status().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace centralita::store
