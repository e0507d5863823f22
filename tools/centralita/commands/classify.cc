// centralita classify: what each line is about, without any server.
#include "centralita/text/classify.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "centralita/app/policy_document.h"
#include "centralita/base/clock.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/classifier/model_source.h"
#include "centralita/policy/names.h"
#include "client/classify_json.h"
#include "client/endpoint.h"
#include "commands/commands.h"
#include "views/classification_view.h"

namespace centralita::commands {
namespace {

// What a policy that does not say has.
constexpr int32_t kBasePriority = 100;

struct Options {
  std::string policy;
  std::string tenant;
  std::string model = classifier::kDefaultModel;
  bool explain = false;
};

// The classifiers of a policy's tenants; without a policy there are no rules, and one for all.
class Classifiers {
 public:
  static absl::StatusOr<Classifiers> Load(const Options& options) {
    Classifiers made;
    std::shared_ptr<const model::Model> model;
    if (options.model != classifier::kNoModel) {
      const std::string path = options.model == classifier::kDefaultModel
                                   ? classifier::DefaultModelPath()
                                   : options.model;
      if (path.empty()) {
        return base::Error(absl::StatusCode::kNotFound, "no_default_model",
                           "The default model is not beside this program: build the target "
                           "`default_model`, or name one with --model (or none)");
      }
      ABSL_ASSIGN_OR_RETURN(model, classifier::LoadModel(path));
    }
    if (options.policy.empty()) {
      policy::v1::ClassifierSection section;
      for (const auto& intent : policy::DefaultIntents()) section.add_intents(std::string(intent));
      section.set_base_priority(kBasePriority);
      made.by_tenant_[""] =
          std::make_unique<text::Classifier>(section, std::vector<std::string>(), 0, model);
      return made;
    }
    ABSL_ASSIGN_OR_RETURN(const auto document, app::PolicyDocument::ReadFile(options.policy));
    for (const std::string& tenant : document.Tenants()) made.Add(document, tenant, model);
    made.default_ = options.tenant.empty() ? document.Tenants().front() : options.tenant;
    if (made.by_tenant_.contains(made.default_)) return made;
    return base::Error(absl::StatusCode::kNotFound, "unknown_tenant",
                       fmt::format("{} has no tenant '{}'", options.policy, made.default_));
  }

  // Null if there is no such tenant.
  const text::Classifier* Of(const std::string& tenant) const {
    const auto found =
        by_tenant_.find(tenant.empty() || by_tenant_.contains("") ? default_ : tenant);
    return found == by_tenant_.end() ? nullptr : found->second.get();
  }

 private:
  void Add(const app::PolicyDocument& document, const std::string& tenant,
           const std::shared_ptr<const model::Model>& model) {
    policy::v1::ClassifierSection section;
    std::vector<std::string> languages;
    for (const policy::v1::PolicySection& part : document.Compile(tenant, 0)) {
      if (part.has_classifier()) section = part.classifier();
      if (part.has_tenant_section()) {
        languages.assign(part.tenant_section().languages().begin(),
                         part.tenant_section().languages().end());
      }
    }
    by_tenant_[tenant] =
        std::make_unique<text::Classifier>(section, std::move(languages), 0, model);
  }

  std::string default_;
  std::map<std::string, std::unique_ptr<text::Classifier>> by_tenant_;
};

void PrintError(size_t number, const absl::Status& status, bool explain) {
  const auto what = status.message();
  const std::string message(what.data(), what.size());
  if (explain) {
    fmt::print("line {}: {}\n\n", number, message);
    return;
  }
  const nlohmann::ordered_json object = {
      {"line", number}, {"error", message}, {"code", base::ReasonOf(status)}};
  fmt::print("{}\n", object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

class Session {
 public:
  Session(const Classifiers& classifiers, bool explain)
      : classifiers_(classifiers), explain_(explain) {}

  absl::Status Classify(const std::string& json) {
    ABSL_ASSIGN_OR_RETURN(const client::TextToClassify line, client::ParseTextToClassify(json));
    const text::Classifier* classifier = classifiers_.Of(line.tenant);
    if (classifier == nullptr) {
      return base::Error(absl::StatusCode::kNotFound, "unknown_tenant",
                         fmt::format("tenant: the policy has no '{}'", line.tenant));
    }
    headers_.clear();
    for (const auto& header : line.headers) headers_.push_back({header.name(), header.value()});
    text::Input input;
    input.text = line.text;
    input.subject = line.subject;
    input.channel = line.channel;
    input.visibility = line.visibility;
    input.locale = line.locale;
    input.order_id = line.order_id;
    input.headers = headers_;
    input.now = clock_.Now();
    classifier->Classify(input, workspace_, said_);
    Print({line.text, line.subject});
    return absl::OkStatus();
  }

 private:
  void Print(const views::ClassifiedText& message) const {
    if (explain_) {
      fmt::print("{}\n", views::ClassificationText(said_, message));
      return;
    }
    fmt::print("{}\n", views::ClassificationJson(said_, message)
                           .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }

  const Classifiers& classifiers_;
  const bool explain_;
  base::SystemClock clock_;
  text::Workspace workspace_;
  classification::v1::Classification said_;
  std::vector<text::HeaderView> headers_;
};

int RunVerb(const Options& options) {
  const auto classifiers = Classifiers::Load(options);
  if (!classifiers.ok()) return client::Fail(classifiers.status());
  // So that it is known whether more has come already.
  std::ios::sync_with_stdio(false);
  if (isatty(STDIN_FILENO) != 0) {
    fmt::print(stderr, "Type lines such as {{\"text\": \"where is my order?\"}}; Ctrl-D ends.\n");
  }
  Session session(*classifiers, options.explain);
  size_t refused = 0;
  std::string line;
  for (size_t number = 1; std::getline(std::cin, line); ++number) {
    const absl::Status status = session.Classify(line);
    if (!status.ok()) {
      ++refused;
      PrintError(number, status, options.explain);
    }
    // Whoever asks line by line waits for the answer.
    if (std::cin.rdbuf()->in_avail() <= 0) std::fflush(stdout);
  }
  return refused == 0 ? 0 : 1;
}

}  // namespace

void AddClassify(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "classify",
      "What each line of JSON is about, in which language, how urgent; no server needed");
  verb->footer(
      "A line: {\"text\": \"...\"}, with channel, subject, locale, customer, tenant, headers, "
      "order_id, visibility\n"
      "if they are known; others are passed over. A bad line gives a line with `error` and `code`, "
      "the next one goes on,\n"
      "and the exit code is 1.\n"
      "Example: echo '{\"text\": \"¿dónde está mi pedido?\"}' | centralita classify --explain");
  verb->add_option("--policy", options->policy,
                   "Rules and priorities as in deploy/demo/policy.yaml (default: the model alone)");
  verb->add_option("--tenant", options->tenant,
                   "Whose rules, where a line does not say (default: the file's first)");
  verb->add_option("--model", options->model,
                   "Model file, `default` for the one built with this program, `none` for rules "
                   "alone")
      ->capture_default_str();
  verb->add_flag("--explain", options->explain, "For people rather than programs");
  verb->callback([options, &run] { run = [options] { return RunVerb(*options); }; });
}

}  // namespace centralita::commands
