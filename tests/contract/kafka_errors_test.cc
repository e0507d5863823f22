#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "libs/eventlog/src/kafka/errors.h"

namespace centralita::eventlog::kafka {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

std::string Message(const absl::Status& status) {
  return {status.message().data(), status.message().size()};
}

TEST(KafkaErrors, NoErrorIsOk) {
  EXPECT_TRUE(ToStatus(RD_KAFKA_RESP_ERR_NO_ERROR, "doing it").ok());
}

TEST(KafkaErrors, EachHasTheCodeThatSaysWhatToDo) {
  const std::vector<std::pair<rd_kafka_resp_err_t, StatusCode>> expected = {
      {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, StatusCode::kNotFound},
      {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, StatusCode::kNotFound},
      {RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, StatusCode::kOutOfRange},
      {RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE, StatusCode::kOutOfRange},
      {RD_KAFKA_RESP_ERR__QUEUE_FULL, StatusCode::kResourceExhausted},
      {RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, StatusCode::kAlreadyExists},
      {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, StatusCode::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, StatusCode::kInvalidArgument},
      {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, StatusCode::kPermissionDenied},
      {RD_KAFKA_RESP_ERR__SSL, StatusCode::kUnauthenticated},
      {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, StatusCode::kUnauthenticated},
      {RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, StatusCode::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, StatusCode::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR__FATAL, StatusCode::kFailedPrecondition},
      {RD_KAFKA_RESP_ERR__BAD_MSG, StatusCode::kDataLoss},
      {RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION, StatusCode::kUnimplemented},
      {RD_KAFKA_RESP_ERR__TRANSPORT, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, StatusCode::kUnavailable},
      {RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, StatusCode::kUnavailable},
  };
  for (const auto& [error, code] : expected)
    EXPECT_EQ(ToStatus(error, "doing it").code(), code) << rd_kafka_err2name(error);
}

TEST(KafkaErrors, SayWhatHappenedWhereAndWhatToDo) {
  const absl::Status status =
      ToStatus(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "looking for topic 't'");
  EXPECT_THAT(Message(status), HasSubstr("looking for topic 't': Broker: Unknown topic"));
  EXPECT_THAT(Message(status), HasSubstr("UNKNOWN_TOPIC_OR_PART"));
  EXPECT_THAT(Message(status), HasSubstr("create the topic first"));
  EXPECT_THAT(Message(ToStatus(RD_KAFKA_RESP_ERR__SSL, "x", "certificate expired")),
              HasSubstr("certificate expired"));
}

}  // namespace
}  // namespace centralita::eventlog::kafka
