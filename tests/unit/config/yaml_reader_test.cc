#include "centralita/config/yaml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>

namespace centralita::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The problems of reading `yaml` by `read`.
std::vector<std::string> ErrorsOf(std::string_view yaml,
                                  const std::function<void(MapReader&)>& read) {
  Problems problems("f.yaml");
  const YamlDocument document(yaml, problems);
  {
    MapReader root(document.root());
    if (problems.ok()) read(root);
  }
  return problems.Errors();
}

std::vector<std::string> SyntaxErrorsOf(std::string_view yaml) {
  Problems problems("f.yaml");
  const YamlDocument document(yaml, problems);
  return problems.Errors();
}

TEST(YamlReaderTest, ReadsEachType) {
  EXPECT_THAT(
      ErrorsOf("text: hola\nnumber: -7\nflag: true\nwait: 90s\nsum: 340.00 EUR\nshare: 80%\n"
               "names: [a, b-c]\nalone: x\n",
               [](MapReader& root) {
                 EXPECT_EQ(root.Get("text").AsString(), "hola");
                 EXPECT_EQ(root.Get("number").AsInt(0, -10, 10), -7);
                 EXPECT_TRUE(root.Get("flag").AsBool(false));
                 EXPECT_EQ(root.Get("wait").AsDuration({}), base::Duration(90'000));
                 EXPECT_EQ(root.Get("sum").AsMoney({}).cents, 34'000);
                 EXPECT_EQ(root.Get("share").AsPercent(0), 80);
                 EXPECT_THAT(root.Get("names").Names(), ElementsAre("a", "b-c"));
                 EXPECT_THAT(root.Get("alone").Names(), ElementsAre("x"));
               }),
      IsEmpty());
}

TEST(YamlReaderTest, GivesTheFallbackForWhatIsAbsentOrNull) {
  EXPECT_THAT(ErrorsOf("nothing:\n",
                       [](MapReader& root) {
                         EXPECT_FALSE(root.Get("nothing").present());
                         EXPECT_EQ(root.Get("nothing").AsInt(5, 0, 9), 5);
                         EXPECT_EQ(root.Get("other").AsString("x"), "x");
                         EXPECT_THAT(root.Get("other").Items(), IsEmpty());
                       }),
              IsEmpty());
}

TEST(YamlReaderTest, TellsLineAndPathOfAWrongDurationDeepInside) {
  const char* yaml =
      "routes:\n"
      "  - name: a\n"
      "  - name: b\n"
      "    steps:\n"
      "      - for: 5x\n";
  EXPECT_THAT(ErrorsOf(yaml,
                       [](MapReader& root) {
                         for (const Value& item : root.Get("routes").Items()) {
                           MapReader route(item);
                           route.Get("name").AsName();
                           for (const Value& step : route.Get("steps").Items()) {
                             MapReader(step).Get("for").AsDuration({});
                           }
                         }
                       }),
              ElementsAre("f.yaml:5: routes[1].steps[0].for: '5x' is not a duration; write for "
                          "example 250ms, 90s, 5m, 2h or 7d"));
}

TEST(YamlReaderTest, SuggestsTheNearestKeyForAnUnknownOne) {
  EXPECT_THAT(ErrorsOf("pool: care\nsteps: []\nanwser: x\n",
                       [](MapReader& root) {
                         root.Get("pool");
                         root.Get("steps");
                         root.Get("answer");
                       }),
              ElementsAre("f.yaml:3: anwser: unknown key; did you mean 'answer'?"));
}

TEST(YamlReaderTest, TellsAllProblemsInTheOrderOfTheFile) {
  EXPECT_THAT(ErrorsOf("b: x\na: y\nc: 1\n",
                       [](MapReader& root) {
                         root.Get("a").AsInt(0, 0, 9);
                         root.Get("b").AsBool(false);
                       }),
              ElementsAre("f.yaml:1: b: 'x' is neither true nor false",
                          "f.yaml:2: a: 'y' is not a whole number from 0 to 9",
                          "f.yaml:3: c: unknown key; did you mean 'a'?"));
}

TEST(YamlReaderTest, RequiresWhatIsRequired) {
  EXPECT_THAT(ErrorsOf("a:\n  b: 1\n",
                       [](MapReader& root) {
                         MapReader a(root.Get("a"));
                         a.Get("b");
                         a.Require("c");
                       }),
              ElementsAre("f.yaml:1: a.c: is missing"));
}

TEST(YamlReaderTest, RefusesTheWrongShape) {
  EXPECT_THAT(
      ErrorsOf("a: [1]\nb: {c: 1}\nd: 1\n",
               [](MapReader& root) {
                 root.Get("a").AsString();
                 root.Get("b").Items();
                 MapReader d(root.Get("d"));
               }),
      ElementsAre("f.yaml:1: a: must be a single value, not a list",
                  "f.yaml:2: b: must be a list (lines that begin with '- '), not a map",
                  "f.yaml:3: d: must be a map (lines of 'key: value'), not a single value"));
}

TEST(YamlReaderTest, RefusesBadAndRepeatedNames) {
  EXPECT_THAT(
      ErrorsOf("a: [vip, VIP, vip, '']\n", [](MapReader& root) { root.Get("a").Names(); }),
      ElementsAre(HasSubstr("a[1]: 'VIP' is not a name"), HasSubstr("a[2]: 'vip' is there twice"),
                  HasSubstr("a[3]: '' is not a name")));
}

TEST(YamlReaderTest, ReadsEnumsByNameAndSuggests) {
  enum class Fruit { kNone, kApple, kPear };
  constexpr std::array<Named<Fruit>, 2> kFruits = {
      {{"apple", Fruit::kApple}, {"pear", Fruit::kPear}}};
  EXPECT_THAT(ErrorsOf("a: pear\nb: appel\n",
                       [&](MapReader& root) {
                         const std::span<const Named<Fruit>> fruits(kFruits);
                         EXPECT_EQ(root.Get("a").AsEnum(fruits, Fruit::kNone), Fruit::kPear);
                         EXPECT_EQ(root.Get("b").AsEnum(fruits, Fruit::kNone), Fruit::kNone);
                       }),
              ElementsAre("f.yaml:2: b: 'appel' is unknown; did you mean 'apple'?"));
}

TEST(YamlReaderTest, RefusesARepeatedKeyWithBothLines) {
  EXPECT_THAT(SyntaxErrorsOf("routes:\n  - name: a\n    pool: x\n    name: b\n"),
              ElementsAre("f.yaml:4: routes[0].name: is there twice, first on line 2; remove one"));
}

TEST(YamlReaderTest, TellsWhereTheSyntaxBreaks) {
  const auto errors = SyntaxErrorsOf("a: 1\nb: [1, 2\nc: 3\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0], testing::MatchesRegex("f.yaml:[0-9]: is no valid YAML .column .*"));
}

TEST(YamlReaderTest, RefusesWhatIsNotUtf8WithItsLine) {
  for (const char* bad :
       {"a: 1\nb: \xff\n", "a: 1\nb: \xc0\xaf\n", "a: 1\nb: \xed\xa0\x80\n", "a: 1\nb: \xe2\x82"}) {
    EXPECT_THAT(SyntaxErrorsOf(bad),
                ElementsAre("f.yaml:2: is not valid UTF-8; save the file as UTF-8"));
  }
  EXPECT_THAT(SyntaxErrorsOf("a: \"поръчка 🚚 ñ\"\n"), IsEmpty());
}

TEST(YamlReaderTest, RefusesASecondDocument) {
  EXPECT_THAT(SyntaxErrorsOf("a: 1\n---\nb: 2\n"),
              ElementsAre("f.yaml:3: a second document begins; one file is one document, remove "
                          "the '---'"));
}

TEST(YamlReaderTest, FollowsAliases) {
  EXPECT_THAT(ErrorsOf("a: &langs [es, en]\nb: *langs\n",
                       [](MapReader& root) {
                         root.Get("a");
                         EXPECT_THAT(root.Get("b").Names(), ElementsAre("es", "en"));
                       }),
              IsEmpty());
}

TEST(YamlReaderTest, RefusesAliasesThatGrowWithoutMeasure) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    yaml += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 9; ++k) yaml += "*a" + std::to_string(i - 1) + ", ";
    yaml += "x]\n";
  }
  EXPECT_THAT(SyntaxErrorsOf(yaml), ElementsAre(HasSubstr("aliases make this document too large")));
}

TEST(YamlReaderTest, RefusesAnAliasOfItself) {
  const auto errors = SyntaxErrorsOf("a: &a [1, *a]\n");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_THAT(errors[0], HasSubstr("f.yaml:1"));
}

TEST(YamlReaderTest, SurvivesAbsurdDepth) {
  EXPECT_EQ(SyntaxErrorsOf(std::string(100'000, '[')).size(), 1u);
}

TEST(YamlReaderTest, TakesAnEmptyDocumentForAnEmptyMap) {
  EXPECT_THAT(
      ErrorsOf("# nothing\n", [](MapReader& root) { EXPECT_FALSE(root.Get("a").present()); }),
      IsEmpty());
}

TEST(ProblemsTest, KeepsWarningsApartFromErrors) {
  Problems problems("f.yaml");
  problems.Warn({2, "a"}, "odd");
  EXPECT_TRUE(problems.ToStatus().ok());
  EXPECT_THAT(problems.Warnings(), ElementsAre("f.yaml:2: a: odd"));
  problems.Error({}, "bad");
  EXPECT_EQ(problems.ToStatus().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(problems.ToStatus().message(), "f.yaml: bad");
}

}  // namespace
}  // namespace centralita::config
