#include "batch_codec.h"

#include <bit>
#include <cstring>

#include "centralita/base/crc32c.h"

namespace centralita::eventlog {
namespace {

static_assert(std::endian::native == std::endian::little, "the file format is little endian");

constexpr uint32_t kMagic = 0x31424c43;  // "CLB1"
constexpr size_t kChecksumAt = 4;
constexpr size_t kBaseAt = 8;
constexpr size_t kTimeAt = 16;
constexpr size_t kCountAt = 24;
constexpr size_t kHeaderSize = 28;

template <typename T>
void Store(std::string& bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

template <typename T>
T Load(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

std::optional<uint64_t> TakeVarint(std::string_view& in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

std::optional<std::string_view> TakeBytes(std::string_view& in, uint64_t size) {
  if (size > in.size()) return std::nullopt;
  const std::string_view bytes = in.substr(0, size);
  in.remove_prefix(size);
  return bytes;
}

}  // namespace

BatchWriter::BatchWriter() : bytes_(kHeaderSize, '\0') {}

void BatchWriter::Add(std::string_view key, std::string_view value, bool tombstone) {
  AppendVarint(bytes_, key.size());
  AppendVarint(bytes_, static_cast<uint64_t>(value.size()) << 1 | (tombstone ? 1 : 0));
  bytes_.append(key);
  bytes_.append(value);
  ++count_;
}

std::string_view BatchWriter::Seal(uint64_t base, base::TimePoint append_time) {
  Store(bytes_, 0, kMagic);
  Store(bytes_, kBaseAt, base);
  Store(bytes_, kTimeAt, base::ToUnixMillis(append_time));
  Store(bytes_, kCountAt, count_);
  Store(bytes_, kChecksumAt, base::Crc32c(std::string_view(bytes_).substr(kBaseAt)));
  return bytes_;
}

absl::StatusOr<BatchReader> BatchReader::Open(std::string_view bytes, Checks checks) {
  if (bytes.size() < kHeaderSize || Load<uint32_t>(bytes, 0) != kMagic) {
    return absl::DataLossError(
        "a stored batch does not begin as a batch does; restore the log from a copy");
  }
  if (checks == Checks::kChecksum &&
      Load<uint32_t>(bytes, kChecksumAt) != base::Crc32c(bytes.substr(kBaseAt))) {
    return absl::DataLossError(
        "the checksum of a stored batch is wrong; restore the log from a copy");
  }
  const BatchHeader header{.base = Load<uint64_t>(bytes, kBaseAt),
                           .append_time = base::FromUnixMillis(Load<int64_t>(bytes, kTimeAt)),
                           .count = Load<uint32_t>(bytes, kCountAt)};
  return BatchReader(header, bytes.substr(kHeaderSize));
}

std::optional<RecordView> BatchReader::Next() {
  if (rest_.empty()) return std::nullopt;
  const auto key_size = TakeVarint(rest_);
  const auto value_size = TakeVarint(rest_);
  if (!key_size || !value_size) return std::nullopt;
  const auto key = TakeBytes(rest_, *key_size);
  const auto value = key ? TakeBytes(rest_, *value_size >> 1) : std::nullopt;
  if (!value) return std::nullopt;
  return RecordView{*key, *value, (*value_size & 1) != 0};
}

}  // namespace centralita::eventlog
