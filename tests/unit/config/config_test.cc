#include "centralita/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "centralita/base/error.h"

namespace centralita::config {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Settings {
  uint16_t port = 8080;
  base::Duration deadline{5000};
  std::string host = "127.0.0.1";
  std::string token;
  bool tls = false;
  std::vector<std::string> brokers = {"a:1", "b:2"};
  int64_t limit = -1;

  void Bind(Config& config) {
    config.Add("http", "The HTTP API.")
        .Add("port", port, "TCP port; 0 takes a free one.")
        .Add("deadline", deadline, "Limit of one request.", AtLeast(1ms))
        .Add("host", host, "Address to listen on.", NotEmpty())
        .AddSecret("token", token, "Token of the operators.");
    config.Add("sla_timer", "The alarm clock.")
        .Add("tls", tls, "Whether to speak TLS.")
        .Add("brokers", brokers, "Where to connect.")
        .Add("limit", limit, "A bound.", Between(-5, 5));
  }
};

struct Loaded {
  Settings settings;
  Config config;
  absl::Status status;

  explicit Loaded(const Sources& sources) {
    settings.Bind(config);
    status = config.Load(sources);
  }
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream stream{std::string(status.message())};
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }
};

Sources Yaml(std::string text) { return {"c.yaml", std::move(text), {}, {}}; }

