// Labelled rows for training, made from seeds: slots filled, and the way people type on top.
// The same corpus and seed give the same rows on every machine; adding a phrase leaves the rows of
// the others as they were.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/corpus/corpus.h"

namespace centralita::corpus {

struct Row {
  std::string text;
  std::string intent;
  std::string language;
  // "es/other/5f1c…": the same for all variants of a phrase. Never split a group.
  std::string group;
  // The rows of a phrase weigh 1 together (a phrase that is one slot and nothing else: as many
  // times as its values exceed `variants`).
  double weight = 1;
};

struct GenerateOptions {
  uint64_t seed = 1;
  // Rows per phrase; the first has its slots filled and nothing else changed.
  int variants = 4;
  // Only fill slots.
  bool plain = false;
};

// Errors: InvalidArgument for an unknown slot, a brace without partner, or text that is not UTF-8,
// with its place.
absl::StatusOr<std::vector<Row>> Generate(const Corpus& corpus, const GenerateOptions& options);

// One JSON object with "text", "intent", "lang", "group" and "weight", no line end.
std::string ToJsonLine(const Row& row);

}  // namespace centralita::corpus
