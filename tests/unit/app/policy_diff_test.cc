// What people are told of a change.
#include "centralita/app/policy_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "centralita/app/policy_document.h"

namespace centralita::app {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kPolicy[] = R"(
tenants:
  - {id: acme, languages: [es], api_keys: ["plain:abc"]}
rules:
  - {name: where, intent: order_status, any: [donde esta, cuando llega]}
routes:
  - name: vip
    when: {tags: [vip]}
    pool: care
    steps: [{queue: fast, for: 5m}, {queue: slow}]
  - {name: thanks, when: {intents: [praise_feedback]}, answer: Thanks}
  - {name: rest, pool: care, steps: [{queue: slow}]}
clocks:
  - {name: usual, kind: first_response, target: 4h}
pools:
  - {name: care, queues: [fast, slow]}
agents:
  - {id: zoe, pool: care, languages: [es], token: "plain:t"}
)";

std::vector<std::string> After(std::string_view from, std::string_view to) {
  std::string changed = kPolicy;
  const size_t at = changed.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  changed.replace(at, from.size(), to);
  const auto before = PolicyDocument::Parse(kPolicy, "p.yaml");
  const auto after = PolicyDocument::Parse(changed, "p.yaml");
  EXPECT_TRUE(before.ok()) << before.status();
  EXPECT_TRUE(after.ok()) << after.status();
  if (!before.ok() || !after.ok()) return {};
  return DescribePolicyChanges(before->Compile("acme", 3), after->Compile("acme", 4));
}

TEST(PolicyDiff, OfTheSamePolicyIsEmptyWhateverTheVersion) {
  EXPECT_THAT(After("donde esta", "donde esta"), IsEmpty());
}

TEST(PolicyDiff, NamesTheStepAndItsSpan) {
  EXPECT_THAT(After("for: 5m", "for: 2m"), ElementsAre("~ route 'vip': steps[0].for: 5m -> 2m"));
}

TEST(PolicyDiff, SaysWhoInheritsARouteThatGoes) {
  EXPECT_THAT(After("  - name: vip\n    when: {tags: [vip]}\n    pool: care\n    steps: [{queue: "
                    "fast, for: 5m}, {queue: slow}]\n",
                    ""),
              ElementsAre("- route 'vip': what it took to care/fast goes to care/slow by 'rest', "
                          "unless a route before it takes it"));
}

TEST(PolicyDiff, SaysThatRoutesAreAskedInAnotherOrder) {
  EXPECT_THAT(
      After("routes:\n",
            "routes:\n  - {name: first, when: {languages: [es]}, pool: care, steps: [{queue: "
            "slow}]}\n"),
      ElementsAre("+ route 'first': name: first, when: {languages: [es]}, pool: care, steps: "
                  "[{queue: slow}]"));
}

TEST(PolicyDiff, ShowsOnlyWhatOfAListHasChanged) {
  EXPECT_THAT(After("cuando llega", "y mi pedido"),
              ElementsAre("~ rule 'where': any: -cuando llega +y mi pedido"));
}

TEST(PolicyDiff, OfClocksPoolsAndAgents) {
  EXPECT_THAT(After("target: 4h", "target: 2h"),
              ElementsAre("~ clock 'usual': spec.target: 4h -> 2h"));
  EXPECT_THAT(After("queues: [fast, slow]", "queues: [fast, slow], offer_lease: 20s"),
              ElementsAre("~ pool 'care': offer_lease: 30s -> 20s"));
  EXPECT_THAT(After("languages: [es], token", "languages: [en, es], token"),
              ElementsAre("~ agent 'zoe': languages: +en"));
}

TEST(PolicyDiff, NeverShowsASecret) {
  EXPECT_THAT(After("plain:t", "plain:u"), ElementsAre("~ agent 'zoe': token: changed"));
  EXPECT_THAT(After("plain:abc", "plain:abd"), ElementsAre("~ tenant: api_key: changed"));
}

}  // namespace
}  // namespace centralita::app