// A file that goes when the test does.
class TemporaryFile final {
 public:
  explicit TemporaryFile(std::string_view content) {
    std::string name = (std::filesystem::temp_directory_path() / "config_test.XXXXXX").string();
    close(mkstemp(name.data()));
    path_ = name;
    std::ofstream(path_) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(ConfigTest, KeepsDefaultsWithoutSources) {
  const Loaded loaded({});
  ASSERT_TRUE(loaded.status.ok());
  EXPECT_EQ(loaded.settings.port, 8080);
  EXPECT_EQ(loaded.settings.brokers.size(), 2u);
}

TEST(ConfigTest, LaterSourcesWin) {
  Sources sources = Yaml("http: {port: 1, host: file, deadline: 1s}\nsla_timer: {brokers: [x]}\n");
  sources.environment = {{"CENTRALITA_HTTP__HOST", "env"},
                         {"CENTRALITA_HTTP__DEADLINE", "2s"},
                         {"CENTRALITA_SLA_TIMER__BROKERS", "p,q"},
                         {"CENTRALITA_INGEST_PORT", "tcp://10.0.0.1:80"},
                         {"HOME", "/root"}};
  sources.flags = {"--http.deadline=3s", "--sla_timer.tls=true", "--sla_timer.limit=-5"};
  const Loaded loaded(sources);
  ASSERT_TRUE(loaded.status.ok()) << loaded.status;
  EXPECT_EQ(loaded.settings.port, 1);
  EXPECT_EQ(loaded.settings.host, "env");
  EXPECT_EQ(loaded.settings.deadline, base::Duration(3000));
  EXPECT_THAT(loaded.settings.brokers, ElementsAre("p", "q"));
  EXPECT_TRUE(loaded.settings.tls);
  EXPECT_EQ(loaded.settings.limit, -5);
}

TEST(ConfigTest, ListsEveryProblemOfEverySource) {
  Sources sources = Yaml("http:\n  prot: 1\n  deadline: soon\nhtpp: {}\n");
  sources.environment = {{"CENTRALITA_HTTP__HOTS", "x"}};
  sources.flags = {"--http.port=70000", "--http.host=", "--sla-timer.tls=true", "--verbose",
                   "--sla_timer.limit=9"};
  const Loaded loaded(sources);
  EXPECT_EQ(loaded.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(loaded.status), "invalid_config");
  EXPECT_THAT(
      loaded.Lines(),
      ElementsAre("c.yaml:2: http.prot: unknown key; did you mean 'port'?",
                  "c.yaml:3: http.deadline: 'soon' is not a duration; write for example 250ms, "
                  "90s, 5m, 2h or 7d",
                  "c.yaml:4: htpp: unknown key; did you mean 'http'?",
                  "environment: CENTRALITA_HTTP__HOTS: section 'http' has no key 'hots'; did you "
                  "mean 'host'?",
                  "flags: --http.port: '70000' is out of range",
                  "flags: --http.host: must not be empty",
                  "flags: --sla-timer.tls: there is no section 'sla-timer'; did you mean "
                  "'sla_timer'?",
                  "flags: --verbose: is no setting; write --section.key=value",
                  "flags: --sla_timer.limit: '9' is not from -5 to 5"));
}

TEST(ConfigTest, RefusesAValueThatIsSetTwiceInOneSource) {
  Sources sources;
  sources.flags = {"--http.port=1", "--http.port=2"};
  EXPECT_THAT(Loaded(sources).Lines(), ElementsAre("flags: --http.port: is set twice; remove one"));
}

TEST(ConfigTest, ReadsASecretFromAFileWithoutItsLineEnd) {
  const TemporaryFile file("s3cret\r\n");
  const Loaded loaded(Yaml("http: {token_file: " + file.path() + "}\n"));
  ASSERT_TRUE(loaded.status.ok()) << loaded.status;
  EXPECT_EQ(loaded.settings.token, "s3cret");
  EXPECT_THAT(loaded.config.Print(), HasSubstr("  token_file: " + file.path() + "\n"));
  EXPECT_THAT(loaded.config.Print(), Not(HasSubstr("s3cret")));
}

TEST(ConfigTest, SaysWhichSecretFileCannotBeRead) {
  EXPECT_THAT(Loaded(Yaml("http:\n  token_file: /no/such\n")).Lines(),
              ElementsAre("c.yaml:2: http.token_file: cannot read /no/such: No such file or "
                          "directory"));
  const TemporaryFile empty("\n");
  EXPECT_THAT(Loaded(Yaml("http:\n  token_file: " + empty.path() + "\n")).Lines(),
              ElementsAre(HasSubstr("is empty; write the secret into it")));
  EXPECT_THAT(Loaded(Yaml("http: {token_file: /tmp}\n")).Lines(),
              ElementsAre(HasSubstr("cannot read /tmp: Is a directory")));
}

TEST(ConfigTest, RefusesASecretGivenBothWays) {
  const TemporaryFile file("a");
  EXPECT_THAT(Loaded(Yaml("http: {token: x, token_file: " + file.path() + "}\n")).Lines(),
              ElementsAre(HasSubstr("set 'token' or 'token_file', and only once")));
}

TEST(ConfigTest, NeverPrintsASecret) {
  const Loaded loaded(Yaml("http: {token: s3cret}\n"));
  EXPECT_THAT(loaded.config.Print(), Not(HasSubstr("s3cret")));
  EXPECT_THAT(loaded.config.Print(), HasSubstr("  # token: (set, not shown)\n"));
}

TEST(ConfigTest, ReadsBackWhatItPrints) {
  Sources sources;
  sources.flags = {"--http.deadline=90s", "--http.host=a \"b\" \\ # c: ñ \n\t~",
                   "--sla_timer.brokers=null,-x,true,[y]", "--sla_timer.limit=-3"};
  const Loaded first(sources);
  ASSERT_TRUE(first.status.ok()) << first.status;
  const Loaded second(Yaml(first.config.Print()));
  ASSERT_TRUE(second.status.ok()) << second.status << first.config.Print();
  EXPECT_EQ(second.config.Print(), first.config.Print());
  EXPECT_EQ(second.settings.host, first.settings.host);
  EXPECT_EQ(second.settings.brokers, first.settings.brokers);
  EXPECT_EQ(second.settings.limit, -3);
}

TEST(ConfigTest, ReadsBackAnEmptyList) {
  const Loaded first(Yaml("sla_timer: {brokers: []}\n"));
  ASSERT_TRUE(first.status.ok()) << first.status;
  EXPECT_TRUE(first.settings.brokers.empty());
  const Loaded second(Yaml(first.config.Print()));
  EXPECT_TRUE(second.settings.brokers.empty());
}

TEST(ConfigTest, PrintsADescriptionAboveEachKey) {
  const Loaded loaded({});
  EXPECT_EQ(loaded.config.Print(),
            "# The HTTP API.\n"
            "http:\n"
            "  # TCP port; 0 takes a free one.\n"
            "  port: 8080\n"
            "  # Limit of one request.\n"
            "  deadline: 5s\n"
            "  # Address to listen on.\n"
            "  host: 127.0.0.1\n"
            "  # Token of the operators.\n"
            "  # token: (not set)\n"
            "\n"
            "# The alarm clock.\n"
            "sla_timer:\n"
            "  # Whether to speak TLS.\n"
            "  tls: false\n"
            "  # Where to connect.\n"
            "  brokers: [\"a:1\", \"b:2\"]\n"
            "  # A bound.\n"
            "  limit: -1\n");
}

}  // namespace
}  // namespace centralita::config
