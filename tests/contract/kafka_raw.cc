#include "tests/contract/kafka_raw.h"

#include <librdkafka/rdkafka.h>

#include <memory>

namespace centralita::contract {
namespace {

constexpr int kTimeoutMs = 20'000;

struct Client {
  explicit Client(const std::string& bootstrap) {
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap.c_str(), nullptr, 0);
    handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, nullptr, 0);
    queue = rd_kafka_queue_new(handle);
  }
  ~Client() {
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(handle);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The answer to what was asked; its error, or that of its only topic.
  absl::Status Wait() const {
    rd_kafka_event_t* const event = rd_kafka_queue_poll(queue, kTimeoutMs);
    if (event == nullptr) return absl::UnavailableError("no answer");
    rd_kafka_resp_err_t error = rd_kafka_event_error(event);
    size_t count = 0;
    const rd_kafka_topic_result_t** topics = nullptr;
    if (const auto* created = rd_kafka_event_CreateTopics_result(event); created != nullptr)
      topics = rd_kafka_CreateTopics_result_topics(created, &count);
    if (const auto* deleted = rd_kafka_event_DeleteTopics_result(event); deleted != nullptr)
      topics = rd_kafka_DeleteTopics_result_topics(deleted, &count);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && count == 1)
      error = rd_kafka_topic_result_error(topics[0]);
    rd_kafka_event_destroy(event);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
    return absl::InternalError(rd_kafka_err2str(error));
  }

  rd_kafka_t* handle = nullptr;
  rd_kafka_queue_t* queue = nullptr;
};

}  // namespace

absl::Status CreateTopicInKafka(const std::string& bootstrap, const std::string& topic,
                                int partitions,
                                const std::map<std::string, std::string>& settings) {
  const Client client(bootstrap);
  rd_kafka_NewTopic_t* created = rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, nullptr, 0);
  for (const auto& [name, value] : settings)
    rd_kafka_NewTopic_set_config(created, name.c_str(), value.c_str());
  rd_kafka_CreateTopics(client.handle, &created, 1, nullptr, client.queue);
  absl::Status status = client.Wait();
  rd_kafka_NewTopic_destroy(created);
  return status;
}

absl::Status DeleteTopicInKafka(const std::string& bootstrap, const std::string& topic) {
  const Client client(bootstrap);
  rd_kafka_DeleteTopic_t* deleted = rd_kafka_DeleteTopic_new(topic.c_str());
  rd_kafka_DeleteTopics(client.handle, &deleted, 1, nullptr, client.queue);
  absl::Status status = client.Wait();
  rd_kafka_DeleteTopic_destroy(deleted);
  return status;
}

absl::Status DeleteRecordsInKafka(const std::string& bootstrap, const std::string& topic,
                                  int partition, int64_t offset) {
  const Client client(bootstrap);
  rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = offset;
  rd_kafka_DeleteRecords_t* deleted = rd_kafka_DeleteRecords_new(list);
  rd_kafka_DeleteRecords(client.handle, &deleted, 1, nullptr, client.queue);
  absl::Status status = client.Wait();
  rd_kafka_DeleteRecords_destroy(deleted);
  rd_kafka_topic_partition_list_destroy(list);
  return status;
}

}  // namespace centralita::contract
