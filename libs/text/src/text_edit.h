// Rewrites a text piece by piece and remembers where each piece came from.
#pragma once

#include <string_view>

#include "centralita/text/clean.h"

namespace centralita::text {

class TextEdit final {
 public:
  TextEdit(std::string_view in, std::string& out, std::vector<CleanedText::Anchor>& anchors)
      : in_(in), out_(out), anchors_(anchors) {
    out_.clear();
    anchors_.clear();
  }

  std::string_view in() const { return in_; }
  void Copy(size_t from, size_t length) {
    if (length == 0) return;
    const bool goes_on = copying_ && from == next_;
    if (!goes_on) Anchor(from, 0, true);
    out_ += in_.substr(from, length);
    next_ = from + length;
  }
  // `with` stands for the `length` bytes at `from`.
  void Write(size_t from, size_t length, std::string_view with) {
    Anchor(from, length, false);
    out_ += with;
  }
  void BreakLine(size_t from) {
    if (!out_.empty() && out_.back() != '\n') Write(from, 0, "\n");
  }

 private:
  void Anchor(size_t from, size_t length, bool copied) {
    anchors_.push_back({static_cast<uint32_t>(out_.size()), static_cast<uint32_t>(from),
                        static_cast<uint32_t>(length), copied});
    copying_ = copied;
  }

  const std::string_view in_;
  std::string& out_;
  std::vector<CleanedText::Anchor>& anchors_;
  size_t next_ = 0;
  bool copying_ = false;
};

// Each rewrites what it is for and says whether anything was to be done.
bool RepairMojibake(TextEdit& edit);
bool HtmlToText(TextEdit& edit);
struct EmailCuts {
  bool history = false;
  bool signature = false;
};
EmailCuts CutEmail(TextEdit& edit);

}  // namespace centralita::text
