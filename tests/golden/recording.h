// A partition of a log in a file: of each record its offset, its append time (milliseconds since
// 1970), and the sizes of key and value, 8 bytes each and little-endian, then key and value.
#pragma once

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace centralita::golden {

struct RecordedRecord {
  uint64_t offset = 0;
  uint64_t append_unix_ms = 0;
  std::string key;
  std::string value;
};

inline void WriteNumber(std::ostream& out, uint64_t number) {
  for (int i = 0; i < 8; ++i) out.put(static_cast<char>(number >> (8 * i)));
}

inline void WriteRecord(std::ostream& out, uint64_t offset, int64_t append_unix_ms,
                        std::string_view key, std::string_view value) {
  WriteNumber(out, offset);
  WriteNumber(out, static_cast<uint64_t>(append_unix_ms));
  WriteNumber(out, key.size());
  WriteNumber(out, value.size());
  out << key << value;
}

inline uint64_t ReadNumber(std::istream& in) {
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) {
    number |= static_cast<uint64_t>(static_cast<unsigned char>(in.get())) << (8 * i);
  }
  return number;
}

// False at the end, and, with the stream failed, if it ends within a record.
inline bool ReadRecord(std::istream& in, RecordedRecord& record) {
  if (in.peek() == std::istream::traits_type::eof()) {
    in.clear();
    return false;
  }
  record.offset = ReadNumber(in);
  record.append_unix_ms = ReadNumber(in);
  const uint64_t key = ReadNumber(in);
  const uint64_t value = ReadNumber(in);
  constexpr uint64_t kMost = 64 << 20;
  if (!in || key > kMost || value > kMost) {
    in.setstate(std::ios::failbit);
    return false;
  }
  record.key.resize(key);
  record.value.resize(value);
  in.read(record.key.data(), static_cast<std::streamsize>(key));
  in.read(record.value.data(), static_cast<std::streamsize>(value));
  return static_cast<bool>(in);
}

}  // namespace centralita::golden
