// centralita agent --as NAME: be an agent, in the terminal.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "agents/agent_client.h"
#include "centralita/base/clock.h"
#include "centralita/base/uuid.h"
#include "client/endpoint.h"
#include "client/message_json.h"
#include "commands/commands.h"
#include "views/event_text.h"
#include "views/table.h"

namespace centralita::commands {
namespace {

constexpr char kHelp[] =
    "  a [N]         accept offer N            d [N]         decline it\n"
    "  r [N] TEXT    reply in conversation N   s [N] [INTENT] resolve it; INTENT if it was "
    "another\n"
    "  h [N]         hold: wait for customer   t [N] [POOL]  transfer it\n"
    "  l             list what you have        away, back    stop and start getting offers\n"
    "  q             leave                     ?             this\n"
    "N may be left out when there is only one.\n";

// What the agent has, by the numbers that he types; and how it is told.
class Desk final : public agents::AgentListener {
 public:
  void OnUpdate(gateway::v1::Update update) override {
    const std::scoped_lock lock(mutex_);
    using gateway::v1::Update;
    switch (update.kind_case()) {
      case Update::kWelcome:
        fmt::print("You are {} in pool {}, with {} units of capacity. ? for help.\n",
                   Name(update.welcome().display_name()), update.welcome().pool(),
                   update.welcome().capacity_units());
        break;
      case Update::kResync:
        items_.clear();
        for (const auto& offer : update.resync().offers()) Offered(offer);
        for (const auto& assigned : update.resync().assigned()) Assigned(assigned);
        break;
      case Update::kOffer:
        Offered(update.offer());
        break;
      case Update::kOfferWithdrawn:
        for (auto item = items_.begin(); item != items_.end(); ++item) {
          if (item->second.offer_id != update.offer_withdrawn().offer_id()) continue;
          fmt::print("[{}] the offer is gone: {}\n", item->first,
                     update.offer_withdrawn().reason());
          items_.erase(item);
          break;
        }
        break;
      case Update::kAssigned:
        Assigned(update.assigned());
        break;
      case Update::kUnassigned:
        if (const int n = NumberOf(update.unassigned().conversation_id()); n != 0) {
          fmt::print("[{}] is no longer yours: {}\n", n, update.unassigned().reason());
          items_.erase(n);
        }
        break;
      case Update::kMessagesAdded:
        if (const int n = NumberOf(update.messages_added().conversation_id()); n != 0) {
          fmt::print("[{}] the customer writes:\n", n);
          Messages(update.messages_added().messages());
        }
        break;
      case Update::kActionResult:
        if (update.action_result().has_error()) {
          fmt::print("Not done ({}): {}\n", update.action_result().error().code(),
                     update.action_result().error().message());
        } else {
          fmt::print("Done.\n");
          // Of what he ends himself he is told nothing else.
          if (ending_.contains(update.action_result().action_id()))
            items_.erase(NumberOf(update.action_result().conversation_id()));
        }
        ending_.erase(update.action_result().action_id());
        break;
      case Update::kClosing:
        fmt::print("The gateway closes: {}\n", update.closing().reason());
        break;
      case Update::KIND_NOT_SET:
        break;
    }
    std::fflush(stdout);
  }

  void OnClosed(const absl::Status& status) override {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
    status_ = status;
  }

  bool closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }
  absl::Status status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
  }

  struct Item {
    std::string conversation_id;
    std::string offer_id;  // empty once it is taken
    std::string about;
  };

  // By the number typed, or the only one that is (or is not) an offer.
  std::optional<Item> Find(const std::string& number, bool offer) const {
    const std::scoped_lock lock(mutex_);
    std::optional<Item> only;
    int fitting = 0;
    for (const auto& [n, item] : items_) {
      if (item.offer_id.empty() == offer) continue;
      if (number == std::to_string(n)) return item;
      only = item;
      ++fitting;
    }
    return number.empty() && fitting == 1 ? only : std::nullopt;
  }

  bool IsNumber(const std::string& word) const {
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  }

  // Done, this action leaves him without its conversation.
  void NoteEnding(const std::string& action_id) {
    const std::scoped_lock lock(mutex_);
    ending_.insert(action_id);
  }

  void List() const {
    const std::scoped_lock lock(mutex_);
    if (items_.empty()) fmt::print("You have nothing.\n");
    for (const auto& [n, item] : items_) {
      fmt::print("[{}] {}  {}\n", n, item.offer_id.empty() ? "yours  " : "offered", item.about);
    }
  }

 private:
  static std::string Name(const std::string& name) { return views::Shorten(name, 40); }

  int NumberOf(const std::string& conversation_id) const {
    for (const auto& [n, item] : items_) {
      if (item.conversation_id == conversation_id) return n;
    }
    return 0;
  }

  int Place(const std::string& conversation_id) {
    const int known = NumberOf(conversation_id);
    return known != 0 ? known : next_++;
  }

  static std::string About(const gateway::v1::WorkView& work) {
    std::string tags;
    for (const auto& tag : work.facts().tags()) tags += " " + tag;
    return fmt::format("{} ({}), priority {},{} queue {}", work.facts().intent(),
                       work.facts().language(), work.facts().priority(),
                       tags.empty() ? "" : tags + ",", work.queue());
  }

  static void Messages(
      const google::protobuf::RepeatedPtrField<gateway::v1::MessageView>& messages) {
    for (const auto& message : messages) {
      fmt::print("      {} {}: {}\n", client::ChannelName(message.channel()),
                 views::Shorten(message.handle(), 30),
                 message.text().empty() ? "(the text has not come yet)"
                                        : views::Shorten(message.text(), 400));
    }
  }

