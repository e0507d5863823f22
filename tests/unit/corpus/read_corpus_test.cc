#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "centralita/corpus/corpus.h"
#include "tests/unit/corpus/folder.h"

namespace centralita::corpus {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

void WriteLanguage(const Folder& folder) {
  folder.Write("corpus/es/slots/city.txt", "Madrid\n\nLima\n");
  folder.Write("corpus/es/noise/greetings.txt", "hola\n");
  folder.Write("corpus/es/noise/closings.txt", "gracias\n");
  folder.Write("corpus/es/noise/abbreviations.txt", "por favor=xfa\n");
}

TEST(ReadCorpusTest, CommentsAndEmptyLinesAreLeftOutAndPlacesKept) {
  const Folder folder;
  WriteLanguage(folder);
  folder.Write("corpus/es/other.txt", "# saludos\nhola\n\nde {city}\n");
  const std::string path = folder.path() + "/corpus";
  const auto corpus = ReadCorpus(path, path);
  ASSERT_TRUE(corpus.ok()) << corpus.status();
  ASSERT_EQ(corpus->seeds.size(), 2U);
  EXPECT_EQ(corpus->seeds[0].text, "hola");
  EXPECT_EQ(corpus->seeds[0].intent, "other");
  EXPECT_EQ(corpus->seeds[0].language, "es");
  EXPECT_THAT(corpus->seeds[1].place, HasSubstr("other.txt:4"));
  const Language& language = corpus->languages.at("es");
  EXPECT_THAT(language.slots.at("city"), ElementsAre("Madrid", "Lima"));
  EXPECT_THAT(language.abbreviations, ElementsAre(Pair("por favor", "xfa")));
}

TEST(ReadCorpusTest, SlotsMayComeFromAnotherFolder) {
  const Folder folder;
  WriteLanguage(folder);
  folder.Write("heldout/es/other.txt", "de {city}\n");
  const auto corpus = ReadCorpus(folder.path() + "/heldout", folder.path() + "/corpus");
  ASSERT_TRUE(corpus.ok()) << corpus.status();
  EXPECT_EQ(corpus->languages.at("es").slots.size(), 1U);
}

TEST(ReadCorpusTest, AFileThatIsNoIntentIsAnError) {
  const Folder folder;
  WriteLanguage(folder);
  folder.Write("corpus/es/returns.txt", "devolver\n");
  const std::string path = folder.path() + "/corpus";
  const absl::Status status = ReadCorpus(path, path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("\"returns\" is no intent"));
}

TEST(ReadCorpusTest, ABadAbbreviationIsAnError) {
  const Folder folder;
  WriteLanguage(folder);
  folder.Write("corpus/es/noise/abbreviations.txt", "que\n");
  const std::string path = folder.path() + "/corpus";
  EXPECT_EQ(ReadCorpus(path, path).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ReadCorpusTest, WhatIsMissingIsNotFound) {
  const Folder folder;
  EXPECT_EQ(ReadCorpus(folder.path() + "/none", folder.path()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadCorpus(folder.path(), folder.path()).status().code(), absl::StatusCode::kNotFound);
}

TEST(SlotsOfTest, NamesComeInOrderAndAsOftenAsTheyStand) {
  EXPECT_THAT(*SlotsOf("{city} y {city} con {name}"), ElementsAre("city", "city", "name"));
  EXPECT_THAT(*SlotsOf("nada"), IsEmpty());
  for (const std::string text : {"{a", "a}", "{a{b}", "}{"}) {
    EXPECT_FALSE(SlotsOf(text).ok()) << text;
  }
}

}  // namespace
}  // namespace centralita::corpus
