// librdkafka's C objects, each wrapped once so that it is released once.
#pragma once

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/eventlog/eventlog.h"
#include "centralita/eventlog/kafka_log.h"

namespace centralita::eventlog::kafka {

template <auto kRelease>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    kRelease(object);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Release<rd_kafka_conf_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Release<rd_kafka_queue_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Release<rd_kafka_event_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Release<rd_kafka_error_destroy>>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Release<rd_kafka_topic_destroy>>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                Release<rd_kafka_topic_partition_list_destroy>>;
using AdminOptionsPtr =
    std::unique_ptr<rd_kafka_AdminOptions_t, Release<rd_kafka_AdminOptions_destroy>>;

// A client of the brokers with threads of its own. Destroying it does not wait for brokers.
class Handle final {
 public:
  enum class Kind { kProducer, kConsumer };
  using Settings = std::map<std::string, std::string>;

  // `settings` go over the options' common ones and under their `extra`; `events`: which ones come
  // by queues (RD_KAFKA_EVENT_*).
  static absl::StatusOr<std::unique_ptr<Handle>> Open(const KafkaLogOptions& options, Kind kind,
                                                      const Settings& settings, int events);
  ~Handle();
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  rd_kafka_t* get() const { return rk_; }
  // Its first fatal error, OK without.
  absl::Status Fatal() const;

 private:
  explicit Handle(const KafkaLogOptions& options) : on_log_(options.on_log) {}
  static void Log(const rd_kafka_t* rk, int level, const char* facility, const char* message);

  const std::function<void(int, std::string_view)> on_log_;
  rd_kafka_t* rk_ = nullptr;
};

inline std::string NameInKafka(const KafkaLogOptions& options, const std::string& name) {
  return options.prefix + name;
}

}  // namespace centralita::eventlog::kafka
