// The rival of the cluster's benchmark: a copy by bare librdkafka, with nothing done to the
// records.
//
//   kafka_copy copy --brokers B --like TOPIC ...   a generator writes the first topic, a reader for
//       each topic but the last copies it into the next, and a reader counts the last; --extra more
//       readers only read. One process; prints one line of JSON when the last reader has them all.
//   kafka_copy ends --brokers B TOPIC...           how many records were ever appended to each.
//
// Its settings are those that were fastest of what was tried on two processors (see README.md);
// acks=all and idempotence stay, since that is what Centralita promises. librdkafka is used as it
// is, and not through libs/eventlog, since that is what is being measured against.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using Settings = std::map<std::string, std::string>;

constexpr int kPollMs = 100;
constexpr int kRequestMs = 20'000;
constexpr size_t kBatch = 1000;
// Acks are served after so many appends.
constexpr uint64_t kServeEvery = 1024;

struct Options {
  std::string brokers;
  std::string like;
  std::string prefix = "copy";
  int topics = 4;
  int extra = 0;
  int partitions = 6;
  uint64_t messages = 200'000;
  int seconds = 120;
  Settings producer = {{"acks", "all"},
                       {"enable.idempotence", "true"},
                       {"linger.ms", "5"},
                       {"compression.type", "lz4"},
                       {"batch.num.messages", "10000"},
                       {"queue.buffering.max.messages", "100000"},
                       {"delivery.report.only.error", "true"},
                       {"socket.nagle.disable", "true"}};
  Settings consumer = {{"enable.auto.commit", "false"},
                       {"auto.offset.reset", "earliest"},
                       {"fetch.wait.max.ms", "20"},
                       {"fetch.queue.backoff.ms", "5"},
                       {"fetch.message.max.bytes", "1048576"},
                       {"queued.max.messages.kbytes", "16384"},
                       {"socket.nagle.disable", "true"}};
  std::vector<std::string> names;
};

[[noreturn]] void Die(const std::string& why) {
  fmt::print(stderr, "kafka_copy: {}\n", why);
  std::exit(1);
}

template <auto kRelease>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    kRelease(object);
  }
};
using Client = std::unique_ptr<rd_kafka_t, Release<rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Release<rd_kafka_queue_destroy>>;
using Topic = std::unique_ptr<rd_kafka_topic_t, Release<rd_kafka_topic_destroy>>;
using List = std::unique_ptr<rd_kafka_topic_partition_list_t,
                             Release<rd_kafka_topic_partition_list_destroy>>;

void Failed(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
    Die(fmt::format("an append failed: {}", rd_kafka_err2str(message->err)));
}

Client Open(rd_kafka_type_t type, const std::string& brokers, const Settings& settings) {
  std::array<char, 512> error{};
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  Settings all = settings;
  all["bootstrap.servers"] = brokers;
  if (type == RD_KAFKA_CONSUMER) all["group.id"] = "kafka-copy";
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK)
      Die(error.data());
  }
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf, &Failed);
  rd_kafka_t* const client = rd_kafka_new(type, conf, error.data(), error.size());
  if (client == nullptr) Die(error.data());
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client);
  return Client(client);
}

std::string NameOf(const Options& options, int topic) {
  return fmt::format("{}-{}-{}", options.prefix, options.topics, topic);
}

