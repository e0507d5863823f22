#include "centralita/app/policy_document.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "centralita/base/error.h"
#include "centralita/config/files.h"
#include "tests/unit/policy/documented_policy.h"

namespace centralita::app {
namespace {

using policy::v1::PolicySection;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string TestData(const std::string& name) {
  auto content = config::ReadFile(std::string(TEST_DATA) + "/" + name);
  EXPECT_TRUE(content.ok()) << content.status();
  return content.value_or("");
}

// testdata/small.yaml with `from`, which must be there once, replaced.
std::string Small(std::string_view from = {}, std::string_view to = {}) {
  std::string yaml = TestData("small.yaml");
  if (from.empty()) return yaml;
  const size_t at = yaml.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  EXPECT_EQ(yaml.find(from, at + 1), std::string::npos) << from << " is there twice";
  return yaml.replace(at, from.size(), to);
}

std::vector<std::string> ErrorsOf(const std::string& yaml) {
  const auto document = PolicyDocument::Parse(yaml, "p.yaml");
  EXPECT_FALSE(document.ok());
  EXPECT_EQ(base::ReasonOf(document.status()), "invalid_config");
  std::vector<std::string> lines;
  std::istringstream stream{std::string(document.status().message())};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> WarningsOf(const std::string& yaml) {
  const auto document = PolicyDocument::Parse(yaml, "p.yaml");
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? document->warnings() : std::vector<std::string>{};
}

struct Mistake {
  std::string from;
  std::string to;
  std::string error;
};

std::ostream& operator<<(std::ostream& out, const Mistake& mistake) { return out << mistake.to; }

class MistakeTest : public testing::TestWithParam<Mistake> {};

TEST_P(MistakeTest, IsToldWithItsLineAndPath) {
  EXPECT_THAT(ErrorsOf(Small(GetParam().from, GetParam().to)), ElementsAre(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Tenants, MistakeTest,
    testing::Values(
        Mistake{"id: acme", "id: Acme",
                "p.yaml:2: tenants[0].id: 'Acme' is not a name; use 1 to 64 of a to z, 0 to 9, and "
                "inside '_' or '-'"},
        Mistake{"id: acme", "id: ac_me",
                "p.yaml:2: tenants[0].id: may hold a to z, 0 to 9 and '-', but no '_'"},
        Mistake{"    languages: [es, en]\n    api", "    api",
                "p.yaml:2: tenants[0].languages: is missing"},
        Mistake{"languages: [es, en]\n    api", "languages: [es, english]\n    api",
                "p.yaml:4: tenants[0].languages: 'english' is not a language; write its two "
                "letters, for example es"},
        Mistake{"[\"plain:abc\"]", "[abc]",
                "p.yaml:5: tenants[0].api_keys[0]: is no key; write 'sha256:' and its hash, "
                "'file:' and a path, or for a demo 'plain:' and the key"},
        Mistake{"[\"plain:abc\"]", "[\"plain:abc\", \"plain:abc\"]",
                "p.yaml:5: tenants[0].api_keys[1]: is there twice; remove one"},
        Mistake{"rate_limit: 5", "rate_limit: 5/s",
                "p.yaml:6: tenants[0].rate_limit: '5/s' is not a whole number from 0 to 10000000"},
        Mistake{"\nintents: [",
                "\n  - {id: acme, languages: [es], api_keys: [\"plain:b\"]}\nintents: [",
                "p.yaml:7: tenants[1].id: 'acme' is already the name of the tenant on line 2; "
                "choose another"}));

INSTANTIATE_TEST_SUITE_P(
    Rules, MistakeTest,
    testing::Values(
        Mistake{"    intent: order_status", "    intent: order_statuss",
                "p.yaml:10: rules[0].intent: there is no intent 'order_statuss'; did you mean "
                "'order_status'?"},
        Mistake{"any: [furious]", "any: ['!!!']",
                "p.yaml:16: rules[1].any[0]: '!!!' has no letter or digit, so it would never be "
                "found"},
        Mistake{"any: [furious]", "any: []", "p.yaml:16: rules[1].any: holds no phrase"},
        Mistake{"    any: [furious]\n", "",
                "p.yaml:14: rules[1]: recognises nothing; give it 'any' with words and phrases, "
                "'regex', or both"},
        Mistake{"any: [furious]", "regex: ['furi(ous']",
                "p.yaml:16: rules[1].regex[0]: 'furi(ous' is no regular expression that can be "
                "used: Missing close parenthesis for group started at index 4."},
        Mistake{"      en: [where is]", "      english: [where is]",
                "p.yaml:13: rules[0].any.english: 'english' is not a language; write its two "
                "letters, for example es"},
        Mistake{"    tags: [angry]\n", "",
                "p.yaml:14: rules[1]: does nothing; give it an 'intent', 'tags' or both"},
        Mistake{"name: where", "name: angry",
                "p.yaml:14: rules[1].name: 'angry' is already the name of the rule on line 9; "
                "choose another"},
        Mistake{"points: 100, cap", "channel: chat, points: 100, cap",
                "p.yaml:21: priority.addends[0]: needs exactly one of 'tag', 'intent', 'channel', "
                "'per_ten_cart_at_risk: true'"},
        Mistake{"points: 2", "points: 2000",
                "p.yaml:22: priority.addends[1].points: '2000' is not a whole number from -1000 to "
                "1000"},
        Mistake{"high: 200", "high: 50",
                "p.yaml:23: priority.bands.high: 50 is below where the band before begins, 60"},
        Mistake{"20.00 EUR", "20.00 EUR\nlifetime_tiers: {a: 3.00 EUR, b: 3.00 EUR}",
                "p.yaml:25: lifetime_tiers.b: another tier begins at the same value; which one "
                "would it be?"},
        Mistake{"20.00 EUR", "20,00 EUR",
                "p.yaml:24: cart_at_risk_min: '20,00 EUR' is not an amount of money; write for "
                "example 340.00 EUR"}));

INSTANTIATE_TEST_SUITE_P(
    Routes, MistakeTest,
    testing::Values(
        Mistake{"for: 90s", "for: 5x",
                "p.yaml:30: routes[0].steps[0].for: '5x' is not a duration; write for example "
                "250ms, 90s, 5m, 2h or 7d"},
        Mistake{", for: 90s", "",
                "p.yaml:30: routes[0].steps[0].for: is missing; say how long before the next step, "
                "for example 90s"},
        Mistake{"- {queue: fast}", "- {queue: fast, for: 1m}",
                "p.yaml:31: routes[0].steps[1].for: has no step after it to go on to; remove it "
                "from the last step"},
        Mistake{"- {queue: fast}", "- {queue: fats}",
                "p.yaml:31: routes[0].steps[1].queue: the pool 'care' has no queue 'fats'; did you "
                "mean 'fast'?"},
        Mistake{"pool: care\n    steps: [{", "pool: core\n    steps: [{",
                "p.yaml:36: routes[2].pool: there is no pool 'core'; did you mean 'care'?"},
        Mistake{"- {queue: fast}", "- {pool: cares, queue: fast}",
                "p.yaml:31: routes[0].steps[1].pool: there is no pool 'cares'; did you mean "
                "'care'?"},
        Mistake{"- {queue: fast, skills", "- {pool: care, queue: fast, skills",
                "p.yaml:30: routes[0].steps[0].pool: stands in the first step, whose pool is the "
                "route's; write it there"},
        Mistake{"- {queue: fast}", "- {queue: fast, match_language: true, needs_translation: true}",
                "p.yaml:31: routes[0].steps[1].needs_translation: is of no use beside "
                "match_language: whoever takes the step speaks the language; remove one of them"},
        Mistake{"visibility: private", "hours: [offise]",
                "p.yaml:33: routes[1].when.hours[0]: there is no calendar 'offise'; did you mean "
                "'office'?"},
        Mistake{"visibility: private", "outside_hours: [offise]",
                "p.yaml:33: routes[1].when.outside_hours[0]: there is no calendar 'offise'; did "
                "you mean 'office'?"},
        Mistake{"visibility: private", "tenants: [acmee]",
                "p.yaml:33: routes[1].when.tenants[0]: there is no tenant 'acmee'; did you mean "
                "'acme'?"},
        Mistake{"reopen_window: 1d", "bots: {never_for: {}}\nreopen_window: 1d",
                "p.yaml:48: bots.never_for: says nothing and would keep everything from bots; "
                "write for example {tags: [angry, vip]}"},
        Mistake{"calm: 5", "calm: 11",
                "p.yaml:30: routes[0].steps[0].skills.calm: '11' is not a whole number from 1 to "
                "10"},
        Mistake{"intents: [other], vis", "intents: [othr], vis",
                "p.yaml:33: routes[1].when.intents[0]: there is no intent 'othr'; did you mean "
                "'other'?"},
        Mistake{"channels: [chat, x]", "channels: [chat, twitter]",
                "p.yaml:27: routes[0].when.channels[1]: 'twitter' is unknown; known are: chat, "
                "email, form, phone, sms, whatsapp, messenger, instagram, x, telegram, review, "
                "marketplace"},
        Mistake{"bands: [high]}", "bands: []}",
                "p.yaml:27: routes[0].when.bands: is empty; remove the key if everything is to "
                "pass"},
        Mistake{"answer: Thank you!", "answer: Thank you!\n    pool: care",
                "p.yaml:35: routes[1].pool: is of no use beside 'answer'; remove one of them"},
        Mistake{"answer: Thank you!", "anwser: Thank you!\n    answer: Thanks!",
                "p.yaml:34: routes[1].anwser: unknown key; did you mean 'answer'?"},
        Mistake{"    pool: care\n    steps: [{queue: slow}]",
                "    when: {intents: [other]}\n    pool: care\n    steps: [{queue: slow}]",
                "p.yaml:35: routes[2]: is the last route and must take what is left: remove its "
                "'when', or add a route without 'when' after it"},
        Mistake{"    pool: care\n    steps: [{queue: slow}]", "    answer: Bye!",
                "p.yaml:35: routes[2]: is the last route and cannot be an automatic answer; give "
                "it a pool"},
        Mistake{"name: rest", "name: thanks",
                "p.yaml:35: routes[2].name: 'thanks' is already the name of the route on line 32; "
                "choose another"},
        Mistake{"units: 50", "units: 101",
                "p.yaml:45: channels.chat.units: '101' is not a whole number from 1 to 100"},
        Mistake{"default: 24h, sms", "default: 24h, smss",
                "p.yaml:47: duplicates.smss: unknown key; did you mean 'sms'?"}));

INSTANTIATE_TEST_SUITE_P(
    Clocks, MistakeTest,
    testing::Values(
        Mistake{"warn: [1m, 2m]", "warn: [1m, 5m]",
                "p.yaml:39: clocks[0].warn[1]: '5m' before the end is no earlier than the start; "
                "the target is 5m"},
        Mistake{"calendar: office", "calendar: offcie",
                "p.yaml:40: clocks[1].calendar: there is no calendar 'offcie'; did you mean "
                "'office'?"},
        Mistake{"open: always", "open: mornings",
                "p.yaml:43: calendars[0].open: 'mornings' is unknown; write always, or give 'zone' "
                "and 'hours' instead"},
        Mistake{"open: always", "zone: Europe/Madird, hours: {mon-fri: 09:00-17:00}",
                "p.yaml:43: calendars[0].zone: there is no time zone 'Europe/Madird'; did you mean "
                "'Europe/Madrid'?"},
        Mistake{"open: always",
                "zone: UTC, hours: {mon: 09:00-17:00}, special_days: [{from: 2000-01-01, to: "
                "2199-12-31, hours: closed}]",
                "p.yaml:43: calendars[0]: Calendar 'office' is never open; give it hours in the "
                "policy."},
        Mistake{", target: 2d", "", "p.yaml:41: clocks[2].target: is missing"},
        Mistake{"kind: resolution", "kind: resoluton",
                "p.yaml:41: clocks[2].kind: 'resoluton' is unknown; did you mean 'resolution'?"}));

INSTANTIATE_TEST_SUITE_P(
    Pools, MistakeTest,
    testing::Values(
        Mistake{"queues: [fast, slow]", "queues: [fast, slow, fast]",
                "p.yaml:51: pools[0].queues[2]: 'fast' is already the name of the queue on line "
                "51; choose another"},
        Mistake{"queues: [fast, slow]", "queues: [fast, {name: slow, limits: [{longer_than: 5}]}]",
                "p.yaml:51: pools[0].queues[1].limits[0]: does nothing; write to_queue, to_pool or "
                "raise_to"},
        Mistake{"queues: [fast, slow]", "queues: [fast, {name: slow, limits: [{to_queue: fast}]}]",
                "p.yaml:51: pools[0].queues[1].limits[0]: has no condition; write longer_than (how "
                "many wait), older_than or outside_hours"},
        Mistake{"queues: [fast, slow]",
                "queues: [fast, {name: slow, limits: [{longer_than: 5, to_pool: care, raise_to: "
                "high}]}]",
                "p.yaml:51: pools[0].queues[1].limits[0]: raises in this pool only, and goes to "
                "another; remove raise_to or to_pool"},
        Mistake{"queues: [fast, slow]",
                "queues: [fast, {name: slow, limits: [{longer_than: 5, to_queue: fats}]}]",
                "p.yaml:51: pools[0].queues[1].limits[0].to_queue: the pool 'care' has no queue "
                "'fats'; did you mean 'fast'?"},
        Mistake{"queues: [fast, slow]",
                "queues: [fast, {name: slow, limits: [{older_than: 5m, to_pool: cure}]}]",
                "p.yaml:51: pools[0].queues[1].limits[0].to_pool: there is no pool 'cure'; did you "
                "mean 'care'?"},
        Mistake{"release_per_second: 9", "bounce_queue: slo",
                "p.yaml:54: pools[0].bounce_queue: the pool 'care' has no queue 'slo'; did you "
                "mean 'slow'?"},
        Mistake{"release_per_second: 9", "calendar: offise",
                "p.yaml:54: pools[0].calendar: there is no calendar 'offise'; did you mean "
                "'office'?"},
        Mistake{"release_per_second: 9", "units: {chat: 101}",
                "p.yaml:54: pools[0].units.chat: '101' is not a whole number from 1 to 100"},
        Mistake{"offer_lease: 20s", "offer_lease: 20ms",
                "p.yaml:53: pools[0].offer_lease: '20ms' is too short; at least 100ms is needed"},
        Mistake{"id: zoe, pool: care", "id: zoe, pool: cure",
                "p.yaml:56: agents[0].pool: there is no pool 'cure'; did you mean 'care'?"},
        Mistake{"id: bot-1", "id: zoe",
                "p.yaml:57: agents[1].id: 'zoe' is already the name of the agent on line 56; "
                "choose another"},
        Mistake{"calm: 8", "calm:", "p.yaml:56: agents[0].skills.calm: needs a level from 1 to 10"},
        Mistake{"bot: true, capacity: 5000", "capacity: 5000",
                "p.yaml:57: agents[1].capacity: '5000' is not a whole number from 1 to 100"}));

TEST(PolicyDocumentTest, TellsEveryMistakeAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(ErrorsOf("tenants: []\nroutes: []\npools: []\ncolour: red\n"),
              ElementsAre("p.yaml:1: tenants: is empty; name at least one tenant",
                          "p.yaml:2: routes: is empty; the last route, without 'when', takes what "
                          "is left",
                          "p.yaml:3: pools: is empty; name at least one pool",
                          HasSubstr("p.yaml:4: colour: unknown key; known are: ")));
  EXPECT_THAT(ErrorsOf(""), ElementsAre("p.yaml: tenants: is missing", "p.yaml: routes: is missing",
                                        "p.yaml: pools: is missing"));
}

TEST(PolicyDocumentTest, TellsOnlyTheSyntaxOfWhatIsNoYaml) {
  EXPECT_THAT(ErrorsOf("tenants: [\n"), ElementsAre(HasSubstr("is no valid YAML")));
}

TEST(PolicyDocumentTest, HasNoWarningsForASoundPolicy) {
  EXPECT_THAT(WarningsOf(Small()), IsEmpty());
}

TEST(PolicyDocumentTest, WarnsOfARouteThatIsNeverReached) {
  EXPECT_THAT(WarningsOf(Small("  - name: rest\n",
                               "  - {name: late, when: {intents: [other], visibility: private, "
                               "languages: [en], tiers: [gold]}, answer: Hi}\n  - name: rest\n")),
              ElementsAre("p.yaml:35: routes[2]: is never reached: 'thanks' before it takes all "
                          "that it would"));
}

TEST(PolicyDocumentTest, WarnsOfAClockThatIsNeverUsed) {
  EXPECT_THAT(
      WarningsOf(Small("  - {name: done",
                       "  - {name: late, kind: first_response, target: 1h}\n  - {name: done")),
      ElementsAre("p.yaml:41: clocks[2]: is never used: 'usual' before it takes all that "
                  "it would"));
}

TEST(PolicyDocumentTest, WarnsOfAStepThatNobodyCouldTake) {
  EXPECT_THAT(WarningsOf(Small("calm: 5", "calm: 9")),
              ElementsAre("p.yaml:30: routes[0].steps[0]: no agent of the pool 'care' could take "
                          "this: calm 9 is asked for, the best has 8"));
}

TEST(PolicyDocumentTest, WarnsOfASkillThatNobodyHas) {
  EXPECT_THAT(WarningsOf(Small("skills: {calm: 5, anger: 2}", "skills: {clam: 5, anger: 2}")),
              ElementsAre("p.yaml:30: routes[0].steps[0].skills.clam: no agent has the skill "
                          "'clam'; did you mean 'calm'?"));
}

TEST(PolicyDocumentTest, RefusesToKeepWorkFromBotsWhereThereIsNobodyElse) {
  std::string yaml = Small("reopen_window: 1d", "bots: {never_for: {tags: [angry]}}");
  yaml.replace(yaml.find("{id: zoe,"), 9, "{id: zoe, bot: true,");
  EXPECT_THAT(ErrorsOf(yaml),
              ElementsAre("p.yaml:48: bots.never_for: keeps work from bots, but the last route "
                          "leads to the pool 'care', which has nobody else; give that route a "
                          "pool with people"));
}

TEST(PolicyDocumentTest, GivesEachTenantWhatIsWrittenForIt) {
  std::string yaml = Small("routes:\n",
                           "routes:\n  - {name: own, when: {tenants: [beta]}, pool: care, steps: "
                           "[{queue: fast}]}\n");
  yaml.replace(yaml.find("intents: [order_status, "), 0,
               "  - {id: beta, languages: [es], api_keys: [\"plain:b\"]}\n");
  const auto document = PolicyDocument::Parse(yaml, "p.yaml");
  ASSERT_TRUE(document.ok()) << document.status();
  const auto routes = [&](std::string_view tenant) {
    for (const PolicySection& section : document->Compile(tenant, 1)) {
      if (section.has_route()) return section.route().routes();
    }
    return google::protobuf::RepeatedPtrField<policy::v1::Route>();
  };
  EXPECT_EQ(routes("acme").size(), 3);
  ASSERT_EQ(routes("beta").size(), 4);
  EXPECT_EQ(routes("beta").Get(0).name(), "own");
  EXPECT_EQ(routes("beta").Get(0).when().tenants_size(), 0);
}

TEST(PolicyDocumentTest, WarnsOfALanguageThatNobodySpeaksInTheLastStep) {
  const std::string yaml =
      Small("languages: [es, en]\n    api", "languages: [es, bg, fr]\n    api");
  EXPECT_THAT(WarningsOf(yaml), IsEmpty());
  std::string strict = yaml;
  strict.replace(strict.find("- {queue: fast}"), 15, "- {queue: fast, match_language: true}");
  EXPECT_THAT(WarningsOf(strict),
              ElementsAre("p.yaml:31: routes[0].steps[1]: no agent of the pool 'care' could take "
                          "this in bg, fr, and no step without match_language comes after it"));
}

TEST(PolicyDocumentTest, WarnsOfWhatIsNotUsed) {
  EXPECT_THAT(WarningsOf(Small("agents:\n", "  - {name: idle, queues: [q]}\nagents:\n")),
              ElementsAre("p.yaml:55: pools[1]: has no agents",
                          "p.yaml:55: pools[1].queues[0]: no route leads to the queue 'q'"));
}

TEST(PolicyDocumentTest, WarnsOfATagThatNoRuleGives) {
  EXPECT_THAT(WarningsOf(Small("when: {tags: [angry], channels", "when: {tags: [angri], channels")),
              ElementsAre("p.yaml:27: routes[0].when.tags[0]: no rule gives the tag 'angri'; did "
                          "you mean 'angry'?"));
}

TEST(PolicyDocumentTest, KnowsTheTagsThatComeByThemselves) {
  for (const std::string tag : {"degraded", "engine_failed", "order_delivered"}) {
    EXPECT_THAT(
        WarningsOf(Small("when: {tags: [angry], channels", "when: {tags: [" + tag + "], channels")),
        IsEmpty());
  }
}

std::string AsText(const std::vector<PolicySection>& sections) {
  std::string text;
  for (const PolicySection& section : sections) {
    std::string one;
    google::protobuf::TextFormat::PrintToString(section, &one);
    text += one + "\n";
  }
  return text;
}

TEST(PolicyDocumentTest, CompilesToWhatTheGoldenFileSays) {
  const auto document = PolicyDocument::Parse(Small(), "p.yaml");
  ASSERT_TRUE(document.ok()) << document.status();
  const std::string text = AsText(document->Compile("acme", 7));
  const std::string golden = TestData("small.golden.txt");
  if (text != golden) {
    const auto path = std::filesystem::temp_directory_path() / "small.golden.txt";
    std::ofstream(path) << text;
    FAIL() << "differs from testdata/small.golden.txt; what it gave is in " << path;
  }
}

TEST(PolicyDocumentTest, CompilesToTheSameBytesInEveryBuild) {
  const auto document = PolicyDocument::Parse(Small(), "p.yaml");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(document->ContentHash("acme"),
            "02db6219fba523ac7b60e58c90872e8133f11dcafab4611ff24100e291db9478");
}

TEST(PolicyDocumentTest, HashesTheContentAndNotHowItIsWritten) {
  const auto hash = [](const std::string& yaml) {
    const auto document = PolicyDocument::Parse(yaml, "p.yaml");
    EXPECT_TRUE(document.ok()) << document.status();
    return document->ContentHash("acme");
  };
  EXPECT_EQ(hash(Small()), hash("# a comment\n" + Small()));
  EXPECT_EQ(hash(Small()), hash(Small("for: 90s", "for: 90000ms")));
  EXPECT_EQ(hash(Small()), hash(Small("{calm: 5, anger: 2}", "{anger: 2, calm: 5}")));
  EXPECT_NE(hash(Small()), hash(Small("for: 90s", "for: 91s")));
}

TEST(PolicyDocumentTest, CompilesHoursToSpansForTheYearAhead) {
  const std::string yaml =
      Small("open: always", "zone: Europe/Madrid, hours: {mon-fri: [9:00-14:00, 15:00-18:00]}");
  // A Wednesday; hours are compiled anew every four weeks.
  const auto now = base::FromUnixMillis(1'782'864'000'000);
  const auto hash = [&](base::TimePoint at) {
    return PolicyDocument::Parse(yaml, "p.yaml", at)->ContentHash("acme");
  };
  const auto document = PolicyDocument::Parse(yaml, "p.yaml", now);
  ASSERT_TRUE(document.ok()) << document.status();
  for (const PolicySection& section : document->Compile("acme", 1)) {
    if (!section.has_route()) continue;
    ASSERT_EQ(section.route().calendars_size(), 1);
    const auto& calendar = section.route().calendars(0);
    EXPECT_EQ(calendar.name(), "office");
    EXPECT_GT(calendar.spans_size(), 2 * 5 * 52);
    EXPECT_GT(calendar.known_until_unix_ms(), base::ToUnixMillis(now) + 365 * int64_t{86'400'000});
  }
  EXPECT_EQ(hash(now), hash(now + std::chrono::hours(1)));
  EXPECT_NE(hash(now), hash(now + std::chrono::hours(24 * 28)));
}

TEST(PolicyDocumentTest, GivesEachTenantItsOwnCopy) {
  const auto document = PolicyDocument::Parse(
      Small("\nintents: [",
            "\n  - {id: sol, languages: [pt], api_keys: [\"plain:s\"]}\nintents: ["),
      "p.yaml");
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(document->Tenants(), ElementsAre("acme", "sol"));
  EXPECT_TRUE(document->HasTenant("sol"));
  EXPECT_FALSE(document->HasTenant("luna"));
  EXPECT_THAT(document->Compile("luna", 1), IsEmpty());
  for (const PolicySection& section : document->Compile("sol", 3)) {
    EXPECT_EQ(section.tenant(), "sol");
    EXPECT_EQ(section.version(), 3u);
  }
  EXPECT_NE(document->ContentHash("acme"), document->ContentHash("sol"));
}

TEST(PolicyDocumentTest, LooksForSecretsBesideTheFile) {
  const std::string yaml = Small("[\"plain:abc\"]", "[\"file:keys/acme\"]");
  std::string asked;
  const auto document = PolicyDocument::Parse(yaml, "p.yaml", [&](const std::string& path) {
    asked = path;
    return absl::StatusOr<std::string>("abc");
  });
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_EQ(asked, "keys/acme");
  EXPECT_EQ(document->ContentHash("acme"),
            PolicyDocument::Parse(Small(), "p.yaml")->ContentHash("acme"));
  const auto missing = PolicyDocument::Parse(yaml, "/no/such/p.yaml");
  EXPECT_THAT(std::string(missing.status().message()),
              HasSubstr("tenants[0].api_keys[0]: cannot read /no/such/keys/acme: No such file"));
}

TEST(PolicyDocumentTest, TakesTheExamplesOfItsDocumentation) {
  const auto document = PolicyDocument::Parse(
      DocumentedPolicy(), "docs/policy.md",
      [](const std::string& path) -> absl::StatusOr<std::string> { return path; });
  ASSERT_TRUE(document.ok()) << document.status();
  EXPECT_THAT(document->warnings(), IsEmpty());
}

TEST(PolicyDocumentTest, SaysWhichFileIsNotThere) {
  const auto document = PolicyDocument::ReadFile("/no/such/policy.yaml");
  EXPECT_EQ(document.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(document.status().message()), HasSubstr("/no/such/policy.yaml"));
}

}  // namespace
}  // namespace centralita::app
