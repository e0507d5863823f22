// The text from which the default model is trained, as it lies in models/: see models/README.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace centralita::corpus {

// In the order of DESIGN.md section 3.
const std::vector<std::string>& Intents();

struct Seed {
  std::string language;
  std::string intent;
  // As written: slots in braces, "\n" as two characters.
  std::string text;
  // "models/corpus/es/other.txt:12", for messages.
  std::string place;
};

// What a language's variants are made with.
struct Language {
  // By name, in the order of the file.
  std::map<std::string, std::vector<std::string>> slots;
  std::vector<std::string> greetings;
  std::vector<std::string> closings;
  // Written in full, and as one types it in haste.
  std::vector<std::pair<std::string, std::string>> abbreviations;
};

struct Corpus {
  std::vector<Seed> seeds;
  // By code ("es").
  std::map<std::string, Language> languages;
};

// A line with its number, from 1; empty lines and comments ("#") are left out.
struct Line {
  int number = 0;
  std::string text;
};
absl::StatusOr<std::vector<Line>> ReadLines(const std::string& path);

// Reads FOLDER/<language>/<intent>.txt. Slots and the rest of Language come from
// `language_folder`/<language>/ (the same folder for the corpus itself). Files in the order of
// their names, so that the result is the same everywhere. Errors: NotFound (no such folder, or
// nothing in it), InvalidArgument (a file whose name is no intent).
absl::StatusOr<Corpus> ReadCorpus(const std::string& folder, const std::string& language_folder);

// The names of the slots that a seed uses, each as often as it does.
// Error: InvalidArgument for a brace without its partner.
absl::StatusOr<std::vector<std::string>> SlotsOf(std::string_view seed);

}  // namespace centralita::corpus