int PartitionsOf(rd_kafka_t* client, const std::string& topic) {
  const Topic handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(client, 0, handle.get(), &metadata, kRequestMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Die(rd_kafka_err2str(error));
  const int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  if (count == 0) Die(fmt::format("there is no topic {}", topic));
  return count;
}

// From the beginning on.
void ReadAll(rd_kafka_t* client, const std::string& topic) {
  const List list(rd_kafka_topic_partition_list_new(8));
  for (int i = 0, count = PartitionsOf(client, topic); i < count; ++i)
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  const auto error = rd_kafka_assign(client, list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Die(rd_kafka_err2str(error));
}

void CreateTopics(const Options& options) {
  const Client client = Open(RD_KAFKA_PRODUCER, options.brokers, {});
  std::array<char, 512> error{};
  std::vector<rd_kafka_NewTopic_t*> topics;
  for (int i = 0; i < options.topics; ++i) {
    rd_kafka_NewTopic_t* const topic = rd_kafka_NewTopic_new(
        NameOf(options, i).c_str(), options.partitions, 1, error.data(), error.size());
    if (topic == nullptr) Die(error.data());
    rd_kafka_NewTopic_set_config(topic, "message.timestamp.type", "LogAppendTime");
    topics.push_back(topic);
  }
  const Queue queue(rd_kafka_queue_new(client.get()));
  rd_kafka_CreateTopics(client.get(), topics.data(), topics.size(), nullptr, queue.get());
  rd_kafka_event_t* const event = rd_kafka_queue_poll(queue.get(), kRequestMs);
  if (event == nullptr) Die("the brokers did not answer when topics were to be made");
  size_t count = 0;
  const auto* const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
  for (size_t i = 0; i < count; ++i) {
    if (rd_kafka_topic_result_error(results[i]) != RD_KAFKA_RESP_ERR_NO_ERROR)
      Die(rd_kafka_topic_result_error_string(results[i]));
  }
  rd_kafka_event_destroy(event);
  rd_kafka_NewTopic_destroy_array(topics.data(), topics.size());
}

// Calls `take` for each record; ends when that says so, or dies after the limit.
template <typename Take>
void Consume(const Options& options, const std::string& topic, Take take) {
  const Client client = Open(RD_KAFKA_CONSUMER, options.brokers, options.consumer);
  ReadAll(client.get(), topic);
  const Queue queue(rd_kafka_queue_get_consumer(client.get()));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(options.seconds);
  std::array<rd_kafka_message_t*, kBatch> messages{};
  for (bool more = true; more;) {
    const ssize_t count =
        rd_kafka_consume_batch_queue(queue.get(), kPollMs, messages.data(), messages.size());
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t* const message = messages[static_cast<size_t>(i)];
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) Die(rd_kafka_message_errstr(message));
      more = more && take(*message);
      rd_kafka_message_destroy(message);
    }
    if (std::chrono::steady_clock::now() > until)
      Die(fmt::format("{} was not read to its end in {} s", topic, options.seconds));
  }
}

class Appender final {
 public:
  Appender(const Options& options, const std::string& topic)
      : client_(Open(RD_KAFKA_PRODUCER, options.brokers, options.producer)),
        topic_(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr)) {}

  void Append(int32_t partition, const void* value, size_t size, const void* key, size_t key_size) {
    while (rd_kafka_produce(topic_.get(), partition, RD_KAFKA_MSG_F_COPY, const_cast<void*>(value),
                            size, key, key_size, nullptr) != 0) {
      if (rd_kafka_last_error() != RD_KAFKA_RESP_ERR__QUEUE_FULL)
        Die(rd_kafka_err2str(rd_kafka_last_error()));
      rd_kafka_poll(client_.get(), 1);
    }
    if (++appended_ % kServeEvery == 0) rd_kafka_poll(client_.get(), 0);
  }
  void Flush() {
    if (rd_kafka_flush(client_.get(), kRequestMs) != RD_KAFKA_RESP_ERR_NO_ERROR)
      Die("the last appends were not acknowledged");
  }

 private:
  Client client_;
  Topic topic_;
  uint64_t appended_ = 0;
};

struct Sample {
  std::string key;
  std::string value;
};

