#include "centralita/classifier/facts_role.h"

#include <gmock/gmock.h>

#include "tests/unit/classifier/fixture.h"

namespace centralita::classifier {
namespace {

using profile::v1::Profile;
using routing::v1::RoutingRecord;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string SignalFor(const std::string& customer, const std::string& kind) {
  return FromText<signals::v1::Signal>("tenant: 'shop' customer_id: '" + customer + "' " + kind)
      .SerializeAsString();
}

constexpr char kCart[] =
    "cart { cart_id: 'c' value { cents: 34000 currency: 'EUR' } stage: CHECKOUT_STAGE_PAYMENT }";
constexpr char kFailed[] = "payment_failed { cart_id: 'c' }";
constexpr char kContact[] = "contact { message_id: 'm' intent: 'return_refund' language: 'es' }";

class FactsRoleTest : public ClassifierFixture {
 protected:
  void SetUp() override {
    ClassifierFixture::SetUp();
    OpenLog();
    ASSERT_TRUE(log_->EnsureTopic({"profiles", 2, true}).ok());
    role_ = std::make_unique<FactsRole>(policies_, *profiles_, reader_->cache(), *log_, clock_,
                                        metrics_);
  }
  void TearDown() override {
    role_.reset();
    ClassifierFixture::TearDown();
  }
  absl::Status TryProcess(std::vector<std::string> values, uint64_t first_offset,
                          CollectedOutputs& outputs, uint32_t epoch = 1) {
    return role_->Process(BatchOf("signals", std::move(values), first_offset), epoch, outputs);
  }
  CollectedOutputs Process(std::vector<std::string> values, uint64_t first_offset,
                           uint32_t epoch = 1) {
    CollectedOutputs outputs;
    const absl::Status status = TryProcess(std::move(values), first_offset, outputs, epoch);
    EXPECT_TRUE(status.ok()) << status;
    return outputs;
  }
  void AppendProfile(const std::string& customer, const Profile& profile) {
    auto producer = log_->NewProducer({"test"});
    ASSERT_TRUE(producer.ok());
    const std::string key = base::TenantKey("shop", customer);
    eventlog::Outgoing record{"profiles", base::PartitionOf(key, 2), key,
                              profile.SerializeAsString(), false};
    ASSERT_TRUE((*producer)->Append(std::move(record), [](absl::StatusOr<uint64_t>) {}).ok());
    ASSERT_TRUE((*producer)->Flush(base::Duration(10'000)).ok());
  }

  std::unique_ptr<FactsRole> role_;
};

TEST_F(FactsRoleTest, APaymentThatFailsAmendsOnce) {
  EXPECT_THAT(Process({SignalFor("ana", kCart)}, 0).Topics(), ElementsAre("profiles"));
  const auto outputs = Process({SignalFor("ana", kFailed)}, 1);
  EXPECT_THAT(outputs.Topics(), ElementsAre("routing", "profiles"));
  const auto record = outputs.Of<RoutingRecord>("routing")[0];
  EXPECT_EQ(record.customer_id(), "ana");
  const auto& amendment = record.amendment();
  EXPECT_EQ(amendment.reason(), "payment");
  EXPECT_EQ(amendment.policy_version(), 4u);
  EXPECT_EQ(amendment.facts().profile_revision(), 2u);
  EXPECT_EQ(amendment.facts().cart_at_risk().cents(), 34000);
  EXPECT_THAT(amendment.facts().tags(), ElementsAre("cart_at_risk"));
  ASSERT_EQ(amendment.facts().addends_size(), 1);
  EXPECT_EQ(amendment.facts().addends(0).points(), 150);
  // It fails once more: at risk as before.
  EXPECT_THAT(Process({SignalFor("ana", kFailed)}, 2).Topics(), ElementsAre("profiles"));
  EXPECT_EQ(StoredProfileOf("ana").cart().payment_failures(), 2);
}

TEST_F(FactsRoleTest, WhatIsOverIsAmendedToo) {
  Process({SignalFor("ana", kCart), SignalFor("ana", kFailed)}, 0);
  const auto outputs = Process({SignalFor("ana",
                                          "cart { cart_id: 'c' value { cents: 34000 currency: "
                                          "'EUR' } stage: CHECKOUT_STAGE_DONE }")},
                               2);
  const auto record = outputs.Of<RoutingRecord>("routing")[0];
  EXPECT_EQ(record.amendment().reason(), "cart");
  EXPECT_FALSE(record.amendment().facts().has_cart_at_risk());
  EXPECT_THAT(record.amendment().facts().tags(), IsEmpty());
}

TEST_F(FactsRoleTest, TiersOrdersAndChargebacksAmendWhenTheyCount) {
  const auto outputs = Process(
      {SignalFor("ana", "profile { tier: 'vip' }"), SignalFor("ana", "profile { tier: 'vip' }"),
       SignalFor("ana", "order { order_id: 'o' status: 'shipped' }"),
       SignalFor("ana", "order { order_id: 'o' status: 'lost' }"),
       SignalFor("ana", "chargeback { order_id: 'o' }"),
       SignalFor("ana", "chargeback { order_id: 'o' closed: true }")},
      0);
  const auto records = outputs.Of<RoutingRecord>("routing");
  ASSERT_EQ(records.size(), 4u);
  EXPECT_THAT(records[0].amendment().facts().tags(), ElementsAre("vip"));
  EXPECT_THAT(records[1].amendment().facts().tags(), ElementsAre("order_lost", "vip"));
  EXPECT_THAT(records[2].amendment().facts().tags(),
              ElementsAre("chargeback", "order_lost", "vip"));
  EXPECT_THAT(records[3].amendment().facts().tags(), ElementsAre("order_lost", "vip"));
  EXPECT_EQ(records[3].amendment().facts().profile_revision(), 6u);
  // One state of the profile for the batch, with its last signal.
  EXPECT_EQ(outputs.Of<Profile>("profiles").size(), 1u);
  EXPECT_EQ(outputs.all.back().record, 5u);
  EXPECT_EQ(StoredProfileOf("ana").orders_size(), 1);
}

TEST_F(FactsRoleTest, AContactIsRememberedWithoutAnAmendment) {
  const auto outputs = Process({SignalFor("ana", kContact)}, 0);
  EXPECT_THAT(outputs.Topics(), IsEmpty());
  const Profile profile = StoredProfileOf("ana");
  ASSERT_EQ(profile.contacts_size(), 1);
  EXPECT_EQ(profile.contacts(0).intent(), "return_refund");
  EXPECT_EQ(profile.contacts(0).at_unix_ms(), kNowMs);
  EXPECT_EQ(profile.preferred_language(), "es");
  EXPECT_EQ(profile.signals_applied(), 1u);
}

TEST_F(FactsRoleTest, WantedFactsAreAlwaysTold) {
  Process({SignalFor("ana", "profile { tier: 'vip' }")}, 0);
  const auto outputs = Process({SignalFor("ana", "facts_wanted { message_id: 'm' }"),
                                SignalFor("new", "facts_wanted { message_id: 'n' }")},
                               1);
  const auto records = outputs.Of<RoutingRecord>("routing");
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].amendment().reason(), "degraded");
  EXPECT_TRUE(records[0].amendment().facts().vip());
  EXPECT_THAT(records[1].amendment().facts().tags(), IsEmpty());
}

TEST_F(FactsRoleTest, ARepeatChangesNothingAndIsToldAgain) {
  const std::vector<std::string> signals = {SignalFor("ana", kCart), SignalFor("ana", kFailed),
                                            SignalFor("ana", kContact)};
  Process(signals, 10);
  const std::string before = StoredProfileOf("ana").SerializeAsString();
  const auto again = Process(signals, 10);
  EXPECT_EQ(StoredProfileOf("ana").SerializeAsString(), before);
  const auto records = again.Of<RoutingRecord>("routing");
  ASSERT_FALSE(records.empty());
  EXPECT_EQ(records.back().amendment().facts().cart_at_risk().cents(), 34000);
  EXPECT_EQ(again.Of<Profile>("profiles").back().revision(), 13u);
  EXPECT_EQ(metrics_.repeated_signals.Value(), 3);
}

TEST_F(FactsRoleTest, OffsetsOfANewLogAreNoRepeats) {
  Process({SignalFor("ana", kContact)}, 500, 1);
  Process({SignalFor("ana", kContact)}, 0, 2);
  EXPECT_EQ(StoredProfileOf("ana").contacts_size(), 2);
  EXPECT_EQ(StoredProfileOf("ana").log_epoch(), 2u);
}

TEST_F(FactsRoleTest, AStoreThatIsAwayMeansTryAgainAndNothingIsTold) {
  CollectedOutputs outputs;
  store_->SetReadError(absl::DeadlineExceededError("slow"));
  EXPECT_EQ(TryProcess({SignalFor("ana", kContact)}, 0, outputs).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_THAT(outputs.all, IsEmpty());
}

TEST_F(FactsRoleTest, AWriteThatHalfSucceedsIsFinishedByTheNextTry) {
  std::vector<std::string> signals;
  for (int i = 0; i < 20; ++i) signals.push_back(SignalFor("c" + std::to_string(i), kContact));
  CollectedOutputs outputs;
  store_->SetWriteError(absl::AbortedError("somebody else wrote"));
  EXPECT_EQ(TryProcess(signals, 0, outputs).code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(outputs.all, IsEmpty());
  store_->SetWriteError(absl::OkStatus());
  Process(signals, 0);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(StoredProfileOf("c" + std::to_string(i)).contacts_size(), 1) << i;
  }
}

TEST_F(FactsRoleTest, WhatIsNoSignalBecomesADeadLetterOfNoMessage) {
  const std::string unknown =
      FromText<signals::v1::Signal>("tenant: 'shop' customer_id: 'c'").SerializeAsString();
  const std::string stranger =
      FromText<signals::v1::Signal>("tenant: 'else' customer_id: 'c' chargeback {}")
          .SerializeAsString();
  const auto outputs = Process({"\xFF", unknown, stranger, SignalFor("ana", kCart)}, 0);
  EXPECT_THAT(outputs.Topics(),
              ElementsAre("dead-letter", "dead-letter", "dead-letter", "profiles"));
  EXPECT_EQ(outputs.all[0].value, "undecodable");
  EXPECT_EQ(outputs.all[1].value, "unknown_signal");
  EXPECT_EQ(outputs.all[2].value, "unknown_tenant");
  EXPECT_EQ(outputs.all[0].messages, 0u);
}

TEST_F(FactsRoleTest, AStoreThatWasLostIsFilledFromTheLogFirst) {
  AppendProfile("ana",
                FromText<Profile>("revision: 7 tier: 'gold' signals_applied: 90 log_epoch: 1"));
  AppendProfile("ana",
                FromText<Profile>("revision: 8 tier: 'vip' signals_applied: 100 log_epoch: 1 "
                                  "origin { source { offset: 3 } }"));
  AppendProfile("ben", FromText<Profile>("revision: 1 tier: 'gold'"));
  ASSERT_TRUE(sqlite_store_->Commit({"profile/meta", {}, {}, {"loaded"}}).ok());
  Process({SignalFor("ana", kContact)}, 100);
  const Profile ana = StoredProfileOf("ana");
  EXPECT_EQ(ana.revision(), 101u);
  EXPECT_EQ(ana.tier(), "vip");
  EXPECT_FALSE(ana.has_origin());
  EXPECT_EQ(StoredProfileOf("ben").tier(), "gold");
  EXPECT_TRUE(*profiles_->IsFilled());
  EXPECT_EQ(metrics_.profiles_loaded.Value(), 2);
}

TEST_F(FactsRoleTest, AmendmentsAfterALossOfTheStoreAreNewerThanThoseBefore) {
  const auto before =
      Process({SignalFor("ana", "profile { tier: 'gold' }"), SignalFor("ana", kContact),
               SignalFor("ana", kContact), SignalFor("ana", "facts_wanted { message_id: 'm' }")},
              0)
          .Of<RoutingRecord>("routing");
  // What was published last is from before the contacts.
  AppendProfile("ana", FromText<Profile>("revision: 1 tier: 'gold' signals_applied: 1 "
                                         "log_epoch: 1"));
  ASSERT_TRUE(sqlite_store_->Commit({"profile/meta", {}, {}, {"loaded"}}).ok());
  const std::string key = base::TenantKey("shop", "ana");
  const std::string partition =
      "profile/" + std::to_string(base::PartitionOf(key, kProfilePartitions));
  ASSERT_TRUE(sqlite_store_->Commit({partition, {}, {}, {key}}).ok());
  const auto after =
      Process({SignalFor("ana", "profile { tier: 'vip' }")}, 4).Of<RoutingRecord>("routing");
  ASSERT_EQ(after.size(), 1u);
  EXPECT_GT(after[0].amendment().facts().profile_revision(),
            before.back().amendment().facts().profile_revision());
}

TEST_F(FactsRoleTest, FillingNeverPutsAnOlderProfileOverANewerOne) {
  AppendProfile("ana", FromText<Profile>("revision: 7 tier: 'gold'"));
  PutProfile("ana", FromText<Profile>("revision: 9 tier: 'vip'"));
  const auto loaded = FillProfileStore(*log_, *profiles_, clock_);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded, 0u);
  EXPECT_EQ(StoredProfileOf("ana").tier(), "vip");
}

TEST_F(FactsRoleTest, ListsInAProfileAreBounded) {
  std::vector<std::string> signals;
  for (int i = 0; i < 30; ++i) {
    signals.push_back(SignalFor("ana", kContact));
    signals.push_back(
        SignalFor("ana", "order { order_id: 'o" + std::to_string(i) + "' status: 'paid' }"));
  }
  Process(signals, 0);
  const Profile profile = StoredProfileOf("ana");
  EXPECT_EQ(profile.contacts_size(), 10);
  ASSERT_EQ(profile.orders_size(), 10);
  EXPECT_EQ(profile.orders(0).order_id(), "o29");
  EXPECT_EQ(profile.orders(9).order_id(), "o20");
}

TEST_F(FactsRoleTest, FailuresOfACartOutliveItsUpdatesUntilItIsPaid) {
  Process({SignalFor("ana", kCart), SignalFor("ana", kFailed), SignalFor("ana", kCart)}, 0);
  EXPECT_EQ(StoredProfileOf("ana").cart().payment_failures(), 1);
  const std::string done = "cart { cart_id: 'c' stage: CHECKOUT_STAGE_DONE }";
  Process({SignalFor("ana", done), SignalFor("ana", kCart)}, 3);
  EXPECT_EQ(StoredProfileOf("ana").cart().payment_failures(), 0) << "the next cart of this id";
  const std::string counted = "cart { cart_id: 'c' payment_failures: 4 }";
  Process({SignalFor("ana", kFailed), SignalFor("ana", counted)}, 5);
  EXPECT_EQ(StoredProfileOf("ana").cart().payment_failures(), 4) << "the shop counts itself";
  Process({SignalFor("ana", "cart { cart_id: 'd' }")}, 7);
  EXPECT_EQ(StoredProfileOf("ana").cart().payment_failures(), 0) << "another cart";
}

TEST_F(FactsRoleTest, AnAmendmentIsAboutTheOrderThatTheCustomerNamed) {
  Process({SignalFor("ana", "order { order_id: 'old' product_category: 'shoes' }"),
           SignalFor("ana", "order { order_id: 'new' product_category: 'toys' }"),
           SignalFor("ana", "contact { message_id: 'm' intent: 'return_refund' order_id: 'old' }")},
          0);
  const auto records =
      Process({SignalFor("ana", "profile { tier: 'vip' }"),
               SignalFor("ana", "contact { message_id: 'n' intent: 'return_refund' }"),
               SignalFor("ana", "facts_wanted { message_id: 'n' }"),
               SignalFor("ben", "order { order_id: 'x' product_category: 'books' }")},
              3)
          .Of<RoutingRecord>("routing");
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].amendment().facts().product_category(), "shoes");
  EXPECT_EQ(records[1].amendment().facts().product_category(), "shoes")
      << "a further message that names none is about the same one";
  EXPECT_EQ(records[2].amendment().facts().product_category(), "books") << "the latest";
}

TEST_F(FactsRoleTest, WhatIsWrittenIsInMemoryAtOnce) {
  const auto reader = ReaderWith({.deadline = base::Duration(60'000)});
  const std::string key = base::TenantKey("shop", "ana");
  EXPECT_EQ(reader->Read({key})[0].profile, nullptr);
  FactsRole role(policies_, *profiles_, reader->cache(), *log_, clock_, metrics_);
  CollectedOutputs outputs;
  ASSERT_TRUE(
      role.Process(BatchOf("signals", {SignalFor("ana", "profile { tier: 'vip' }")}), 1, outputs)
          .ok());
  store_->SetReadError(absl::UnavailableError("away"));
  const KnownProfile known = reader->Read({key})[0];
  ASSERT_TRUE(known.known);
  EXPECT_EQ(known.profile->tier(), "vip");
}

TEST_F(FactsRoleTest, AFailedPaymentOfAnotherCartReplacesTheCart) {
  Process(
      {SignalFor("ana", kCart),
       SignalFor("ana", "payment_failed { cart_id: 'd' value { cents: 7000 currency: 'EUR' } }")},
      0);
  const Profile profile = StoredProfileOf("ana");
  EXPECT_EQ(profile.cart().cart_id(), "d");
  EXPECT_EQ(profile.cart().value().cents(), 7000);
  EXPECT_EQ(profile.cart().payment_failures(), 1);
}

}  // namespace
}  // namespace centralita::classifier
