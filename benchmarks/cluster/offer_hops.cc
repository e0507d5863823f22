// Where the time goes between a message that is due and its first offer, hop by hop: when each
// topic got its record, by the log's append times, and what senders and agents' clients wrote into
// their ledgers. All clocks are this machine's, in whole milliseconds, so no figure is off by more
// than one.
//
//   offer_hops --brokers B --senders FOLDER --agents FOLDER...   prints one line of JSON, and a
//       table on standard error
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "centralita/commands/v1/commands.pb.h"
#include "centralita/eventlog/kafka_log.h"
#include "centralita/events/v1/events.pb.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::bench {
namespace {

constexpr base::Duration kPoll{1'000};
constexpr int kSilentPolls = 30;

// Unix milliseconds, 0 while unknown.
struct Times {
  int64_t due = 0;
  int64_t acked = 0;
  int64_t inbound = 0;
  int64_t routing = 0;
  int64_t commands = 0;
  int64_t offered = 0;
  int64_t seen = 0;
};
using Journeys = base::StringMap<Times>;
using Visit = std::function<void(const eventlog::Record& record)>;

absl::Status ReadPartition(eventlog::EventLog& log, const eventlog::TopicPartition& partition,
                           const Visit& visit) {
  ABSL_ASSIGN_OR_RETURN(const auto range, log.Offsets(partition));
  ABSL_ASSIGN_OR_RETURN(const auto reader, log.Read({partition}, {}));
  ABSL_RETURN_IF_ERROR(reader->Seek(partition, range.begin));
  int silent = 0;
  for (uint64_t next = range.begin; next < range.end;) {
    ABSL_ASSIGN_OR_RETURN(const auto result, reader->Poll(kPoll));
    silent = result.batches.empty() ? silent + 1 : 0;
    if (silent == kSilentPolls) {
      return absl::UnavailableError(base::ToAbsl(
          fmt::format("{} partition {} gives nothing", partition.topic, partition.partition)));
    }
    for (const auto& batch : result.batches) {
      for (const auto& record : batch.records()) {
        visit(record);
        next = record.offset + 1;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ReadTopic(eventlog::EventLog& log, std::string_view topic, const Visit& visit) {
  ABSL_ASSIGN_OR_RETURN(const auto info, log.Describe(std::string(topic)));
  for (uint32_t p = 0; p < info.spec.partitions; ++p)
    ABSL_RETURN_IF_ERROR(ReadPartition(log, {std::string(topic), p}, visit));
  return absl::OkStatus();
}

template <typename Value>
std::optional<Value> Parse(const eventlog::Record& record) {
  Value value;
  if (!value.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
    return std::nullopt;
  return value;
}

// Each line of each file of a folder.
void ReadLedger(const std::filesystem::path& folder,
                const std::function<void(const nlohmann::json&)>& visit) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);) {
      // The last one may be cut short.
      const auto parsed = nlohmann::json::parse(line, nullptr, false);
      if (parsed.is_object()) visit(parsed);
    }
  }
}

class Reader final {
 public:
  void ReadSenders(const std::string& folder) {
    ReadLedger(folder, [this](const nlohmann::json& line) {
      if (!line.contains("message_id")) return;
      Times& times = journeys_[line["message_id"].get<std::string>()];
      times.due = line["t_ms"];
      times.acked = line["answered_ms"];
    });
  }

  void ReadAgents(const std::string& folder) {
    ReadLedger(folder, [this](const nlohmann::json& line) {
      if (line.value("kind", "") != "offer") return;
      for (const auto& id : line["message_ids"])
        Note(id.get<std::string>(), &Times::seen, line["t_ms"]);
    });
  }

  absl::Status ReadLog(eventlog::EventLog& log) {
    namespace topics = base::topics;
    ABSL_RETURN_IF_ERROR(ReadTopic(log, topics::kInbound, [this](const auto& record) {
      if (const auto message = Parse<message::v1::InboundMessage>(record))
        Note(message->message_id(), &Times::inbound, base::ToUnixMillis(record.append_time));
    }));
    ABSL_RETURN_IF_ERROR(ReadTopic(log, topics::kRouting, [this](const auto& record) {
      if (const auto routing = Parse<routing::v1::RoutingRecord>(record))
        Note(routing->tagged().message_id(), &Times::routing,
             base::ToUnixMillis(record.append_time));
    }));
    base::StringMap<std::string> first_of;
    ABSL_RETURN_IF_ERROR(ReadTopic(log, topics::kCommands, [&](const auto& record) {
      const auto command = Parse<commands::v1::Command>(record);
      if (!command) return;
      for (const auto& message : command->enqueue().messages()) {
        Note(message.message_id(), &Times::commands, base::ToUnixMillis(record.append_time));
        first_of.emplace(command->enqueue().conversation_id(), message.message_id());
      }
    }));
    return ReadTopic(log, topics::kEvents, [&](const auto& record) {
      const auto event = Parse<events::v1::Event>(record);
      if (!event || !event->has_offered()) return;
      const auto first = first_of.find(event->conversation_id());
      if (first != first_of.end())
        Note(first->second, &Times::offered, base::ToUnixMillis(record.append_time));
    });
  }

  const Journeys& journeys() const { return journeys_; }

 private:
  // The first time, of those that the senders know.
  void Note(const std::string& message_id, int64_t Times::*which, int64_t at) {
    const auto found = journeys_.find(message_id);
    if (found != journeys_.end() && found->second.*which == 0) found->second.*which = at;
  }

  Journeys journeys_;
};

struct Hop {
  const char* name;
  const char* meaning;
  int64_t Times::*from;
  int64_t Times::*to;
};

constexpr std::array kHops = {
    Hop{"due_to_ack", "sender: due to acknowledged", &Times::due, &Times::acked},
    Hop{"due_to_inbound", "sender, ingest: due to appended in inbound", &Times::due,
        &Times::inbound},
    Hop{"inbound_to_routing", "classifier: inbound to routing", &Times::inbound, &Times::routing},
    Hop{"routing_to_commands", "route: routing to commands", &Times::routing, &Times::commands},
    Hop{"commands_to_seen", "dispatch, gateway: commands to the agent's client", &Times::commands,
        &Times::seen},
    Hop{"commands_to_event", "dispatch: commands to the event that it is offered", &Times::commands,
        &Times::offered},
    Hop{"inbound_to_seen", "accepted (in the log) to offered", &Times::inbound, &Times::seen},
    Hop{"acked_to_seen", "accepted (acknowledged) to offered", &Times::acked, &Times::seen},
    Hop{"due_to_seen", "due to offered", &Times::due, &Times::seen},
};

void Print(const Journeys& journeys) {
  nlohmann::ordered_json result;
  fmt::print(stderr, "{:<52} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "milliseconds", "count", "p50",
             "p90", "p99", "longest");
  for (const Hop& hop : kHops) {
    std::vector<int64_t> took;
    for (const auto& [id, times] : journeys) {
      if (times.*hop.from != 0 && times.*hop.to != 0)
        took.push_back(times.*hop.to - times.*hop.from);
    }
    std::ranges::sort(took);
    // The nearest rank.
    const auto quantile = [&took](double part) {
      if (took.empty()) return int64_t{0};
      const auto rank = static_cast<size_t>(part * static_cast<double>(took.size()) + 0.5);
      return took[std::clamp<size_t>(rank, 1, took.size()) - 1];
    };
    result[hop.name] = {{"count", took.size()},
                        {"p50_ms", quantile(0.5)},
                        {"p90_ms", quantile(0.9)},
                        {"p99_ms", quantile(0.99)},
                        {"longest_ms", quantile(1)}};
    fmt::print(stderr, "{:<52} {:>8} {:>8} {:>8} {:>8} {:>8}\n", hop.meaning, took.size(),
               quantile(0.5), quantile(0.9), quantile(0.99), quantile(1));
  }
  fmt::print("{}\n", result.dump());
}

absl::Status Run(const std::string& brokers, const std::string& senders,
                 const std::vector<std::string>& agents) {
  const base::SystemClock clock;
  ABSL_ASSIGN_OR_RETURN(const auto log,
                        eventlog::OpenKafkaLog({.bootstrap_servers = brokers}, clock));
  Reader reader;
  reader.ReadSenders(senders);
  for (const std::string& folder : agents) reader.ReadAgents(folder);
  ABSL_RETURN_IF_ERROR(reader.ReadLog(*log));
  Print(reader.journeys());
  return absl::OkStatus();
}

}  // namespace
}  // namespace centralita::bench

int main(int argc, char** argv) {
  std::string brokers;
  std::string senders;
  std::vector<std::string> agents;
  CLI::App app("Where the time goes between a message that is due and its first offer");
  app.add_option("--brokers", brokers, "host:port")->required();
  app.add_option("--senders", senders, "The ledger of `centralita load`")->required();
  app.add_option("--agents", agents, "Ledgers of `centralita agents`")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = centralita::bench::Run(brokers, senders, agents);
  if (status.ok()) return 0;
  fmt::print(stderr, "offer_hops: {}\n", status.ToString());
  return 1;
}
