// Any bytes as a model's file: refused, or it scores without reading outside of it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "centralita/model/model.h"
#include "centralita/model/scorer.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // At a border of pages.
  constexpr size_t kPage = 4096;
  std::unique_ptr<std::byte, void (*)(std::byte*)> bytes(
      static_cast<std::byte*>(std::aligned_alloc(kPage, (size + kPage) / kPage * kPage)),
      [](std::byte* memory) { std::free(memory); });
  std::copy(data, data + size, reinterpret_cast<uint8_t*>(bytes.get()));
  const auto model =
      centralita::model::Model::Parse(std::span<const std::byte>(bytes.get(), size), nullptr);
  if (!model.ok()) return 0;
  centralita::model::Scorer scorer;
  scorer.Begin(*model);
  scorer.Add("reembolso");
  scorer.Add("поръчка");
  FUZZ_REQUIRE(scorer.End().size() == (*model)->labels().size());
  return 0;
}
