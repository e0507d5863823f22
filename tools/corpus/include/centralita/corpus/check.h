// What must hold for the text in models/, so that a model that learns from it is measured honestly.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/corpus/corpus.h"

namespace centralita::corpus {

struct CheckLimits {
  // Phrases per intent, in the corpus and held out.
  int corpus_minimum = 60;
  int heldout_minimum = 12;
  // The same for languages that the corpus covers more thinly.
  int thin_corpus_minimum = 25;
  int thin_heldout_minimum = 6;
  std::vector<std::string> full_languages = {"es", "en", "bg"};
  // Jaccard similarity from which two phrases count as one, within a language.
  double same = 0.8;
  // The same between a held-out phrase and one of the corpus.
  double heldout_same = 0.7;
  // In how many intents of a language a slot must be used: a slot that only one knows gives it
  // away.
  int intents_per_slot = 3;
};

// One line per fault, "place: what is wrong and what to do", in the order of the files.
std::vector<std::string> CheckSeeds(const Corpus& corpus, const Corpus& heldout,
                                    const CheckLimits& limits);

// MODELS/heldout/<language>/<list>.tsv, "label<TAB>text": known labels, no text twice, and at least
// `minimum` rows. Error: NotFound for a list that is missing.
absl::StatusOr<std::vector<std::string>> CheckLists(const std::string& heldout_folder,
                                                    const std::vector<std::string>& languages,
                                                    int minimum);

// Of the sets of words and of letter triples of two phrases, folded and with their slots left out;
// from 0 to 1. Phrases without letters are alike only if they are the same.
double Similarity(std::string_view one, std::string_view other);

}  // namespace centralita::corpus
