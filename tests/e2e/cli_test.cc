// What a person at a terminal is told, by every verb.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/contract/temp_folder.h"
#include "tests/e2e/node.h"

namespace centralita::e2e {
namespace {

using ::testing::HasSubstr;

Finished Centralita(std::vector<std::string> words, const std::string& input = {}) {
  words.insert(words.begin(), e2e::Centralita());
  return RunToEnd(words, input);
}

std::string PatternIn(const std::string& text, const char* pattern) {
  std::smatch found;
  return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : "";
}

TEST(CliTest, EveryVerbHelps) {
  const std::vector<std::vector<std::string>> verbs = {{},
                                                       {"up"},
                                                       {"demo"},
                                                       {"send"},
                                                       {"agents"},
                                                       {"agent"},
                                                       {"load"},
                                                       {"queues"},
                                                       {"trace"},
                                                       {"explain"},
                                                       {"policy"},
                                                       {"policy", "check"},
                                                       {"dlq"},
                                                       {"dlq", "list"},
                                                       {"dlq", "replay"},
                                                       {"classify"},
                                                       {"train"},
                                                       {"sla"},
                                                       {"sla", "show"},
                                                       {"sla", "list"},
                                                       {"sla", "peek"},
                                                       {"sla", "calendar"},
                                                       {"export", "corrections"}};
  for (std::vector<std::string> verb : verbs) {
    const std::string name = verb.empty() ? "centralita" : verb.back();
    verb.emplace_back("--help");
    const Finished help = Centralita(verb);
    EXPECT_EQ(help.exit_code, 0) << name;
    EXPECT_THAT(help.said, HasSubstr("Usage:")) << name;
    if (name == "up" || name == "send" || name == "agents" || name == "agent" || name == "load") {
      EXPECT_THAT(help.said, HasSubstr("Example")) << name;
      EXPECT_THAT(help.said, HasSubstr("centralita " + name + " ")) << name;
    }
  }
}

TEST(CliTest, AnUnknownVerbAndNoVerbAreRefused) {
  EXPECT_NE(Centralita({"sned"}).exit_code, 0);
  EXPECT_NE(Centralita({}).exit_code, 0);
}

TEST(CliTest, PolicyCheckTellsGoodFromBadByLineAndPath) {
  const Finished good = Centralita({"policy", "check", DemoPolicy()});
  EXPECT_EQ(good.exit_code, 0) << good.said;
  EXPECT_THAT(good.said, HasSubstr("luna: good"));
  const contract::TempFolder folder;
  std::ofstream(folder.File("bad.yaml")) << "tenants: 3\npols: []\n";
  const Finished bad = Centralita({"policy", "check", folder.File("bad.yaml")});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.said, HasSubstr("bad.yaml:1: tenants:"));
  EXPECT_THAT(bad.said, HasSubstr("bad.yaml:2: pols: unknown key"));
  const Finished missing = Centralita({"policy", "check", folder.File("missing.yaml")});
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.said, HasSubstr("missing.yaml"));
}

TEST(CliTest, SettingsAreCheckedAndPrinted) {
  EXPECT_EQ(Centralita({"up", "--check-config"}).exit_code, 0);
  const Finished print = Centralita({"up", "--print-config", "--node.grpc_port=7777"});
  EXPECT_EQ(print.exit_code, 0) << print.said;
  EXPECT_THAT(print.said, HasSubstr("grpc_port: 7777"));
  for (const char* flag : {"--node.grpc_prot=1", "--node.grpc_port=many", "--node.partitions=0"}) {
    const Finished refused = Centralita({"up", "--check-config", flag});
    EXPECT_EQ(refused.exit_code, 2) << flag;
    const std::string name = PatternIn(flag, "--node\\.([a-z_]+)=");
    EXPECT_THAT(refused.said, HasSubstr(name)) << flag;
  }
}

TEST(CliTest, WithoutAServerItSaysWhatToDo) {
  // A port of the system's range that nobody listens on.
  const Finished queues = Centralita({"queues", "--server", "127.0.0.1:1", "--api-key", kKey});
  EXPECT_EQ(queues.exit_code, 1);
  EXPECT_THAT(queues.said, HasSubstr("centralita up"));
}

