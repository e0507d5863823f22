// Any bytes as rules: the first line as a regular expression that searches the rest, and all of it
// as the rules of a policy file. What is accepted must compile and search.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "centralita/config/yaml_reader.h"
#include "centralita/text/rules.h"
#include "centralita/text/rules_section.h"
#include "require.h"

namespace {

using centralita::text::RuleSet;

void Search(const RuleSet& rules, std::string_view text) {
  centralita::text::FoldedText folded;
  folded.Append(text);
  centralita::text::RuleMatches matches;
  rules.Find(folded, matches);
  FUZZ_REQUIRE(matches.rules.size() == matches.places.size());
  for (const auto& place : matches.places) {
    FUZZ_REQUIRE(place.source + place.source_length <= text.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(all.find('\n'), size);
  const std::string expression(all.substr(0, line));
  if (centralita::text::CheckRegex(expression).ok()) {
    centralita::policy::v1::ClassifierSection section;
    section.add_rules()->add_regex(expression);
    const RuleSet rules(section);
    FUZZ_REQUIRE(rules.ignored_regexes() == 0);
    Search(rules, all.substr(line));
  }

  centralita::config::Problems problems("fuzz.yaml");
  const centralita::config::YamlDocument document("rules:\n" + std::string(all), problems);
  centralita::config::MapReader root(document.root());
  const auto draft = centralita::text::ReadRulesSection(root);
  if (problems.ok()) Search(RuleSet(draft.section), all);
  return 0;
}
