// The parts of the Redis store that need no server.
#include <gtest/gtest.h>

#include <set>

#include "centralita/base/error.h"
#include "command.h"
#include "errors.h"
#include "gmock/gmock.h"
#include "handle.h"
#include "keys.h"
#include "scripts.h"
#include "settings.h"
#include "slot_table.h"

namespace centralita::store::redis {
namespace {

using ::testing::HasSubstr;
using Code = absl::StatusCode;

struct Said {
  const char* error;
  Code code;
  const char* advice;
};

class TranslatedError : public ::testing::TestWithParam<Said> {};

TEST_P(TranslatedError, HasACodeTheServersWordsAndWhatToDo) {
  const absl::Status status = TranslateError(GetParam().error, "redis.example:6379");
  EXPECT_EQ(status.code(), GetParam().code);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr(GetParam().error));
  EXPECT_THAT(message, HasSubstr("redis.example:6379"));
  EXPECT_THAT(message, HasSubstr(GetParam().advice));
}

INSTANTIATE_TEST_SUITE_P(
    Redis, TranslatedError,
    ::testing::Values(
        Said{"OOM command not allowed when used memory > 'maxmemory'.", Code::kResourceExhausted,
             "raise it"},
        Said{"LOADING Redis is loading the dataset in memory", Code::kUnavailable, "wait"},
        Said{"CLUSTERDOWN Hash slot not served", Code::kUnavailable, "CLUSTER INFO"},
        Said{"TRYAGAIN Multiple keys request during rehashing of slot", Code::kUnavailable,
             "moved"},
        Said{"READONLY You can't write against a read only replica.", Code::kUnavailable,
             "primary"},
        Said{"MASTERDOWN Link with MASTER is down", Code::kUnavailable, "primary"},
        Said{"NOREPLICAS Not enough good replicas to write.", Code::kUnavailable, "replicas"},
        Said{"MISCONF Errors writing to the AOF file: No space left on device", Code::kUnavailable,
             "disk"},
        Said{"BUSY Redis is busy running a script.", Code::kUnavailable, "SCRIPT KILL"},
        Said{"NOAUTH Authentication required.", Code::kUnauthenticated, "password"},
        Said{"WRONGPASS invalid username-password pair or user is disabled.",
             Code::kUnauthenticated, "password"},
        Said{"ERR AUTH <password> called without any password configured", Code::kUnauthenticated,
             "remove"},
        Said{"NOPERM this user has no permissions to run the 'evalsha' command",
             Code::kPermissionDenied, "ACL"},
        Said{"DENIED Redis is running in protected mode", Code::kPermissionDenied, "bind"},
        Said{"WRONGTYPE Operation against a key holding the wrong kind of value", Code::kDataLoss,
             "key prefix"},
        Said{"CROSSSLOT Keys in request don't hash to the same slot", Code::kInvalidArgument,
             "one partition"},
        Said{"MOVED 1 127.0.0.1:7000", Code::kFailedPrecondition, "cluster"},
        Said{"ERR This instance has cluster support disabled", Code::kFailedPrecondition, "single"},
        Said{"ERR max number of clients reached", Code::kResourceExhausted, "maxclients"},
        Said{"ERR unknown command 'EVALSHA'", Code::kFailedPrecondition, "7.0"},
        Said{"ERR Script attempted to access a non local key in a cluster node", Code::kUnavailable,
             "moved"},
        Said{"ERR whatever else", Code::kInternal, "log"}),
    [](const auto& said) { return "Error" + std::to_string(said.index); });

TEST(RedisInfo, TellsWhomTheStoreCannotRelyOn) {
  const auto code_of = [](std::string_view info, RedisMode mode) {
    return CheckInfo(info, mode, "a:1").code();
  };
  const auto single = RedisMode::kSingle;
  EXPECT_EQ(code_of("redis_version:6.2.1\r\n", single), Code::kFailedPrecondition);
  EXPECT_EQ(code_of("redis_version:7.0.15\r\nredis_mode:standalone\r\n", single), Code::kOk);
  EXPECT_EQ(code_of("redis_version:10.0.0\r\n", single), Code::kOk);
  EXPECT_EQ(code_of("redis_mode:cluster\r\n", single), Code::kFailedPrecondition);
  EXPECT_EQ(code_of("redis_mode:cluster\r\n", RedisMode::kCluster), Code::kOk);
  EXPECT_EQ(code_of("maxmemory_policy:allkeys-lru\r\n", single), Code::kFailedPrecondition);
  EXPECT_EQ(code_of("maxmemory_policy:noeviction\r\n", single), Code::kOk);
  // A server that says nothing of itself.
  EXPECT_EQ(code_of("", single), Code::kOk);
}

TEST(RedisKeys, LieInTheSlotsOfTheSpecification) {
  // From the Redis Cluster specification: CRC-16 of "123456789" is 0x31C3.
  EXPECT_EQ(SlotOf("123456789"), 0x31C3 % kSlots);
  EXPECT_EQ(SlotOf("{user1000}.following"), SlotOf("user1000"));
  EXPECT_EQ(SlotOf("foo{{bar}}zap"), SlotOf("{bar"));
  EXPECT_EQ(SlotOf("foo{bar}{zap}"), SlotOf("bar"));
  EXPECT_NE(SlotOf("foo{}{bar}"), SlotOf("bar"));
}

TEST(RedisKeys, OfOnePartitionLieInItsSlotWhateverItsName) {
  for (const char* partition : {"", "p/1", "}", "{x}", "a}b{c", "%"}) {
    const PartitionKeys keys("prefix", partition);
    for (const std::string& key : {keys.Entry("}{"), keys.Entry(""), keys.Index(), keys.Expiring(),
                                   keys.Pending(), keys.Staged("{}")}) {
      EXPECT_EQ(SlotOf(key), keys.slot()) << key;
    }
  }
}

TEST(RedisKeys, OfDifferentPartitionsDiffer) {
  std::set<std::string> all;
  for (const char* partition : {"", "%", "%25", "}", "%7D", "{", "%7B"}) {
    EXPECT_TRUE(all.insert(PartitionKeys("x", partition).Index()).second) << partition;
  }
}

TEST(RedisAddress, IsAHostWithAPortOrASocket) {
  EXPECT_EQ(ParseAddress("redis:6379")->host, "redis");
  EXPECT_EQ(ParseAddress("redis:6379")->port, 6379);
  EXPECT_EQ(ParseAddress("[::1]:7000")->host, "::1");
  EXPECT_EQ(ParseAddress("::1:7000")->host, "::1");
  EXPECT_EQ(ParseAddress("unix:/run/redis.sock")->path, "/run/redis.sock");
  for (const char* bad :
       {"", "redis", "redis:", ":1", "redis:x", "redis:70000", "redis:1x", "unix:", "[]:1"}) {
    EXPECT_EQ(ParseAddress(bad).status().code(), Code::kInvalidArgument) << bad;
  }
}

TEST(RedisRedirection, NamesSlotAndNode) {
  const Endpoint asked{.host = "here", .port = 1, .path = ""};
  const auto moved = ParseRedirection("MOVED 3999 127.0.0.1:6381", asked);
  ASSERT_TRUE(moved.has_value());
  EXPECT_FALSE(moved->ask);
  EXPECT_EQ(moved->slot, 3999u);
  EXPECT_EQ(moved->address, "127.0.0.1:6381");
  EXPECT_TRUE(ParseRedirection("ASK 3999 127.0.0.1:6381", asked)->ask);
  // The node does not know its own host's name.
  EXPECT_EQ(ParseRedirection("MOVED 1 :6381", asked)->address, "here:6381");
  for (const char* other : {"", "OOM", "MOVED", "MOVED x 127.0.0.1:1", "MOVED 16384 h:1", "MOVED 1",
                            "MOVED 1 h", "MOVED 1 "}) {
    EXPECT_FALSE(ParseRedirection(other, asked).has_value()) << other;
  }
}

TEST(RedisCommand, IsWrittenAsTheProtocolHasIt) {
  const Command get = MakeCommand(7, {"GET", std::string_view("a\0b", 3)});
  EXPECT_EQ(get.slot, 7);
  EXPECT_EQ(HeadOf(get, ScriptForm::kDigest) + *get.body,
            std::string("*2\r\n$3\r\nGET\r\n$3\r\na\0b\r\n", 22));
}

TEST(RedisCommand, CallsAScriptByItsDigestOrItsText) {
  const Script script("return 1");
  // As `SCRIPT LOAD "return 1"` says.
  EXPECT_EQ(script.digest(), "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
  CommandBuilder builder;
  builder.Add("key").Add(int64_t{5});
  const Command call = std::move(builder).BuildScript(1, script, 1);
  EXPECT_EQ(HeadOf(call, ScriptForm::kDigest) + *call.body,
            "*5\r\n$7\r\nEVALSHA\r\n$40\r\n" + script.digest() +
                "\r\n$1\r\n1\r\n$3\r\nkey\r\n$1\r\n5\r\n");
  EXPECT_EQ(HeadOf(call, ScriptForm::kText), "*5\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n");
}

}  // namespace
}  // namespace centralita::store::redis