// A line for each; the program's own words on standard error have none of JSON's braces.
std::vector<nlohmann::json> ObjectsIn(const std::string& said) {
  std::vector<nlohmann::json> objects;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_object()) objects.push_back(std::move(object));
  }
  return objects;
}

TEST(CliTest, AYearOfACalendarIsATableAndAnUnknownOneIsTold) {
  const contract::TempFolder folder;
  const std::string path = folder.File("policy.yaml");
  std::ofstream(path) << R"(
tenants: [{id: luna, name: Luna, languages: [es], api_keys: ["plain:a-key"]}]
routes: [{name: all, pool: care, steps: [{queue: general}]}]
pools: [{name: care, queues: [general]}]
calendars:
  - name: office
    zone: Europe/Madrid
    hours: {mon-thu: [09:00-14:00, 15:30-18:00], fri: 09:00-15:00}
    holidays: [12-25]
)";
  const Finished year =
      Centralita({"sla", "calendar", "office", "--policy", path, "--year", "2027"});
  EXPECT_EQ(year.exit_code, 0) << year.said;
  for (const char* words :
       {"office in 2027, Europe/Madrid", "A  09:00-15:00", "B  09:00-14:00 15:30-18:00",
        "2027-12-25  holiday: closed", "2027-03-28  the clock is changed: the day has 23 h"}) {
    EXPECT_THAT(year.said, HasSubstr(words));
  }
  const Finished unknown = Centralita({"sla", "calendar", "offfice", "--policy", path});
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.said, HasSubstr("Those that it has: office"));
}

TEST(CliTest, EachLineIsClassifiedInOrderWithoutAServerAndBadOnesSaySo) {
  const Finished done =
      Centralita({"classify", "--policy", DemoPolicy(), "--model", "none"},
                 R"({"text": "quiero una devolución", "customer": "ana"})"
                 "\nno json\n"
                 R"({"text": "Ще дойда в понеделник", "channel": "email", "headers":)"
                 R"( {"Auto-Submitted": "auto-replied"}})"
                 "\n"
                 R"({"text": "x", "tenant": "nobody"})"
                 "\n"
                 R"({"text": "where is my order?", "tenant": "sol"})");
  EXPECT_EQ(done.exit_code, 1) << "a script must notice the bad lines";
  const auto lines = ObjectsIn(done.said);
  ASSERT_EQ(lines.size(), 5u) << done.said;
  EXPECT_EQ(lines[0]["intent"], "return_refund");
  EXPECT_EQ(lines[0]["language"], "es");
  EXPECT_EQ(lines[0]["decided_by"], "rules");
  EXPECT_EQ(lines[0]["evidence"][0]["matched"], "devolución");
  EXPECT_EQ(lines[1]["line"], 2);
  EXPECT_EQ(lines[1]["code"], "bad_json");
  EXPECT_THAT(lines[2]["tags"], ::testing::Contains("auto_reply"));
  EXPECT_EQ(lines[3]["code"], "unknown_tenant");
  EXPECT_EQ(lines[4]["intent"], "order_status");

  const Finished people =
      Centralita({"classify", "--policy", DemoPolicy(), "--model", "none", "--explain"},
                 R"({"text": "quiero una devolución"})");
  EXPECT_EQ(people.exit_code, 0) << people.said;
  EXPECT_THAT(people.said, HasSubstr("intent     return_refund"));
}

TEST(CliTest, WithoutAnyOptionTheDefaultModelAnswers) {
  const Finished done =
      Centralita({"classify"}, R"({"text": "I forgot my password and cannot log in"})"
                               "\n"
                               R"({"text": "забравих си паролата и не мога да вляза"})"
                               "\n"
                               R"({"text": "olvidé mi contraseña y no puedo entrar"})");
  EXPECT_EQ(done.exit_code, 0) << done.said;
  const auto lines = ObjectsIn(done.said);
  ASSERT_EQ(lines.size(), 3u) << done.said;
  for (const auto& line : lines) {
    EXPECT_EQ(line["intent"], "account_access");
    EXPECT_EQ(line["decided_by"], "model");
    EXPECT_GT(line["confidence"], 0.7);
  }
}

