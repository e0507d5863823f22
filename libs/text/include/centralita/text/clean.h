// A message's text as it is classified: characters repaired where it is certain what they were,
// HTML made text, quoted history and signatures of e-mails left out. Only for routing: the message
// itself is never altered, and places in the clean text lead back to it.
//
// Most texts need nothing and are not even copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::text {

struct CleanOptions {
  // Look for quoted history and signatures.
  bool email = false;
};

struct CleanReport {
  // UTF-8 that had been read as cp1252, cp1251 or GBK.
  bool repaired = false;
  bool html = false;
  bool cut_history = false;
  bool cut_signature = false;
};

// Reuse one object for many texts. Not thread-safe.
class CleanedText final {
 public:
  // `original` lives as long as text() is used.
  void Set(std::string_view original, const CleanOptions& options);

  std::string_view text() const { return text_; }
  const CleanReport& report() const { return report_; }
  // The byte of the original that `offset` of text() came from.
  uint32_t OriginOf(uint32_t offset) const;
  // Behind the bytes of the original that the byte before `offset` came from; `offset` > 0.
  uint32_t OriginEndOf(uint32_t offset) const;

 private:
  friend class TextEdit;
  // From `out` on, bytes come from `in` on; or, if not copied, all stand for `length` bytes there.
  struct Anchor {
    uint32_t out = 0;
    uint32_t in = 0;
    uint32_t length = 0;
    bool copied = true;
  };
  struct Step {
    std::string text;
    std::vector<Anchor> anchors;
  };
  static constexpr size_t kSteps = 3;
  static const Anchor* AnchorOf(const Step& step, uint32_t offset);
  template <typename Edit>
  bool Apply(Edit&& edit);

  std::string_view text_;
  CleanReport report_;
  Step steps_[kSteps];
  size_t used_ = 0;
};

}  // namespace centralita::text
