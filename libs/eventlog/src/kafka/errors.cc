#include "kafka/errors.h"

#include <fmt/format.h>

#include <string>

#include "centralita/base/strings.h"

namespace centralita::eventlog::kafka {
namespace {

struct Meaning {
  absl::StatusCode code = absl::StatusCode::kUnavailable;
  std::string_view advice;
};

Meaning MeaningOf(rd_kafka_resp_err_t error) {
  using absl::StatusCode;
  switch (error) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID:
      return {StatusCode::kNotFound, "create the topic first (centralita topics apply)"};

    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return {StatusCode::kOutOfRange,
              "seek to an offset that the log still has, or restore the state that belongs to it"};

    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return {StatusCode::kResourceExhausted, "wait for room"};

    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return {StatusCode::kAlreadyExists, "it is there already"};

    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_REQUEST:
    case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
    case RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
      return {StatusCode::kInvalidArgument, "change the request or the brokers' limits"};

    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return {StatusCode::kPermissionDenied, "grant it by the brokers' access control"};

    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
    case RD_KAFKA_RESP_ERR__SSL:
      return {StatusCode::kUnauthenticated, "check the TLS and SASL settings"};

    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
      return {StatusCode::kFailedPrecondition, "another member has taken over"};

    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE:
    case RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR__STATE:
    case RD_KAFKA_RESP_ERR__DESTROY:
      return {StatusCode::kFailedPrecondition, "make a new one"};

    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR__UNDERFLOW:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
      return {StatusCode::kDataLoss, "the stored bytes are damaged; see the brokers' logs"};

    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
      return {StatusCode::kUnimplemented, "use Apache Kafka 3.9 or newer"};

    default:
      // Leaders that move, coordinators that load, brokers away: all pass.
      return {StatusCode::kUnavailable, "try again later"};
  }
}

}  // namespace

absl::Status ToStatus(rd_kafka_resp_err_t error, std::string_view what, std::string_view detail) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const Meaning meaning = MeaningOf(error);
  if (detail.empty()) detail = rd_kafka_err2str(error);
  return {meaning.code, base::ToAbsl(fmt::format("{}: {} ({}); {}", what, detail,
                                                 rd_kafka_err2name(error), meaning.advice))};
}

}  // namespace centralita::eventlog::kafka
