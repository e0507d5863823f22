#include "centralita/corpus/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "centralita/corpus/letters.h"
#include "similarity.h"

namespace centralita::corpus {
namespace {

using Faults = std::vector<std::string>;

void CheckEncoding(const Seed& seed, Faults& faults) {
  const std::optional<std::u32string> text = Decode(seed.text);
  if (!text) {
    faults.push_back(fmt::format("{}: not UTF-8", seed.place));
    return;
  }
  if (std::any_of(text->begin(), text->end(),
                  [](char32_t c) { return c < 0x20 || c == 0x7F || c == 0xFEFF || c == 0xFFFD; })) {
    faults.push_back(fmt::format("{}: a control character; write \\n for a new line", seed.place));
  }
  if (seed.text.front() == ' ' || seed.text.back() == ' ') {
    faults.push_back(fmt::format("{}: a blank at its beginning or end", seed.place));
  }
  for (size_t at = seed.text.find('\\'); at != std::string::npos;
       at = seed.text.find('\\', at + 2)) {
    if (seed.text.compare(at, 2, "\\n") != 0) {
      faults.push_back(fmt::format("{}: the only escape is \\n", seed.place));
    }
  }
}

// Notes which intents of a language use which slot.
using SlotUse = std::map<std::pair<std::string, std::string>, std::set<std::string>>;

void CheckSlots(const Seed& seed, const Language& language, SlotUse& use, Faults& faults) {
  const absl::StatusOr<std::vector<std::string>> names = SlotsOf(seed.text);
  if (!names.ok()) {
    faults.push_back(fmt::format("{}: {}", seed.place, std::string(names.status().message())));
    return;
  }
  for (const std::string& name : *names) {
    if (!language.slots.contains(name)) {
      faults.push_back(
          fmt::format("{}: there is no slot {{{}}} in this language", seed.place, name));
    }
    use[{seed.language, name}].insert(seed.intent);
  }
}

void CheckSlotUse(const Corpus& corpus, const SlotUse& use, int minimum, Faults& faults) {
  for (const auto& [code, language] : corpus.languages) {
    for (const auto& [name, values] : language.slots) {
      const auto found = use.find({code, name});
      const int intents = found == use.end() ? 0 : static_cast<int>(found->second.size());
      if (intents < minimum) {
        faults.push_back(
            fmt::format("{}: slot {{{}}} is used by {} intents; use it in {} at least, or its "
                        "values give the intent away",
                        code, name, intents, minimum));
      }
      if (values.empty()) faults.push_back(fmt::format("{}: slot {{{}}} has no value", code, name));
      if (std::set<std::string>(values.begin(), values.end()).size() != values.size()) {
        faults.push_back(fmt::format("{}: slot {{{}}} has a value twice", code, name));
      }
    }
  }
}

void CheckCounts(const Corpus& corpus, std::string_view name, int full, int thin,
                 const CheckLimits& limits, Faults& faults) {
  std::map<std::pair<std::string, std::string>, int> counts;
  for (const Seed& seed : corpus.seeds) ++counts[{seed.language, seed.intent}];
  for (const auto& [code, language] : corpus.languages) {
    const bool is_full = std::find(limits.full_languages.begin(), limits.full_languages.end(),
                                   code) != limits.full_languages.end();
    const int minimum = is_full ? full : thin;
    for (const std::string& intent : Intents()) {
      const int count = counts[{code, intent}];
      if (count < minimum) {
        faults.push_back(fmt::format("{}/{}/{}.txt: {} phrases; write {} at least", name, code,
                                     intent, count, minimum));
      }
    }
  }
}

struct Known {
  const Seed* seed;
  const Corpus* part;
  Features features;
};

// A held-out phrase that the corpus has too would be a measure of memory.
void CheckDuplicates(const Corpus& corpus, const Corpus& heldout, const CheckLimits& limits,
                     Faults& faults) {
  std::map<std::string, std::vector<Known>> known;
  for (const Corpus* part : {&corpus, &heldout}) {
    for (const Seed& seed : part->seeds) {
      Features features = FeaturesOf(seed.text);
      std::vector<Known>& others = known[seed.language];
      for (const Known& other : others) {
        const double same = part == other.part ? limits.same : limits.heldout_same;
        if (!Alike(features, other.features, same)) continue;
        faults.push_back(fmt::format("{}: \"{}\" is almost \"{}\" ({})", seed.place, seed.text,
                                     other.seed->text, other.seed->place));
        break;
      }
      others.push_back({&seed, part, std::move(features)});
    }
  }
}

}  // namespace

std::vector<std::string> CheckSeeds(const Corpus& corpus, const Corpus& heldout,
                                    const CheckLimits& limits) {
  Faults faults;
  SlotUse use;
  SlotUse heldout_use;
  for (const Seed& seed : corpus.seeds) {
    CheckEncoding(seed, faults);
    CheckSlots(seed, corpus.languages.at(seed.language), use, faults);
  }
  for (const Seed& seed : heldout.seeds) {
    CheckEncoding(seed, faults);
    CheckSlots(seed, heldout.languages.at(seed.language), heldout_use, faults);
  }
  CheckSlotUse(corpus, use, limits.intents_per_slot, faults);
  CheckCounts(corpus, "corpus", limits.corpus_minimum, limits.thin_corpus_minimum, limits, faults);
  CheckCounts(heldout, "heldout", limits.heldout_minimum, limits.thin_heldout_minimum, limits,
              faults);
  CheckDuplicates(corpus, heldout, limits, faults);
  return faults;
}

}  // namespace centralita::corpus
