// Any bytes as a message: folding, language, signals and the whole classification neither crash nor
// leave UTF-8, and places stay within the message.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "centralita/text/classify.h"
#include "require.h"

namespace {

using centralita::text::Classifier;

centralita::policy::v1::ClassifierSection Section() {
  centralita::policy::v1::ClassifierSection section;
  section.add_intents("return_refund");
  auto& rule = *section.add_rules();
  rule.set_name("refund");
  rule.set_intent("return_refund");
  rule.set_weight(10);
  rule.add_any("reembolso");
  rule.add_any("退款");
  rule.add_any("quiero mi reembolso");
  rule.add_regex("refund\\w*|ln-\\d{5}");
  return section;
}

template <typename Placed>
void RequireWithin(const Placed& place, const centralita::text::Input& input) {
  const std::string_view in = place.in_subject() ? input.subject : input.text;
  FUZZ_REQUIRE(uint64_t{place.offset()} + place.length() <= in.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Classifier* const classifier = new Classifier(Section(), {"es", "bg"}, 1);
  static auto* const workspace = new centralita::text::Workspace;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t subject = all.find('\n');
  centralita::text::Input input;
  input.subject = subject == std::string_view::npos ? std::string_view() : all.substr(0, subject);
  input.text = subject == std::string_view::npos ? all : all.substr(subject + 1);

  centralita::text::FoldedText folded;
  folded.Append(all);
  FUZZ_REQUIRE(centralita::text::IsValidUtf8(folded.text()));
  uint32_t end = 0;
  for (const auto& token : folded.tokens()) {
    FUZZ_REQUIRE(token.length > 0 && token.offset + token.length <= folded.text().size());
    FUZZ_REQUIRE(token.source >= end && token.source + token.source_length <= all.size());
    end = token.source;
  }

  centralita::classification::v1::Classification first;
  centralita::classification::v1::Classification second;
  classifier->Classify(input, *workspace, first);
  classifier->Classify(input, *workspace, second);
  FUZZ_REQUIRE(first.SerializeAsString() == second.SerializeAsString());
  for (const auto& match : first.rules()) RequireWithin(match, input);
  for (const auto& evidence : first.evidence()) RequireWithin(evidence, input);
  return 0;
}
