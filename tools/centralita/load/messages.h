// The messages of a load, the same for the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"
#include "centralita/ingest/v1/ingest.pb.h"

namespace centralita::load {

struct LoadOptions;

// Of the options' input, or built-in phrases. NOT_FOUND and INVALID_ARGUMENT about that file.
absl::StatusOr<std::vector<ingest::v1::NewMessage>> Templates(const std::string& input,
                                                              base::TimePoint now);

// What stream number `index` sends. Not thread-safe; what it is given outlives it.
class MessageMaker final {
 public:
  MessageMaker(const LoadOptions& options, const std::vector<ingest::v1::NewMessage>& templates,
               int index);

  // The `n`th of the stream; a customer's messages are all of one stream.
  void Make(uint64_t n, ingest::v1::NewMessage& message);

 private:
  const LoadOptions& options_;
  const std::vector<ingest::v1::NewMessage>& templates_;
  const int index_;
  std::mt19937_64 random_;
  ingest::v1::NewMessage last_;
};

}  // namespace centralita::load
