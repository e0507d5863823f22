#include "kafka/handle.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "centralita/base/status_macros.h"
#include "centralita/base/strings.h"
#include "kafka/errors.h"

namespace centralita::eventlog::kafka {
namespace {

absl::Status Set(rd_kafka_conf_t* conf, const Handle::Settings& settings) {
  std::array<char, 512> error{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) ==
        RD_KAFKA_CONF_OK) {
      continue;
    }
    // Not the value: it may be a password.
    return absl::InvalidArgumentError(base::ToAbsl(fmt::format(
        "librdkafka does not take the setting '{}': {}", name,
        name.find("password") == std::string::npos ? error.data() : "the value is not valid")));
  }
  return absl::OkStatus();
}

Handle::Settings CommonSettings(const KafkaLogOptions& options) {
  return {{"bootstrap.servers", options.bootstrap_servers},
          {"client.id", options.client_id},
          {"socket.nagle.disable", "true"},
          {"socket.keepalive.enable", "true"},
          {"socket.connection.setup.timeout.ms", "5000"},
          {"reconnect.backoff.ms", "50"},
          {"reconnect.backoff.max.ms", "1000"},
          // Brokers close idle connections; that is no news.
          {"log.connection.close", "false"},
          {"enable.metrics.push", "false"}};
}

Handle::Settings SecuritySettings(const KafkaLogOptions& options) {
  const KafkaTls& tls = options.tls;
  const KafkaSasl& sasl = options.sasl;
  const bool with_sasl = !sasl.mechanism.empty();
  Handle::Settings settings = {
      {"security.protocol",
       fmt::format("{}{}", with_sasl ? "SASL_" : "", tls.enabled ? "SSL" : "PLAINTEXT")}};
  const auto add = [&settings](const char* name, const std::string& value) {
    if (!value.empty()) settings[name] = value;
  };
  if (tls.enabled) {
    add("ssl.ca.location", tls.ca_file);
    add("ssl.certificate.location", tls.certificate_file);
    add("ssl.key.location", tls.key_file);
    add("ssl.key.password", tls.key_password);
  }
  if (with_sasl) {
    add("sasl.mechanism", sasl.mechanism);
    add("sasl.username", sasl.username);
    add("sasl.password", sasl.password);
  }
  return settings;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Handle>> Handle::Open(const KafkaLogOptions& options, Kind kind,
                                                     const Settings& settings, int events) {
  auto handle = std::unique_ptr<Handle>(new Handle(options));
  ConfPtr conf(rd_kafka_conf_new());
  ABSL_RETURN_IF_ERROR(Set(conf.get(), CommonSettings(options)));
  ABSL_RETURN_IF_ERROR(Set(conf.get(), SecuritySettings(options)));
  ABSL_RETURN_IF_ERROR(Set(conf.get(), settings));
  ABSL_RETURN_IF_ERROR(Set(conf.get(), options.extra));
  rd_kafka_conf_set_opaque(conf.get(), handle.get());
  rd_kafka_conf_set_log_cb(conf.get(), &Handle::Log);
  rd_kafka_conf_set_events(conf.get(), events);
  std::array<char, 512> error{};
  handle->rk_ = rd_kafka_new(kind == Kind::kProducer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER,
                             conf.get(), error.data(), error.size());
  if (handle->rk_ == nullptr) {
    return absl::InvalidArgumentError(base::ToAbsl(
        fmt::format("no Kafka client can be made of these settings: {}", error.data())));
  }
  // The client has it now.
  (void)conf.release();
  return handle;
}

Handle::~Handle() {
  if (rk_ != nullptr) rd_kafka_destroy_flags(rk_, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

absl::Status Handle::Fatal() const {
  std::array<char, 512> detail{};
  const rd_kafka_resp_err_t error = rd_kafka_fatal_error(rk_, detail.data(), detail.size());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return ToStatus(error, "the Kafka client cannot go on", detail.data());
}

void Handle::Log(const rd_kafka_t* rk, int level, const char* facility, const char* message) {
  if (rk == nullptr) return;
  const auto* const handle = static_cast<const Handle*>(rd_kafka_opaque(rk));
  if (handle->on_log_) handle->on_log_(level, fmt::format("{}: {}", facility, message));
}

}  // namespace centralita::eventlog::kafka
