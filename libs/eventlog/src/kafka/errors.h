// librdkafka's and the brokers' errors in our own words; the one place that translates them.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string_view>

#include "absl/status/status.h"

namespace centralita::eventlog::kafka {

// OK for no error; otherwise "<what>: <librdkafka's or `detail`'s words>, and what to do".
absl::Status ToStatus(rd_kafka_resp_err_t error, std::string_view what,
                      std::string_view detail = {});

}  // namespace centralita::eventlog::kafka
