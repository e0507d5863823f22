// What the classifier says of each message of the demo, written down: a change of words, rules or
// engine shows as a diff of demo_golden.txt, to be looked at. Rules and signals alone, which are
// the same on every machine. The default model changes with each phrase of its corpus, and its
// training may round otherwise on another processor, so it is held to how many it gets right.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "centralita/app/policy_document.h"
#include "centralita/classifier/model_source.h"
#include "centralita/policy/names.h"
#include "centralita/text/classify.h"

namespace centralita::classifier {
namespace {

using classification::v1::Classification;

constexpr char kFolder[] = CENTRALITA_DEMO;
constexpr char kGolden[] = CENTRALITA_GOLDEN;
constexpr char kModel[] = CENTRALITA_MODEL;
constexpr size_t kShownBytes = 60;

struct DemoMessage {
  std::string tenant;
  std::string text;
  std::string subject;
  std::string locale;
  std::string order_id;
  std::string expect_intent;
  common::v1::Channel channel = common::v1::CHANNEL_UNSPECIFIED;
  common::v1::Visibility visibility = common::v1::VISIBILITY_UNSPECIFIED;
};

template <typename Value, typename Names>
Value Named(const Names& names, const std::string& name) {
  for (const auto& [known, value] : names) {
    if (known == name) return value;
  }
  ADD_FAILURE() << name;
  return {};
}

std::vector<DemoMessage> DemoMessages() {
  std::vector<DemoMessage> messages;
  std::ifstream file(std::string(kFolder) + "/messages.jsonl");
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line);
    DemoMessage message{object.value("tenant", ""),   object.value("text", ""),
                        object.value("subject", ""),  object.value("locale", ""),
                        object.value("order_id", ""), object.value("expect_intent", "")};
    message.channel = Named<common::v1::Channel>(policy::Channels(), object["channel"]);
    message.visibility =
        Named<common::v1::Visibility>(policy::Visibilities(), object["visibility"]);
    messages.push_back(std::move(message));
  }
  return messages;
}

// Of each message, with the demo's policy.
std::vector<Classification> Classify(const std::vector<DemoMessage>& messages,
                                     const std::shared_ptr<const model::Model>& model) {
  const auto document = app::PolicyDocument::ReadFile(std::string(kFolder) + "/policy.yaml");
  EXPECT_TRUE(document.ok()) << document.status();
  std::map<std::string, std::unique_ptr<text::Classifier>> tenants;
  for (const std::string& tenant : document->Tenants()) {
    policy::v1::ClassifierSection section;
    std::vector<std::string> languages;
    for (const policy::v1::PolicySection& part : document->Compile(tenant, 1)) {
      if (part.has_classifier()) section = part.classifier();
      if (!part.has_tenant_section()) continue;
      languages.assign(part.tenant_section().languages().begin(),
                       part.tenant_section().languages().end());
    }
    tenants[tenant] = std::make_unique<text::Classifier>(section, languages, 1, model);
  }
  text::Workspace workspace;
  std::vector<Classification> said;
  for (const DemoMessage& message : messages) {
    text::Input input;
    input.text = message.text;
    input.subject = message.subject;
    input.locale = message.locale;
    input.order_id = message.order_id;
    input.channel = message.channel;
    input.visibility = message.visibility;
    tenants.at(message.tenant)->Classify(input, workspace, said.emplace_back());
  }
  return said;
}

// The beginning, in one line, cut at a character's border.
std::string Beginning(const DemoMessage& message) {
  std::string text = message.text.substr(0, kShownBytes);
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  if (text.size() == message.text.size()) return text;
  const auto continues = [&](size_t at) {
    return (static_cast<unsigned char>(message.text[at]) & 0xC0) == 0x80;
  };
  size_t end = text.size();
  while (end > 0 && continues(end)) --end;
  return text.substr(0, end) + "…";
}

std::string Lines(const std::vector<DemoMessage>& messages,
                  const std::vector<Classification>& said) {
  std::string lines;
  for (size_t i = 0; i < messages.size(); ++i) {
    const Classification& of = said[i];
    std::string evidence;
    for (const auto& rule : of.rules()) evidence += " " + rule.rule();
    lines +=
        fmt::format("{:3} {}\n    {} {}{}, {} {}, sentiment {}, urgency {}, priority {}\n", i + 1,
                    Beginning(messages[i]), of.intent(), of.intent_confidence_permille(),
                    of.also_intent().empty() ? "" : " and " + of.also_intent(), of.language(),
                    of.language_confidence_permille(), of.sentiment_permille(),
                    of.urgency_permille(), of.priority());
    if (of.tags_size() > 0) lines += fmt::format("    tags: {}\n", fmt::join(of.tags(), " "));
    if (!evidence.empty()) lines += fmt::format("    rules:{}\n", evidence);
  }
  return lines;
}

int Right(const std::vector<DemoMessage>& messages, const std::vector<Classification>& said) {
  int right = 0;
  for (size_t i = 0; i < messages.size(); ++i) {
    if (messages[i].expect_intent == said[i].intent()) ++right;
  }
  return right;
}

int Unsure(const std::vector<Classification>& said) {
  return static_cast<int>(std::count_if(said.begin(), said.end(), [](const Classification& of) {
    return std::find(of.tags().begin(), of.tags().end(), "unsure") != of.tags().end();
  }));
}

TEST(DemoGoldenTest, RulesAndSignalsSayWhatIsWrittenDown) {
  const std::vector<DemoMessage> messages = DemoMessages();
  ASSERT_GE(messages.size(), 250u);
  const std::string now = Lines(messages, Classify(messages, nullptr));
  if (std::getenv("CENTRALITA_RENEW_GOLDEN") != nullptr) {
    std::ofstream(kGolden) << now;
    GTEST_FAIL() << kGolden << " is renewed: look at the diff, then run this without the variable.";
  }
  std::ifstream file(kGolden);
  std::istringstream is(now);
  std::string expected;
  std::string got;
  for (int number = 1; std::getline(file, expected); ++number) {
    ASSERT_TRUE(std::getline(is, got)) << kGolden << ":" << number << ": " << expected;
    ASSERT_EQ(got, expected) << kGolden << ":" << number
                             << ": if it is meant, set CENTRALITA_RENEW_GOLDEN=1, run this test "
                                "once, and look at the diff";
  }
  EXPECT_FALSE(std::getline(is, got)) << got;
}

TEST(DemoGoldenTest, TheDefaultModelMakesItBetterAndMoreOftenSure) {
  const auto model = LoadModel(kModel);
  ASSERT_TRUE(model.ok()) << model.status();
  const std::vector<DemoMessage> messages = DemoMessages();
  const std::vector<Classification> alone = Classify(messages, nullptr);
  const std::vector<Classification> with = Classify(messages, *model);
  EXPECT_GE(Right(messages, with), Right(messages, alone));
  EXPECT_GE(Right(messages, with), static_cast<int>(messages.size() * 85 / 100));
  EXPECT_LT(Unsure(with), Unsure(alone));
}

}  // namespace
}  // namespace centralita::classifier
