// The demo's policy is an example that people copy: it must be free of warnings and understand the
// demo's messages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "centralita/app/policy_document.h"
#include "centralita/text/classify.h"

namespace centralita::app {
namespace {

using classification::v1::Classification;
using policy::v1::PolicySection;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kFolder[] = DEMO_FOLDER;

PolicyDocument DemoPolicy() {
  auto document = PolicyDocument::ReadFile(std::string(kFolder) + "/policy.yaml");
  EXPECT_TRUE(document.ok()) << document.status();
  return *std::move(document);
}

struct Sample {
  std::string text;
  std::string subject;
  std::string language;
  std::string intent;
};

std::vector<Sample> Samples() {
  std::vector<Sample> samples;
  std::ifstream file(std::string(kFolder) + "/messages.jsonl");
  for (std::string line; std::getline(file, line);) {
    const nlohmann::json json = nlohmann::json::parse(line);
    samples.push_back(
        {json["text"], json.value("subject", ""), json["lang"], json["expect_intent"]});
  }
  return samples;
}

// Classifies as the classifier does, without any profile.
class Judge final {
 public:
  explicit Judge(const PolicyDocument& document) {
    policy::v1::ClassifierSection classifier;
    std::vector<std::string> languages;
    for (const PolicySection& section : document.Compile("luna", 1)) {
      if (section.has_classifier()) classifier = section.classifier();
      const auto& tenant = section.tenant_section();
      languages.insert(languages.end(), tenant.languages().begin(), tenant.languages().end());
    }
    classifier_ = std::make_unique<text::Classifier>(classifier, std::move(languages), 1);
  }

  Classification Of(std::string_view text, std::string_view subject = {}) {
    text::Input input;
    input.subject = subject;
    input.text = text;
    Classification result;
    classifier_->Classify(input, workspace_, result);
    return result;
  }

 private:
  std::unique_ptr<text::Classifier> classifier_;
  text::Workspace workspace_;
};

TEST(DemoPolicyTest, HasNoWarnings) { EXPECT_THAT(DemoPolicy().warnings(), IsEmpty()); }

TEST(DemoPolicyTest, IsAShopOfTwelvePeople) {
  const PolicyDocument document = DemoPolicy();
  EXPECT_EQ(document.agents().size(), 12u);
  EXPECT_THAT(document.Tenants(), ElementsAre("luna", "sol"));
}

// In each language, most messages get the intent that a person would give; what says nothing
// ("LN-20603") cannot.
TEST(DemoPolicyTest, UnderstandsTheDemosMessagesInEachLanguage) {
  Judge judge(DemoPolicy());
  std::map<std::string, std::pair<int, int>> right_of;
  std::string wrong;
  for (const Sample& sample : Samples()) {
    const Classification said = judge.Of(sample.text, sample.subject);
    auto& [right, all] = right_of[sample.language];
    ++all;
    if (said.intent() == sample.intent) {
      ++right;
    } else {
      wrong += sample.language + " " + sample.intent + " -> " + said.intent() + ": " +
               sample.subject + " | " + sample.text.substr(0, 90) + "\n";
    }
  }
  EXPECT_EQ(right_of.size(), 7u);
  for (const auto& [language, count] : right_of) {
    EXPECT_GE(count.first * 100, count.second * 65)
        << language << ": " << count.first << " of " << count.second;
  }
  if (HasFailure()) std::cerr << wrong;
}

TEST(DemoPolicyTest, TagsWhatPressesInEachLanguage) {
  Judge judge(DemoPolicy());
  const auto tags = [&](std::string_view text) {
    const Classification said = judge.Of(text);
    return std::vector<std::string>(said.tags().begin(), said.tags().end());
  };
  for (const char* text :
       {"Si no contestan, hoja de reclamaciones y abogado", "You will hear from my solicitor",
        "Ще подам жалба в КЗП", "Vou ao Procon", "Je saisis la DGCCRF",
        "scrivo all'associazione consumatori", "Ich gehe zur Verbraucherzentrale"}) {
    EXPECT_THAT(tags(text), Contains("legal_threat")) << text;
  }
  for (const char* text : {"ESTOY HARTA", "this is RIDICULOUS", "безобразие", "que absurdo",
                           "C\u2019est honteux", "VERGOGNA", "So eine Frechheit"}) {
    EXPECT_THAT(tags(text), Contains("angry")) << text;
  }
  for (const char* text : {"abrir\u00e9 una retrocesi\u00f3n", "I filed a chargeback"}) {
    EXPECT_THAT(tags(text), Contains("chargeback")) << text;
  }
}

// An automatic answer resolves a message: courtesy around a question must not bring it about.
TEST(DemoPolicyTest, AnswersNoQuestionWithThanks) {
  Judge judge(DemoPolicy());
  for (const Sample& sample : Samples()) {
    if (sample.intent == "praise_feedback") continue;
    EXPECT_NE(judge.Of(sample.text, sample.subject).intent(), "praise_feedback") << sample.text;
  }
}

}  // namespace
}  // namespace centralita::app
