#include "tests/contract/store_contract.h"

#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "tests/contract/exception.h"
#include "tests/contract/kill.h"

namespace centralita::store {

using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

constexpr base::Duration kForever{0};

void StoreContract::SetUp() {
  fixture_ = GetParam().make();
  Reopen();
}

void StoreContract::Reopen() {
  store_.reset();
  auto store = fixture_->Open(clock_);
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
}

std::optional<std::string> StoreContract::Get(const std::string& partition,
                                              const std::string& name) {
  const auto value = store_->Get({partition, name});
  EXPECT_TRUE(value.ok()) << value.status();
  return value.value_or(std::nullopt);
}

void StoreContract::Set(const std::string& partition, const std::string& name,
                        const std::string& value, base::Duration time_to_live) {
  const absl::Status status = store_->Commit({.partition = partition,
                                              .conditions = {},
                                              .puts = {{name, value, time_to_live}},
                                              .erases = {}});
  EXPECT_TRUE(status.ok()) << status;
}

std::vector<std::string> StoreContract::Names(const std::string& partition,
                                              const std::string& prefix, size_t limit) {
  std::vector<std::string> names;
  std::optional<std::string> after;
  do {
    const auto page = store_->Scan(partition, prefix, after, limit);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    EXPECT_LE(page->entries.size(), limit);
    for (const auto& [name, value] : page->entries) names.push_back(name);
    after = page->next;
  } while (after);
  return names;
}

namespace {

TEST_P(StoreContract, GivesWhatWasPutAndNothingElse) {
  Set("p/1", "a", "1");
  EXPECT_THAT(Get("p/1", "a"), Optional(Eq("1")));
  EXPECT_EQ(Get("p/1", "b"), std::nullopt);
  EXPECT_EQ(Get("p/2", "a"), std::nullopt);
  Set("p/1", "a", "2");
  EXPECT_THAT(Get("p/1", "a"), Optional(Eq("2")));
}

TEST_P(StoreContract, KeepsBytesAsTheyAre) {
  const std::string bytes("\0\xff\n' {}\xd0\x96", 9);
  const std::string large(2 << 20, '\x80');
  Set("p", bytes, bytes);
  Set("p", "empty", "");
  Set("p", "", "empty name");
  Set("p", "large", large);
  EXPECT_THAT(Get("p", bytes), Optional(Eq(bytes)));
  EXPECT_THAT(Get("p", "empty"), Optional(Eq("")));
  EXPECT_THAT(Get("p", ""), Optional(Eq("empty name")));
  EXPECT_THAT(Get("p", "large"), Optional(Eq(large)));
}

TEST_P(StoreContract, HasWhatWasCommittedAfterOpeningAgain) {
  if (!fixture_->traits().can_reopen) CENTRALITA_NO_MEANING_HERE("this store is made to forget");
  Set("p", "a", "1");
  Reopen();
  EXPECT_THAT(Get("p", "a"), Optional(Eq("1")));
}

TEST_P(StoreContract, HasWhatWasCommittedWhenTheProcessIsKilled) {
  if (!fixture_->traits().lives_in_process)
    CENTRALITA_NO_MEANING_HERE("the store lives in servers of its own");
  store_.reset();
  const std::string last = contract::RunUntilKilled(50, [this](const contract::Say& say) {
    auto store = fixture_->Open(clock_);
    for (int i = 0; store.ok(); ++i) {
      const std::string value = std::to_string(i);
      if ((*store)->Commit({"p", {}, {{"a", value, kForever}, {"b", value, kForever}}, {}}).ok())
        say(value);
    }
  });
  Reopen();
  const auto a = Get("p", "a");
  ASSERT_TRUE(a.has_value());
  EXPECT_GE(std::stoi(*a), std::stoi(last));
  EXPECT_EQ(Get("p", "b"), a);
}

TEST_P(StoreContract, GetManyAnswersEachKeyInOrder) {
  Set("p/1", "a", "1");
  Set("p/2", "a", "2");
  const auto values = store_->GetMany({{"p/2", "a"}, {"p/1", "none"}, {"p/1", "a"}, {"p/2", "a"}});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_THAT(*values, ElementsAre(Optional(Eq("2")), Eq(std::nullopt), Optional(Eq("1")),
                                   Optional(Eq("2"))));
  EXPECT_THAT(*store_->GetMany({}), IsEmpty());
}

TEST_P(StoreContract, ATransactionWritesAndErasesTogether) {
  Set("p", "old", "x");
  ASSERT_TRUE(
      store_
          ->Commit({"p", {}, {{"a", "1", kForever}, {"b", "2", kForever}}, {"old", "never there"}})
          .ok());
  EXPECT_THAT(Get("p", "a"), Optional(Eq("1")));
  EXPECT_THAT(Get("p", "b"), Optional(Eq("2")));
  EXPECT_EQ(Get("p", "old"), std::nullopt);
}

TEST_P(StoreContract, ATransactionWhoseConditionsHoldIsDone) {
  Set("p", "header", "7");
  ASSERT_TRUE(
      store_
          ->Commit(
              {"p", {{"header", "7"}, {"none", std::nullopt}}, {{"header", "8", kForever}}, {}})
          .ok());
  EXPECT_THAT(Get("p", "header"), Optional(Eq("8")));
}

TEST_P(StoreContract, ATransactionWithOneConditionThatFailsLeavesNothing) {
  Set("p", "header", "7");
  Set("p", "kept", "x");
  const std::vector<std::vector<Condition>> failing = {{{"kept", "x"}, {"header", "6"}},
                                                       {{"header", std::nullopt}},
                                                       {{"none", ""}},
                                                       {{"header", "70"}},
                                                       {{"header", ""}}};
  for (const auto& conditions : failing) {
    EXPECT_EQ(
        store_
            ->Commit({"p", conditions, {{"a", "1", kForever}, {"header", "8", kForever}}, {"kept"}})
            .code(),
        absl::StatusCode::kAborted);
  }
  EXPECT_THAT(Names("p", "", 10), ElementsAre("header", "kept"));
  EXPECT_THAT(Get("p", "header"), Optional(Eq("7")));
}

TEST_P(StoreContract, OneOfManyWithTheSameConditionWins) {
  Set("p", "header", "0");
  std::atomic<int> won{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([this, t, &won] {
        const std::string mine = "by " + std::to_string(t);
        const absl::Status status = store_->Commit(
            {"p", {{"header", "0"}}, {{"header", mine, kForever}, {mine, "", kForever}}, {}});
        if (status.ok()) ++won;
        EXPECT_TRUE(status.ok() || absl::IsAborted(status)) << status;
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_THAT(Names("p", "by ", 10), SizeIs(1));
  EXPECT_EQ(Get("p", "header"), Names("p", "by ", 10).at(0));
}

TEST_P(StoreContract, CommitManyGivesEachItsOwnOutcome) {
  Set("p/1", "header", "1");
  const auto outcomes =
      store_->CommitMany({{"p/1", {{"header", "wrong"}}, {{"a", "1", kForever}}, {}},
                          {"p/1", {{"header", "1"}}, {{"header", "2", kForever}}, {}},
                          {"p/2", {}, {{"b", "1", kForever}}, {}},
                          {"p/1", {{"header", "1"}}, {{"c", "1", kForever}}, {}}});
  ASSERT_THAT(outcomes, SizeIs(4));
  EXPECT_EQ(outcomes[0].code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(outcomes[1].ok()) << outcomes[1];
  EXPECT_TRUE(outcomes[2].ok()) << outcomes[2];
  EXPECT_EQ(outcomes[3].code(), absl::StatusCode::kAborted);
  EXPECT_THAT(Names("p/1", "", 10), ElementsAre("header"));
  EXPECT_THAT(Get("p/1", "header"), Optional(Eq("2")));
  EXPECT_THAT(Get("p/2", "b"), Optional(Eq("1")));
  EXPECT_THAT(store_->CommitMany({}), IsEmpty());
}

TEST_P(StoreContract, SetIfAbsentKeepsTheFirst) {
  EXPECT_EQ(store_->SetIfAbsent({"p", "a"}, "1", kForever).value(), "1");
  EXPECT_EQ(store_->SetIfAbsent({"p", "a"}, "2", kForever).value(), "1");
  EXPECT_THAT(Get("p", "a"), Optional(Eq("1")));
}

TEST_P(StoreContract, SetIfAbsentGivesAllCallersTheSameWinner) {
  constexpr int kThreads = 4;
  constexpr int kKeys = 50;
  std::vector<std::vector<std::string>> got(kThreads, std::vector<std::string>(kKeys));
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t, &got] {
        for (int k = 0; k < kKeys; ++k) {
          got[t][k] = store_->SetIfAbsent({"p", std::to_string(k)}, std::to_string(t), kForever)
                          .value_or("error");
        }
      });
    }
  }
  for (int k = 0; k < kKeys; ++k) {
    EXPECT_NE(got[0][k], "error");
    for (int t = 1; t < kThreads; ++t) EXPECT_EQ(got[t][k], got[0][k]) << "key " << k;
    EXPECT_THAT(Get("p", std::to_string(k)), Optional(Eq(got[0][k])));
  }
}

TEST_P(StoreContract, WhatHasRunOutIsAsIfItWereNotThere) {
  if (!fixture_->traits().has_injected_clock)
    CENTRALITA_NO_MEANING_HERE("the server's clock cannot be set");
  Set("p", "brief", "1", base::Duration(1'000));
  Set("p", "for ever", "1");
  ASSERT_EQ(store_->SetIfAbsent({"p", "taken"}, "1", base::Duration(1'000)).value(), "1");
  clock_.Advance(base::Duration(999));
  EXPECT_THAT(Get("p", "brief"), Optional(Eq("1")));
  EXPECT_EQ(store_->SetIfAbsent({"p", "taken"}, "2", kForever).value(), "1");
  clock_.Advance(base::Duration(1));
  EXPECT_EQ(Get("p", "brief"), std::nullopt);
  EXPECT_THAT(store_->GetMany({{"p", "brief"}, {"p", "for ever"}}).value(),
              ElementsAre(Eq(std::nullopt), Optional(Eq("1"))));
  EXPECT_THAT(Names("p", "", 10), ElementsAre("for ever"));
  EXPECT_EQ(store_->SetIfAbsent({"p", "taken"}, "2", kForever).value(), "2");
  EXPECT_TRUE(
      store_->Commit({"p", {{"brief", std::nullopt}}, {{"brief", "2", kForever}}, {}}).ok());
  clock_.Advance(base::Duration(1'000'000));
  EXPECT_THAT(Get("p", "brief"), Optional(Eq("2")));
}

TEST_P(StoreContract, ALaterPutGivesANewTimeToLive) {
  if (!fixture_->traits().has_injected_clock)
    CENTRALITA_NO_MEANING_HERE("the server's clock cannot be set");
  Set("p", "lease", "1", base::Duration(1'000));
  clock_.Advance(base::Duration(900));
  Set("p", "lease", "1", base::Duration(1'000));
  clock_.Advance(base::Duration(900));
  EXPECT_THAT(Get("p", "lease"), Optional(Eq("1")));
  clock_.Advance(base::Duration(100));
  EXPECT_EQ(Get("p", "lease"), std::nullopt);
}

TEST_P(StoreContract, ScansNamesWithAPrefixInOrderAndInPages) {
  for (const char* name : {"e/b", "e/a", "e", "f/a", "e/c", "e/", "d"}) Set("p", name, "x");
  Set("q", "e/z", "x");
  EXPECT_THAT(Names("p", "e/", 100), ElementsAre("e/", "e/a", "e/b", "e/c"));
  EXPECT_THAT(Names("p", "e/", 1), ElementsAre("e/", "e/a", "e/b", "e/c"));
  EXPECT_THAT(Names("p", "e/", 2), ElementsAre("e/", "e/a", "e/b", "e/c"));
  EXPECT_THAT(Names("p", "", 3), ElementsAre("d", "e", "e/", "e/a", "e/b", "e/c", "f/a"));
  EXPECT_THAT(Names("p", "none", 3), IsEmpty());
  EXPECT_THAT(Names("none", "", 3), IsEmpty());
}

TEST_P(StoreContract, SortsNamesByTheirBytes) {
  const std::string low("\0", 1);
  const std::string high("\xff\xff", 2);
  for (const std::string& name : {high, std::string("a"), low, std::string("B")})
    Set("p", name, "x");
  EXPECT_THAT(Names("p", "", 2), ElementsAre(low, "B", "a", high));
  EXPECT_THAT(Names("p", "\xff", 2), ElementsAre(high));
}

TEST_P(StoreContract, AScanGoesOnBehindANameThatIsGone) {
  for (const char* name : {"a", "b", "c"}) Set("p", name, name);
  const auto page = store_->Scan("p", "", "b", 10);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_THAT(page->entries, ElementsAre(std::pair<std::string, std::string>("c", "c")));
  EXPECT_EQ(page->next, std::nullopt);
  ASSERT_TRUE(store_->Commit({"p", {}, {}, {"b"}}).ok());
  EXPECT_THAT(store_->Scan("p", "", "b", 10)->entries, SizeIs(1));
  EXPECT_EQ(store_->Scan("p", "", std::nullopt, 0).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace centralita::store
