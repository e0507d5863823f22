#include "centralita/corpus/generate.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/status/status.h"
#include "centralita/corpus/letters.h"
#include "centralita/corpus/noise.h"
#include "centralita/corpus/random.h"

namespace centralita::corpus {
namespace {

absl::StatusOr<std::string> Filled(const Seed& seed, const Language& language, Random& random) {
  std::string text;
  for (size_t at = 0; at < seed.text.size();) {
    if (seed.text.compare(at, 2, "\\n") == 0) {
      text.push_back('\n');
      at += 2;
      continue;
    }
    if (seed.text[at] != '{') {
      text.push_back(seed.text[at++]);
      continue;
    }
    const size_t end = seed.text.find('}', at);
    const std::string name = seed.text.substr(at + 1, end - at - 1);
    const auto slot = language.slots.find(name);
    if (slot == language.slots.end() || slot->second.empty()) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: there is no slot {{{}}}; give it values in slots/{}.txt", seed.place, name, name));
    }
    text += random.Pick(slot->second);
    at = end + 1;
  }
  return text;
}

std::u32string WithGreeting(const std::u32string& text, const Language& language, Random& random) {
  if (language.greetings.empty()) return text;
  return Decode(random.Pick(language.greetings)).value_or(U"") + U" " + text;
}

std::u32string WithClosing(const std::u32string& text, const Language& language, Random& random) {
  if (language.closings.empty()) return text;
  return text + U" " + Decode(random.Pick(language.closings)).value_or(U"");
}

// The order is that of a person: the words, then how they are typed.
std::u32string Blurred(std::u32string text, const Seed& seed, const Language& language,
                       Random& random) {
  if (random.Percent(18)) text = WithGreeting(text, language, random);
  if (random.Percent(22)) text = WithClosing(text, language, random);
  if (random.Percent(25)) text = Abbreviated(text, language);
  if (seed.language == "bg" && random.Percent(30)) text = InLatinLetters(text, random);
  if (random.Percent(40)) text = WithoutAccents(text, seed.language, random);
  if (random.Percent(40)) text = WithTypo(std::move(text), seed.language, random);
  if (text.size() > 40 && random.Percent(30)) {
    text = WithTypo(std::move(text), seed.language, random);
  }
  if (random.Percent(8)) text = WithMissingSpace(std::move(text), random);
  const uint64_t letter_case = random.Below(100);
  if (letter_case < 6) return InUpperCase(std::move(text));
  if (letter_case < 30) return Capitalised(std::move(text));
  return letter_case < 60 ? InLowerCase(std::move(text)) : text;
}

// The values of the slot that is the whole seed; none if it is more than that.
std::vector<std::string> ValuesOfBareSlot(const Seed& seed, const Language& language) {
  if (seed.text.front() != '{' || seed.text.find('}') + 1 != seed.text.size()) return {};
  const auto slot = language.slots.find(seed.text.substr(1, seed.text.size() - 2));
  return slot == language.slots.end() ? std::vector<std::string>() : slot->second;
}

absl::StatusOr<std::vector<std::string>> TextsOf(const Seed& seed, const Language& language,
                                                 const GenerateOptions& options, Random& random) {
  std::vector<std::string> texts;
  if (!options.plain) texts = ValuesOfBareSlot(seed, language);
  const size_t wanted = std::max<size_t>(texts.size(), options.plain ? 1 : options.variants);
  for (size_t i = texts.size(); i < wanted; ++i) {
    absl::StatusOr<std::string> filled = Filled(seed, language, random);
    if (!filled.ok()) return filled.status();
    const std::optional<std::u32string> decoded = Decode(*filled);
    if (!decoded) {
      return absl::InvalidArgumentError(fmt::format("{}: this is not UTF-8", seed.place));
    }
    texts.push_back(i == 0 ? *filled : Encode(Blurred(*decoded, seed, language, random)));
  }
  std::vector<std::string> distinct;
  std::set<std::string> seen;
  for (std::string& text : texts) {
    if (seen.insert(text).second) distinct.push_back(std::move(text));
  }
  return distinct;
}

}  // namespace

absl::StatusOr<std::vector<Row>> Generate(const Corpus& corpus, const GenerateOptions& options) {
  std::vector<Row> rows;
  for (const Seed& seed : corpus.seeds) {
    const absl::StatusOr<std::vector<std::string>> slots = SlotsOf(seed.text);
    if (!slots.ok()) {
      return absl::InvalidArgumentError(
          fmt::format("{}: {}", seed.place, std::string(slots.status().message())));
    }
    const std::string group =
        fmt::format("{}/{}/{:016x}", seed.language, seed.intent, StableHash(seed.text));
    Random random(options.seed ^ StableHash(group));
    absl::StatusOr<std::vector<std::string>> texts =
        TextsOf(seed, corpus.languages.at(seed.language), options, random);
    if (!texts.ok()) return texts.status();
    const auto count = static_cast<double>(texts->size());
    const double weight = options.plain ? 1 : std::max(1.0, count / options.variants) / count;
    for (std::string& text : *texts) {
      rows.push_back({std::move(text), seed.intent, seed.language, group, weight});
    }
  }
  return rows;
}

std::string ToJsonLine(const Row& row) {
  nlohmann::ordered_json json;
  json["text"] = row.text;
  json["intent"] = row.intent;
  json["lang"] = row.language;
  json["group"] = row.group;
  json["weight"] = row.weight;
  return json.dump();
}

}  // namespace centralita::corpus