TEST(CliTest, LabelledTextsBecomeAModelThatClassifiesAndIsMeasured) {
  const contract::TempFolder folder;
  std::ofstream rows(folder.File("rows.jsonl"));
  for (int i = 0; i < 40; ++i) {
    const std::string word = "palabra" + std::to_string(i);
    rows << R"({"intent": "order_status", "lang": "es", "text": "viene en )" << word << "\"}\n";
    rows << R"({"intent": "praise_feedback", "lang": "es", "text": "me gusta el )" << word
         << "\"}\n";
  }
  rows.close();
  std::ofstream(folder.File("corrections.jsonl"))
      << R"({"intent": "complaint", "text": "patata podrida"})"
      << "\n"
      << R"({"intent": "complaint", "text": "otra patata podrida"})";
  std::ofstream(folder.File("test.jsonl")) << R"({"intent": "complaint", "text": "patata"})"
                                           << "\n"
                                           << R"({"intent": "none", "text": "zzz"})";
  const std::string model = folder.File("model.bin");
  const Finished trained = Centralita(
      {"train", "--input", folder.File("rows.jsonl"), "--from", folder.File("corrections.jsonl"),
       "--from-weight", "3", "--folds", "2", "--output", model, "--test", folder.File("test.jsonl"),
       "--report", folder.File("report.txt")});
  ASSERT_EQ(trained.exit_code, 0) << trained.said;
  EXPECT_THAT(trained.said, HasSubstr("82 rows of 82 groups, 3 intents"));
  EXPECT_THAT(trained.said, HasSubstr("2 rows of corrections, 3 times their weight"));
  EXPECT_THAT(trained.said, HasSubstr("held out: 1 texts, accuracy 1.000"));
  EXPECT_THAT(trained.said, HasSubstr("Of 1 texts of other intents"));
  std::ifstream report(folder.File("report.txt"));
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(report), {}), HasSubstr("macro-F1"));

  const Finished said = Centralita({"classify", "--model", model}, R"({"text": "viene en avion"})");
  EXPECT_EQ(said.exit_code, 0) << said.said;
  const auto lines = ObjectsIn(said.said);
  ASSERT_EQ(lines.size(), 1u) << said.said;
  EXPECT_EQ(lines[0]["intents"][0]["intent"], "order_status");

  std::ofstream(folder.File("bad.jsonl")) << R"({"text": "no label"})";
  const Finished bad =
      Centralita({"train", "--input", folder.File("bad.jsonl"), "--output", model});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_THAT(bad.said, HasSubstr("bad.jsonl:1:"));
  EXPECT_EQ(Centralita({"train", "--input", folder.File("rows.jsonl")}).exit_code, 2);
}

class RunningTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(node.Start()) << node.Said(); }

  contract::TempFolder folder;
  Node node{folder.File(".")};
};

TEST_F(RunningTest, AFolderAndAPortThatAreTakenAreNamed) {
  const Finished same_folder = RunToEnd({e2e::Centralita(), "up", "--data", node.data(), "--policy",
                                         DemoPolicy(), "--node.http_port=0", "--node.ingest_port=0",
                                         "--node.admin_port=0", "--node.grpc_port=0"});
  EXPECT_EQ(same_folder.exit_code, 1) << same_folder.said;
  EXPECT_THAT(same_folder.said, HasSubstr(node.data()));
  EXPECT_THAT(same_folder.said, HasSubstr("process"));

  const std::string port = std::to_string(node.http_port());
  const Finished same_port =
      RunToEnd({e2e::Centralita(), "up", "--data", folder.File("other"), "--policy", DemoPolicy(),
                "--node.http_port=" + port, "--node.ingest_port=0", "--node.admin_port=0",
                "--node.grpc_port=0"});
  EXPECT_EQ(same_port.exit_code, 1) << same_port.said;
  EXPECT_THAT(same_port.said, HasSubstr(port));
  EXPECT_TRUE(node.Overview().ok()) << "the first one does not care";
}