  void Offered(const gateway::v1::Offer& offer) {
    const int n = Place(offer.work().conversation_id());
    items_[n] = {offer.work().conversation_id(), offer.offer_id(), About(offer.work())};
    fmt::print("\n[{}] OFFER until {}: {}\n", n,
               base::FormatUtc(base::FromUnixMillis(offer.lease_until_unix_ms())).substr(11, 8),
               About(offer.work()));
    Messages(offer.work().messages());
    fmt::print("{}", views::DescribeDecision(offer.decision()));
  }

  void Assigned(const gateway::v1::Assigned& assigned) {
    const int n = Place(assigned.work().conversation_id());
    items_[n] = {assigned.work().conversation_id(), "", About(assigned.work())};
    fmt::print("[{}] is yours{}.\n", n, assigned.held() ? " (on hold)" : "");
  }

  mutable std::mutex mutex_;
  std::map<int, Item> items_;
  // Actions without an answer.
  std::set<std::string> ending_;
  int next_ = 1;
  bool closed_ = false;
  absl::Status status_;
};

struct Options {
  client::Endpoint endpoint;
  std::string name;
  std::string token;
};

class Terminal final {
 public:
  explicit Terminal(Options& options) : options_(options) {}

  int Run() {
    if (absl::Status status = options_.endpoint.Complete(); !status.ok())
      return client::Fail(status);
    client_ = agents::AgentClient::Connect(
        options_.endpoint.Connect(),
        {options_.endpoint.tenant, options_.endpoint.api_key, options_.token}, options_.name,
        desk_);
    while (!desk_.closed()) {
      if (Listen()) continue;
      client_->SetStatus(commands::v1::PRESENCE_STATUS_OFFLINE);
      client_->Close();
      break;
    }
    while (!desk_.closed()) poll(nullptr, 0, 20);
    const absl::Status status = desk_.status();
    client_.reset();
    return status.ok() ? 0 : client::Fail(status);
  }

 private:
  // Handles the lines that came within a moment. False: leave. Not by std::cin, which would keep to
  // itself what comes with the first line.
  bool Listen() {
    pollfd in{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (poll(&in, 1, 200) <= 0) return true;
    char bytes[4096];
    const ssize_t got = read(STDIN_FILENO, bytes, sizeof(bytes));
    if (got <= 0) return got < 0 && errno == EINTR;
    typed_.append(bytes, static_cast<size_t>(got));
    for (size_t end = typed_.find('\n'); end != std::string::npos; end = typed_.find('\n')) {
      const std::string line = typed_.substr(0, end);
      typed_.erase(0, end + 1);
      if (!Handle(line)) return false;
      std::fflush(stdout);
    }
    return true;
  }

  // False: leave.
  bool Handle(const std::string& line) {
    std::vector<std::string> words;
    std::string rest = line;
    const auto next = [&rest] {
      const size_t begin = rest.find_first_not_of(' ');
      if (begin == std::string::npos) {
        rest.clear();
        return std::string();
      }
      const size_t end = rest.find(' ', begin);
      std::string word = rest.substr(begin, end == std::string::npos ? end : end - begin);
      rest = end == std::string::npos ? "" : rest.substr(end + 1);
      return word;
    };
    const std::string verb = next();
    if (verb.empty()) return true;
    if (verb == "q") return false;
    if (verb == "l") {
      desk_.List();
    } else if (verb == "away" || verb == "back") {
      client_->SetStatus(verb == "away" ? commands::v1::PRESENCE_STATUS_AWAY
                                        : commands::v1::PRESENCE_STATUS_AVAILABLE);
    } else if (verb.size() == 1 && std::string("adrsht").find(verb) != std::string::npos) {
      const std::string before = rest;
      std::string number = next();
      if (!desk_.IsNumber(number)) {
        number.clear();
        rest = before;
      }
      Act(verb.front(), number, rest);
    } else {
      fmt::print("{}", kHelp);
    }
    return true;
  }

  void Act(char verb, const std::string& number, const std::string& rest) {
    const auto item = desk_.Find(number, verb == 'a' || verb == 'd');
    if (!item) {
      fmt::print("Which one? `l` lists what you have.\n");
      return;
    }
    gateway::v1::Action action;
    action.set_action_id(base::RandomUuid());
    action.set_conversation_id(item->conversation_id);
    switch (verb) {
      case 'a':
        action.mutable_accept()->set_offer_id(item->offer_id);
        break;
      case 'd':
        action.mutable_decline()->set_offer_id(item->offer_id);
        break;
      case 'r':
        if (rest.empty()) {
          fmt::print("Write what to say: r {} I have looked into it\n", number);
          return;
        }
        action.mutable_reply()->set_text(rest);
        break;
      case 's':
        action.mutable_resolve()->set_intent(rest.substr(0, rest.find(' ')));
        break;
      case 'h':
        action.mutable_hold();
        break;
      default:
        action.mutable_transfer()->set_to_pool(rest);
        break;
    }
    if (action.has_resolve() || action.has_transfer()) desk_.NoteEnding(action.action_id());
    client_->Act(std::move(action));
  }

  Options& options_;
  Desk desk_;
  // Of a line that has not ended.
  std::string typed_;
  std::unique_ptr<agents::AgentClient> client_;
};

}  // namespace

void AddAgent(CLI::App& app, Run& run) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand(
      "agent", "Be an agent in the terminal: see offers and why, accept, reply, resolve");
  verb->footer("Keys, once connected:\n" + std::string(kHelp) +
               "Example: centralita agent --api-key luna-demo-key --as carmen");
  verb->add_option("--as", options->name, "The agent's id in the policy")->required();
  verb->add_option("--token", options->token, "The agent's own token, in place of the API key");
  options->endpoint.AddOptions(*verb);
  verb->callback([options, &run] { run = [options] { return Terminal(*options).Run(); }; });
}

}  // namespace centralita::commands
