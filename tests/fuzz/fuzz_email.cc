// Any bytes as an e-mail: cleaning takes time that grows with the text only, gives the same again,
// and every place leads back into the original.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "centralita/text/clean.h"
#include "centralita/text/fold.h"
#include "require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using centralita::text::CleanedText;
  static CleanedText* const cleaned = new CleanedText;
  const std::string_view original(reinterpret_cast<const char*>(data), size);
  cleaned->Set(original, {.email = true});
  const std::string_view text = cleaned->text();
  for (uint32_t at = 0; at < text.size(); ++at) {
    FUZZ_REQUIRE(cleaned->OriginOf(at) <= size);
    FUZZ_REQUIRE(cleaned->OriginEndOf(at + 1) <= size);
    FUZZ_REQUIRE(cleaned->OriginOf(at) <= cleaned->OriginEndOf(at + 1));
  }
  CleanedText again;
  again.Set(original, {.email = true});
  FUZZ_REQUIRE(again.text() == text);
  if (centralita::text::IsValidUtf8(original)) FUZZ_REQUIRE(centralita::text::IsValidUtf8(text));
  return 0;
}