TEST_F(RunningTest, PolicyVersionsComeAndGoWhileItRunsAndWhileItDoesNot) {
  std::ifstream demo{std::string(DemoPolicy())};
  std::string policy{std::istreambuf_iterator<char>(demo), {}};
  const std::string step = "match_language: true, for: 3s}";
  ASSERT_NE(policy.find(step), std::string::npos);
  policy.replace(policy.find(step), step.size(), "match_language: true, for: 2s}");
  const std::string file = folder.File("other.yaml");
  std::ofstream(file) << policy;
  const auto policy_verb = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "policy");
    words.insert(words.end(), {"--tenant", "luna"});
    return RunToEnd(node.Verb(std::move(words)));
  };

  const Finished diff = policy_verb({"diff", file});
  EXPECT_EQ(diff.exit_code, 0) << diff.said;
  EXPECT_THAT(diff.said, HasSubstr("steps[0].for: 3s -> 2s"));
  const Finished stale = policy_verb({"apply", file, "--expect", "7"});
  EXPECT_EQ(stale.exit_code, 1);
  EXPECT_THAT(stale.said, HasSubstr("not 7"));
  EXPECT_THAT(policy_verb({"apply", file, "--stage", "10", "--by", "eva"}).said,
              HasSubstr("version 2, for 10 %"));
  EXPECT_THAT(policy_verb({"apply", file, "--by", "eva"}).said, HasSubstr("version 3"));
  EXPECT_THAT(policy_verb({"diff", file}).said, HasSubstr("no change"));
  EXPECT_THAT(policy_verb({"rollback", "--by", "leo"}).said, HasSubstr("version 4"));
  const Finished history = policy_verb({"history"});
  EXPECT_THAT(history.said, HasSubstr("leo (brings back 1)"));
  EXPECT_THAT(history.said, HasSubstr("was for 10 %"));

  const Finished taken = Centralita({"policy", "history", "--data", node.data()});
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_THAT(taken.said, HasSubstr("process"));
  EXPECT_EQ(node.Stop(), 0) << node.Said();
  const Finished stopped = Centralita({"policy", "rollback", "--data", node.data()});
  EXPECT_EQ(stopped.exit_code, 0) << stopped.said;
  EXPECT_THAT(stopped.said, HasSubstr("version 5"));
}

TEST_F(RunningTest, WrongKeysAndStrangersAreToldSo) {
  const Finished key =
      Centralita({"send", "--server", node.ingest(), "--api-key", "wrong", "hola"});
  EXPECT_EQ(key.exit_code, 1);
  EXPECT_THAT(key.said, HasSubstr("--api-key"));
  const Finished queues = Centralita({"queues", "--server", node.grpc(), "--api-key", "wrong"});
  EXPECT_EQ(queues.exit_code, 1);
  EXPECT_THAT(queues.said, HasSubstr("--api-key"));
  Child stranger(node.Verb({"agent", "--as", "nobody"}), folder.File("stranger.txt"));
  EXPECT_EQ(stranger.Wait(), 1) << stranger.Said();
  EXPECT_THAT(stranger.Said(), HasSubstr("nobody"));
  const Finished unknown = RunToEnd(node.Verb({"trace", "00000000-0000-0000-0000-000000000000"}));
  EXPECT_EQ(unknown.exit_code, 1);
  EXPECT_THAT(unknown.said, HasSubstr("00000000"));
}

