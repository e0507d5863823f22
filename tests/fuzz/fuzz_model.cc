// A model's file with anything done to it: refused, or it scores without reading outside of it.
//
// The input lies over a small good file, bit by bit, and goes on where that ends, so that nothing
// at all is a good file. Of its first byte bit 0 leaves the checksum as it was (else it is set
// right, or nothing but the checksum would be tested) and bit 1 cuts the file to the input's
// length.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/base/crc32c.h"
#include "centralita/model/model.h"
#include "centralita/model/scorer.h"
#include "require.h"

namespace {

using centralita::model::FileHeader;

std::string GoodFile() {
  centralita::model::Content content;
  content.labels = {"order_status", "other"};
  content.bias = {0.25, -0.25};
  content.step = 0.01;
  content.threshold_permille = 400;
  content.bucket_bits = 4;
  content.rows.assign(centralita::model::StrideOf(content.labels.size()) << content.bucket_bits, 3);
  return centralita::model::Write(content);
}

std::string FileOf(const uint8_t* data, size_t size) {
  std::string file = GoodFile();
  if (size == 0) return file;
  const uint8_t how = *data++;
  --size;
  if ((how & 2) != 0 && size < file.size()) file.resize(size);
  for (size_t i = 0; i < size; ++i) {
    if (i == file.size()) file.push_back('\0');
    file[i] = static_cast<char>(file[i] ^ data[i]);
  }
  if ((how & 1) == 0 && file.size() >= sizeof(FileHeader)) {
    constexpr size_t kAt = offsetof(FileHeader, checksum);
    const std::string_view checked = std::string_view(file).substr(kAt + sizeof(uint32_t));
    const uint32_t checksum = centralita::base::Crc32c(checked);
    std::memcpy(file.data() + kAt, &checksum, sizeof(checksum));
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string file = FileOf(data, size);
  // Of exactly its size, so that a byte beyond it is seen.
  const std::span<const std::byte> view = std::as_bytes(std::span(file));
  const std::vector<std::byte> bytes(view.begin(), view.end());
  const auto model = centralita::model::Model::Parse(bytes, nullptr);
  if (!model.ok()) return 0;
  centralita::model::Scorer scorer;
  scorer.Begin(*model);
  scorer.Add("reembolso");
  scorer.Add("поръчка");
  FUZZ_REQUIRE(scorer.End().size() == (*model)->labels().size());
  return 0;
}