// What Centralita's own senders wrote there: the very same bytes.
std::vector<Sample> ReadSamples(const Options& options) {
  std::vector<Sample> samples;
  uint64_t there = 0;
  {
    const Client client = Open(RD_KAFKA_CONSUMER, options.brokers, options.consumer);
    for (int i = 0, count = PartitionsOf(client.get(), options.like); i < count; ++i) {
      int64_t low = 0;
      int64_t high = 0;
      rd_kafka_query_watermark_offsets(client.get(), options.like.c_str(), i, &low, &high,
                                       kRequestMs);
      there += static_cast<uint64_t>(high - low);
    }
  }
  const uint64_t wanted = std::min(there, options.messages);
  if (wanted == 0) Die(fmt::format("{} is empty", options.like));
  Consume(options, options.like, [&](const rd_kafka_message_t& message) {
    samples.push_back({std::string(static_cast<const char*>(message.key), message.key_len),
                       std::string(static_cast<const char*>(message.payload), message.len)});
    return samples.size() < wanted;
  });
  return samples;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void Copy(const Options& options) {
  const std::vector<Sample> samples = ReadSamples(options);
  uint64_t bytes = 0;
  for (const Sample& sample : samples) bytes += sample.key.size() + sample.value.size();
  CreateTopics(options);
  const double cpu = CpuSeconds();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int topic = 0; topic < options.topics; ++topic) {
    threads.emplace_back([&options, topic] {
      std::unique_ptr<Appender> next;
      if (topic + 1 < options.topics)
        next = std::make_unique<Appender>(options, NameOf(options, topic + 1));
      uint64_t count = 0;
      Consume(options, NameOf(options, topic), [&](const rd_kafka_message_t& message) {
        if (next != nullptr)
          next->Append(message.partition, message.payload, message.len, message.key,
                       message.key_len);
        return ++count < options.messages;
      });
      if (next != nullptr) next->Flush();
    });
  }
  for (int i = 0; i < options.extra; ++i) {
    threads.emplace_back([&options, i] {
      uint64_t count = 0;
      Consume(options, NameOf(options, i % options.topics),
              [&](const rd_kafka_message_t&) { return ++count < options.messages; });
    });
  }
  {
    Appender first(options, NameOf(options, 0));
    for (uint64_t i = 0; i < options.messages; ++i) {
      const Sample& sample = samples[i % samples.size()];
      first.Append(static_cast<int32_t>(i % static_cast<uint64_t>(options.partitions)),
                   sample.value.data(), sample.value.size(), sample.key.data(), sample.key.size());
    }
    first.Flush();
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  fmt::print(
      "{{\"topics\":{},\"readers\":{},\"messages\":{},\"bytes_each\":{:.0f},\"seconds\":{:.3f},"
      "\"rate\":{:.0f},\"cpu_us\":{:.2f}}}\n",
      options.topics, options.topics + options.extra, options.messages,
      static_cast<double>(bytes) / static_cast<double>(samples.size()), seconds,
      static_cast<double>(options.messages) / seconds,
      (CpuSeconds() - cpu) * 1e6 / static_cast<double>(options.messages));
}

void Ends(const Options& options) {
  const Client client = Open(RD_KAFKA_CONSUMER, options.brokers, {});
  for (const std::string& topic : options.names) {
    int64_t sum = 0;
    for (int i = 0, count = PartitionsOf(client.get(), topic); i < count; ++i) {
      int64_t low = 0;
      int64_t high = 0;
      const auto error =
          rd_kafka_query_watermark_offsets(client.get(), topic.c_str(), i, &low, &high, kRequestMs);
      if (error != RD_KAFKA_RESP_ERR_NO_ERROR) Die(rd_kafka_err2str(error));
      sum += high;
    }
    fmt::print("{} {}\n", topic, sum);
  }
}

// "name=value" over what is there.
void Override(Settings& settings, const std::vector<std::string>& pairs) {
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos) Die(fmt::format("'{}' is no name=value", pair));
    settings[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::vector<std::string> producer;
  std::vector<std::string> consumer;
  CLI::App app("A copy by bare librdkafka, to measure against");
  app.require_subcommand(1);
  CLI::App* const copy = app.add_subcommand("copy", "Copy records through topics");
  CLI::App* const ends = app.add_subcommand("ends", "How many records were appended to topics");
  for (CLI::App* const verb : {copy, ends})
    verb->add_option("--brokers", options.brokers, "host:port")->required();
  copy->add_option("--like", options.like, "A topic whose records are taken")->required();
  copy->add_option("--prefix", options.prefix, "Begins the new topics' names");
  copy->add_option("--topics", options.topics, "Through how many")->check(CLI::Range(1, 20));
  copy->add_option("--extra", options.extra, "More readers, which only read")
      ->check(CLI::Range(0, 20));
  copy->add_option("--partitions", options.partitions, "Of each")->check(CLI::Range(1, 100));
  copy->add_option("--messages", options.messages, "How many")->check(CLI::PositiveNumber);
  copy->add_option("--seconds", options.seconds, "At most")->check(CLI::PositiveNumber);
  copy->add_option("--producer", producer, "Settings of librdkafka, name=value");
  copy->add_option("--consumer", consumer, "Settings of librdkafka, name=value");
  ends->add_option("topics", options.names, "Which")->required();
  CLI11_PARSE(app, argc, argv);
  Override(options.producer, producer);
  Override(options.consumer, consumer);
  if (copy->parsed()) {
    Copy(options);
  } else {
    Ends(options);
  }
  return 0;
}