TEST_F(RunningTest, AMessageIsSentTakenAnsweredResolvedAndExplained) {
  // In Bulgarian only Ivan can have it at once.
  Child agent(node.Verb({"agent", "--as", "ivan"}), folder.File("agent.txt"));
  ASSERT_TRUE(agent.Says("You are")) << agent.Said();

  const Finished sent =
      RunToEnd(node.Verb({"send", "--channel", "chat", "--handle", "elena@example.bg", "--id", "m1",
                          "Къде ми е поръчката? Чакам вече 5 дни"},
                         true));
  ASSERT_EQ(sent.exit_code, 0) << sent.said;
  const std::string id = PatternIn(sent.said, "message ([0-9a-f-]{36})");
  ASSERT_FALSE(id.empty()) << sent.said;

  ASSERT_TRUE(agent.Says("OFFER")) << agent.Said();
  ASSERT_TRUE(agent.Says("Къде ми е поръчката?")) << agent.Said();
  agent.Type("a\n");
  ASSERT_TRUE(agent.Says("is yours")) << agent.Said();

  const Finished queues = RunToEnd(node.Verb({"queues"}));
  EXPECT_EQ(queues.exit_code, 0);
  EXPECT_THAT(queues.said, HasSubstr("general"));
  EXPECT_THAT(queues.said, HasSubstr("1 active"));

  // Both lines in one piece, as a script writes them.
  agent.Type("r Здравейте, утре сте я получили.\ns\n");
  ASSERT_TRUE(node.Settled(1, std::chrono::seconds(20))) << node.Standing() << agent.Said();
  agent.Type("q\n");
  EXPECT_EQ(agent.Wait(), 0) << agent.Said();

  // The same delivery once more is the same message, and no work.
  const Finished again =
      RunToEnd(node.Verb({"send", "--channel", "chat", "--handle", "elena@example.bg", "--id", "m1",
                          "Къде ми е поръчката? Чакам вече 5 дни"},
                         true));
  EXPECT_EQ(PatternIn(again.said, "message ([0-9a-f-]{36})"), id) << again.said;
  EXPECT_TRUE(Eventually([&] {
    const auto overview = node.Overview();
    return overview.ok() && overview->messages().duplicates() == 1;
  })) << node.Standing();

  const Finished trace = RunToEnd(node.Verb({"trace", id}));
  EXPECT_EQ(trace.exit_code, 0) << trace.said;
  for (const char* word : {"accepted as   inbound", "ivan", id.c_str()})
    EXPECT_THAT(trace.said, HasSubstr(word));
  const Finished explain = RunToEnd(node.Verb({"explain", id}));
  EXPECT_EQ(explain.exit_code, 0) << explain.said;
  EXPECT_THAT(explain.said, HasSubstr("everything_else")) << "the rule that was taken";
  EXPECT_THAT(explain.said, HasSubstr("winner ivan"));
}

TEST_F(RunningTest, ClocksOfAConversationAndWhatRingsNextAreShown) {
  const Finished sent = RunToEnd(node.Verb(
      {"send", "--channel", "whatsapp", "--handle", "+34600000001", "--id", "m1", "hola"}, true));
  const std::string id = PatternIn(sent.said, "message ([0-9a-f-]{36})");
  ASSERT_FALSE(id.empty()) << sent.said;
  std::string conversation;
  ASSERT_TRUE(Eventually([&] {
    conversation =
        PatternIn(RunToEnd(node.Verb({"trace", id})).said, "conversation +([0-9a-f-]{36})");
    return !conversation.empty();
  }));
  Finished list;
  ASSERT_TRUE(Eventually([&] {
    list = RunToEnd(node.Verb({"sla", "list", "--limit", "1"}));
    return list.said.find(conversation) != std::string::npos;
  })) << list.said;
  EXPECT_THAT(list.said, HasSubstr("More: --page '"));
  const Finished next = RunToEnd(node.Verb(
      {"sla", "list", "--limit", "1", "--page", PatternIn(list.said, "--page '([^']+)'")}));
  EXPECT_EQ(next.exit_code, 0) << next.said;
  const Finished show = RunToEnd(node.Verb({"sla", "show", conversation.substr(0, 13)}));
  EXPECT_EQ(show.exit_code, 0) << show.said;
  for (const char* words :
       {"first_response", "resolution", "reply_window", "running", "NEXT", "PARTITION"}) {
    EXPECT_THAT(show.said, HasSubstr(words));
  }
  const Finished peek = RunToEnd(node.Verb({"sla", "peek"}));
  EXPECT_EQ(peek.exit_code, 0) << peek.said;
  EXPECT_THAT(peek.said, HasSubstr("BEHIND"));
  EXPECT_EQ(Centralita({"sla", "peek", "--server", node.grpc(), "--api-key", "wrong"}).exit_code,
            1);
}

TEST_F(RunningTest, LinesFromStandardInputAreSentAndBadOnesNamed) {
  std::vector<std::string> words = node.Verb({"send", "--file", "-"}, true);
  const std::string line =
      R"({"channel":"chat","account":"a","handle":"h","provider_message_id":"p1","text":"hola"})";
  const Finished sent = RunToEnd(words, line + "\nno json\n");
  EXPECT_THAT(sent.said, HasSubstr("1 accepted, 1 refused"));
  EXPECT_THAT(sent.said, HasSubstr("line 2"));
  EXPECT_EQ(sent.exit_code, 1) << "a script must notice";
}

}  // namespace
}  // namespace centralita::e2e
