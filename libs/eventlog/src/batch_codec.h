// The bytes of a batch: records of one partition with offsets without gaps, and one append time.
//
//   magic u32 | CRC-32C of all that follows u32 | base offset u64 | append time ms i64 | count u32
//   (little endian) then for each record: varint key size | varint value size * 2 + tombstone | key
//   | value
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "centralita/base/time.h"

namespace centralita::eventlog {

struct BatchHeader {
  uint64_t base = 0;
  base::TimePoint append_time;
  uint32_t count = 0;
};

// Starts with a record at a time; Seal() when offset and time are known.
class BatchWriter final {
 public:
  BatchWriter();
  void Add(std::string_view key, std::string_view value, bool tombstone);
  uint32_t count() const { return count_; }
  size_t size() const { return bytes_.size(); }
  // May be called again with another header. The bytes live as long as this.
  std::string_view Seal(uint64_t base, base::TimePoint append_time);
  std::string TakeBytes() && { return std::move(bytes_); }

 private:
  std::string bytes_;
  uint32_t count_ = 0;
};

struct RecordView {
  std::string_view key;
  std::string_view value;
  bool tombstone = false;
};

// Walks the records of a batch. Views point into the bytes given.
class BatchReader final {
 public:
  // DATA_LOSS if the bytes are no batch, or, with kChecksum, not the ones that were written.
  enum class Checks { kShape, kChecksum };
  static absl::StatusOr<BatchReader> Open(std::string_view bytes, Checks checks);

  const BatchHeader& header() const { return header_; }
  // nullopt after the last record, or if the bytes end too early (impossible once the checksum was
  // right).
  std::optional<RecordView> Next();

 private:
  BatchReader(BatchHeader header, std::string_view rest) : header_(header), rest_(rest) {}
  BatchHeader header_;
  std::string_view rest_;
};

}  // namespace centralita::eventlog
