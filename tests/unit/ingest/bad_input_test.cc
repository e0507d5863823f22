// Each kind of bad input over HTTP: a clear error with a code, nothing else affected, counted by
// reason.
#include <gmock/gmock.h>

#include "tests/unit/http/client.h"
#include "tests/unit/ingest/fixture.h"

namespace centralita::ingest {
namespace {

using http::test::Client;
using http::test::Reply;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Headers = std::vector<std::pair<std::string, std::string>>;
const Headers kAcme = {{"X-Tenant", "acme"}, {"X-Api-Key", "acme-key"}};

std::string Item(const std::string& id, const std::string& more = "") {
  return R"({"channel":"sms","account":"a","handle":"h","provider_message_id":")" + id + "\"" +
         more + "}";
}

class BadInput : public IngestFixture {
 protected:
  Reply Post(const std::string& body, const Headers& headers = kAcme) {
    return Client(app_->http_port()).Call("POST", "/v1/messages", body, headers);
  }
  void ExpectCounted(const std::string& reason, int times = 1) {
    EXPECT_THAT(metrics_.Exposition(), HasSubstr("centralita_ingest_refused_total{reason=\"" +
                                                 reason + "\"} " + std::to_string(times)));
  }
};

TEST_F(BadInput, StrangersGet401WithTheReason) {
  const std::vector<std::pair<Headers, std::string>> cases = {
      {{{"X-Tenant", "nobody"}, {"X-Api-Key", "acme-key"}}, "unknown_tenant"},
      {{{"X-Tenant", "acme"}, {"X-Api-Key", "boreal-key"}}, "wrong_key"},
      {{{"X-Tenant", "acme"}}, "missing_api_key"},
      {{{"X-Api-Key", "acme-key"}}, "missing_tenant"},
      {{{"X-Tenant", "acme' OR 1=1 \xff"}, {"X-Api-Key", "acme-key"}}, "unknown_tenant"}};
  for (const auto& [headers, code] : cases) {
    const Reply reply = Post(Item("1"), headers);
    EXPECT_EQ(reply.status, 401) << code;
    EXPECT_THAT(reply.body, HasSubstr(code));
    EXPECT_THAT(reply.body, ::testing::Not(HasSubstr("acme-key")));
    ExpectCounted(code, code == "unknown_tenant" && headers[0].second != "nobody" ? 2 : 1);
  }
  EXPECT_THAT(Inbound(), SizeIs(0));
}

TEST_F(BadInput, AnItemAboveTheLimitIs413AndInABatchOnlyItself) {
  const std::string large = Item("1", ",\"text\":\"" + std::string((256 << 10) + 1, 'x') + "\"");
  const Reply alone = Post(large);
  EXPECT_EQ(alone.status, 413);
  EXPECT_THAT(alone.body, HasSubstr("too_large"));
  EXPECT_EQ(Post("[" + Item("2") + "," + large + "," + Item("3") + "]").status, 207);
  EXPECT_THAT(Inbound(), SizeIs(2));
  ExpectCounted("too_large", 2);
}

TEST_F(BadInput, ABodyAboveTheLimitIs413) {
  const Reply reply = Post("[" + std::string(9 << 20, ' ') + "]");
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("body_too_large"));
}

TEST_F(BadInput, InvalidUtf8CostsOnlyItsItem) {
  const Reply reply =
      Post("[" + Item("1") + "," + Item("2", ",\"text\":\"caf\xe9\"") + "," + Item("3") + "]");
  EXPECT_EQ(reply.status, 207);
  EXPECT_THAT(reply.body, HasSubstr("invalid_utf8"));
  EXPECT_THAT(Inbound(), SizeIs(2));
  ExpectCounted("invalid_utf8");
}

TEST_F(BadInput, BrokenJsonInTheMiddleCostsOnlyItself) {
  const Reply reply =
      Post("[" + Item("1") + R"(,{"channel":"sms","text":"x,)" + "\n," + Item("2") + "]");
  EXPECT_EQ(reply.status, 207);
  EXPECT_THAT(reply.body, HasSubstr("invalid_json"));
  EXPECT_THAT(Inbound(), SizeIs(2));
  ExpectCounted("invalid_json");
}

TEST_F(BadInput, ACutOffListIsTakenAsFarAsItGoesAndSaysSo) {
  const Reply reply = Post("[" + Item("1") + "," + Item("2"));
  EXPECT_EQ(reply.status, 207);
  EXPECT_THAT(reply.body, HasSubstr("does not end with its bracket"));
  EXPECT_THAT(Inbound(), SizeIs(2));
}

TEST_F(BadInput, WhollyBadRequestsAre400WithTheField) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "invalid_json"},
      {"not json", "invalid_json"},
      {"{}", "missing_field"},
      {R"({"channel":"sms","account":"a","handle":"h"})", "provider_message_id"},
      {Item("1", R"(,"txet":"typo")"), "unknown_field"},
      {Item("1", R"(,"text":{"de":"x"})"), "wrong_type"},
      {Item("1", R"(,"provider_time":"1970-01-01T00:00:00Z")"), "bad_timestamp"},
      {Item("1", R"(,"provider_time":"2999-01-01T00:00:00Z")"), "bad_timestamp"},
      {Item("1", R"(,"provider_time":99999999999999999)"), "bad_timestamp"},
      {Item("1", R"(,"customer_id":"not-yours-to-say")"), "unknown_field"}};
  for (const auto& [body, code] : cases) {
    const Reply reply = Post(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.body, HasSubstr(code)) << body;
  }
  EXPECT_THAT(Inbound(), SizeIs(0));
}

TEST_F(BadInput, TooManyItemsAreRefusedAsAWhole) {
  std::string body = "[";
  for (int i = 0; i < 1001; ++i) body += (i > 0 ? "," : "") + Item(std::to_string(i));
  const Reply reply = Post(body + "]");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("too_many_items"));
  EXPECT_THAT(Inbound(), SizeIs(0));
}

TEST_F(BadInput, AboveTheRateIs429WithRetryAfter) {
  ASSERT_TRUE(policy_->WaitVersion("acme", PublishTenant("acme", {"acme-key"}, 1), kLimit).ok());
  Reply reply = Post(Item("1"));
  for (int i = 0; i < 50 && reply.status == 200; ++i) reply = Post(Item("more"));
  EXPECT_EQ(reply.status, 429);
  EXPECT_THAT(reply.head, HasSubstr("Retry-After: 1"));
  EXPECT_THAT(reply.body, HasSubstr("rate_limited"));
}

TEST_F(BadInput, AnEmptyListIsNoError) { EXPECT_EQ(Post("[]").status, 200); }

}  // namespace
}  // namespace centralita::ingest
