#include "centralita/text/clean.h"

#include <algorithm>

#include "text_edit.h"

namespace centralita::text {

template <typename Edit>
bool CleanedText::Apply(Edit&& edit) {
  Step& step = steps_[used_];
  TextEdit text_edit(text_, step.text, step.anchors);
  if (!edit(text_edit)) return false;
  text_ = step.text;
  ++used_;
  return true;
}

void CleanedText::Set(std::string_view original, const CleanOptions& options) {
  text_ = original;
  report_ = {};
  used_ = 0;
  report_.repaired = Apply(RepairMojibake);
  if (text_.find('<') != std::string_view::npos) report_.html = Apply(HtmlToText);
  if (!options.email) return;
  Apply([this](TextEdit& edit) {
    const EmailCuts cuts = CutEmail(edit);
    report_.cut_history = cuts.history;
    report_.cut_signature = cuts.signature;
    return cuts.history || cuts.signature;
  });
}

const CleanedText::Anchor* CleanedText::AnchorOf(const Step& step, uint32_t offset) {
  const auto after =
      std::upper_bound(step.anchors.begin(), step.anchors.end(), offset,
                       [](uint32_t at, const Anchor& anchor) { return at < anchor.out; });
  return after == step.anchors.begin() ? nullptr : &*std::prev(after);
}

uint32_t CleanedText::OriginOf(uint32_t offset) const {
  for (size_t step = used_; step-- > 0;) {
    const Anchor* anchor = AnchorOf(steps_[step], offset);
    if (anchor == nullptr) return 0;
    offset = anchor->copied ? anchor->in + (offset - anchor->out) : anchor->in;
  }
  return offset;
}

uint32_t CleanedText::OriginEndOf(uint32_t offset) const {
  for (size_t step = used_; step-- > 0 && offset > 0;) {
    const Anchor* anchor = AnchorOf(steps_[step], offset - 1);
    if (anchor == nullptr) return 0;
    offset = anchor->copied ? anchor->in + (offset - anchor->out) : anchor->in + anchor->length;
  }
  return offset;
}

}  // namespace centralita::text
