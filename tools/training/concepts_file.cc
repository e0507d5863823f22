#include "training/concepts_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <string_view>

#include "centralita/base/error.h"
#include "centralita/text/fold.h"

namespace centralita::training {
namespace {

bool IsFolded(std::string_view word) {
  text::FoldedText folded;
  folded.Append(word);
  return folded.tokens().size() == 1 && folded.TextOf(folded.tokens().front()) == word;
}

}  // namespace

absl::StatusOr<model::Concepts> ReadConcepts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::Error(absl::StatusCode::kNotFound, "no_concepts",
                       fmt::format("{} cannot be read; is it there?", path));
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  absl::StatusOr<model::Concepts> concepts = model::Concepts::Parse(text);
  if (!concepts.ok()) {
    const auto what = concepts.status().message();
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_concepts",
                       fmt::format("{}: {}", path, std::string_view(what.data(), what.size())));
  }
  for (const std::string_view word : concepts->Words()) {
    if (IsFolded(word)) continue;
    return base::Error(absl::StatusCode::kInvalidArgument, "bad_concepts",
                       fmt::format("{}: no text has \"{}\"; write it as one word in small letters "
                                   "without accents",
                                   path, word));
  }
  return concepts;
}

}  // namespace centralita::training
