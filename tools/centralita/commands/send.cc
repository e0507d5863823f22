// centralita send: a text, a file or standard input as JSON lines.
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>

#include "centralita/base/clock.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/uuid.h"
#include "centralita/ingest/v1/ingest.grpc.pb.h"
#include "centralita/rpc/status.h"
#include "client/endpoint.h"
#include "client/message_json.h"
#include "commands/commands.h"

namespace centralita::commands {
namespace {

constexpr int kBatch = 200;

struct Options {
  client::Endpoint endpoint{client::Side::kIngest};
  std::string text;
  std::string file;
  std::string channel = "chat";
  std::string account = "cli";
  std::string handle = "me@cli.example";
  std::string subject;
  std::string id;
  bool is_public = false;
};

class SendRun final {
 public:
  explicit SendRun(const Options& options) : options_(options) {}

  int Run() {
    if (absl::Status status = options_.endpoint.Complete(); !status.ok())
      return client::Fail(status);
    stub_ = ingest::v1::IngestService::NewStub(options_.endpoint.Connect());
    const absl::Status status = options_.file.empty() ? SendText() : SendLines();
    if (!status.ok()) return client::Fail(status);
    return refused_ == 0 ? 0 : 1;
  }

 private:
  absl::Status SendText() {
    ingest::v1::NewMessage message;
    const auto channel = client::ChannelByName(options_.channel);
    if (!channel)
      return absl::InvalidArgumentError(fmt::format("'{}' is no channel.", options_.channel));
    message.set_channel(*channel);
    message.set_account(options_.account);
    message.set_handle(options_.handle);
    message.set_subject(options_.subject);
    message.set_text(options_.text);
    message.set_provider_message_id(options_.id.empty() ? base::RandomUuid() : options_.id);
    if (options_.is_public) message.set_visibility(common::v1::VISIBILITY_PUBLIC);
    *batch_.add_messages() = std::move(message);
    lines_.push_back(0);
    return Flush();
  }

  absl::Status SendLines() {
    std::ifstream file;
    if (options_.file != "-") {
      file.open(options_.file);
      if (!file)
        return absl::NotFoundError(fmt::format("The file {} cannot be read.", options_.file));
    }
    std::istream& in = options_.file == "-" ? std::cin : file;
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      if (line.empty()) continue;
      auto played = client::ParseMessage(line, clock_.Now());
      if (!played.ok()) {
        fmt::print(stderr, "line {}: not sent: {}\n", number,
                   std::string(played.status().message()));
        ++refused_;
        continue;
      }
      *batch_.add_messages() = std::move(played->message);
      lines_.push_back(number);
      if (batch_.messages_size() >= kBatch) ABSL_RETURN_IF_ERROR(Flush());
    }
    ABSL_RETURN_IF_ERROR(Flush());
    fmt::print("{} accepted, {} refused\n", accepted_, refused_);
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (batch_.messages().empty()) return absl::OkStatus();
    grpc::ClientContext context;
    options_.endpoint.Prepare(context);
    ingest::v1::SubmitBatchResponse response;
    const grpc::Status status = stub_->SubmitBatch(&context, batch_, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    for (int i = 0; i < response.results_size(); ++i)
      Tell(lines_[static_cast<size_t>(i)], response.results(i));
    batch_.Clear();
    lines_.clear();
    return absl::OkStatus();
  }

  void Tell(int line, const ingest::v1::ItemResult& result) {
    const std::string where = line == 0 ? "" : fmt::format("line {}: ", line);
    if (result.has_error()) {
      ++refused_;
      fmt::print(stderr, "{}refused ({}): {}\n", where, result.error().code(),
                 result.error().message());
      return;
    }
    ++accepted_;
    if (line == 0) {
      fmt::print("accepted: message {} of customer {}\nfollow it: centralita trace {}\n",
                 result.message_id(), result.customer_id(), result.message_id());
    }
  }

  Options options_;
  base::SystemClock clock_;
  std::unique_ptr<ingest::v1::IngestService::Stub> stub_;
  ingest::v1::SubmitBatchRequest batch_;
  std::vector<int> lines_;
  uint64_t accepted_ = 0;
  uint64_t refused_ = 0;
};

}  // namespace

void AddSend(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      app.add_subcommand("send", "Send messages as a customer: a text, or JSON lines of a file");
  verb->footer(
      "Examples:\n"
      "  centralita send --api-key luna-demo-key --channel whatsapp --handle +34600111222 \"¿dónde "
      "está mi pedido?\"\n"
      "  centralita send --api-key luna-demo-key --file deploy/demo/messages.jsonl\n"
      "  cat messages.jsonl | centralita send --api-key luna-demo-key --file -\n"
      "A line is an object with channel, account, handle, provider_message_id, text, and more "
      "(README of ingest).");
  auto* text = verb->add_option("text", options->text, "What the customer says");
  auto* file = verb->add_option("--file", options->file, "JSON lines; - for standard input");
  text->excludes(file);
  verb->add_option("--channel", options->channel, "chat, email, whatsapp, ...")
      ->capture_default_str();
  verb->add_option("--account", options->account, "The shop's account on that channel")
      ->capture_default_str();
  verb->add_option("--handle", options->handle, "The customer's name on that channel")
      ->capture_default_str();
  verb->add_option("--subject", options->subject, "For e-mails");
  verb->add_option("--id", options->id,
                   "The channel's own id of the message; the same again is the same message");
  verb->add_flag("--public", options->is_public, "Others can read it");
  options->endpoint.AddOptions(*verb);
  verb->callback([options, &run] {
    if (options->text.empty() && options->file.empty())
      throw CLI::RequiredError("a text or --file");
    run = [options] { return SendRun(*options).Run(); };
  });
}

}  // namespace centralita::commands
