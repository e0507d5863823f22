#include "centralita/model/concepts.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "centralita/base/error.h"
#include "centralita/model/features.h"

namespace centralita::model {
namespace {

// A shorter beginning would be that of anything.
constexpr size_t kShortestBeginning = 3;

absl::Status Bad(size_t line, std::string_view what) {
  return base::Error(absl::StatusCode::kInvalidArgument, "bad_concepts",
                     fmt::format("line {} of the concepts {}", line, what));
}

// The words of `line`, cut at blanks.
std::vector<std::string_view> Cut(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t at = 0; (at = line.find_first_not_of(' ', at)) != std::string_view::npos;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

void Note(const std::vector<uint64_t>& hashes, Concepts::OfWord& of) {
  for (const uint64_t hash : hashes) {
    const auto end = of.hashes.begin() + of.count;
    if (of.count == of.hashes.size() || std::find(of.hashes.begin(), end, hash) != end) continue;
    of.hashes[of.count++] = hash;
  }
}

}  // namespace

absl::StatusOr<Concepts> Concepts::Parse(std::string_view text) {
  if (text.size() > kMaxConceptsBytes || text.find('\0') != std::string_view::npos) {
    return Bad(1, fmt::format("begins what is longer than {} bytes or holds a zero byte",
                              kMaxConceptsBytes));
  }
  Concepts concepts;
  std::set<std::string_view> names;
  size_t number = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return Bad(number, "has no `name:`");
    const std::string_view name = line.substr(0, colon);
    if (!names.insert(name).second) return Bad(number, "has a name that came before");
    const std::vector<std::string_view> words = Cut(line.substr(colon + 1));
    if (words.empty()) return Bad(number, "has no words");
    for (std::string_view word : words) {
      const bool beginning = word.back() == '*';
      if (beginning) word.remove_suffix(1);
      if (word.empty() || (beginning && word.size() < kShortestBeginning)) {
        return Bad(number, "has a beginning of fewer than three bytes");
      }
      if (beginning) {
        concepts.longest_beginning_ = std::max(concepts.longest_beginning_, word.size());
      }
      (beginning ? concepts.beginnings_ : concepts.words_)[std::string(word)].push_back(
          ConceptHash(name));
    }
    concepts.text_.append(line).push_back('\n');
  }
  return concepts;
}

Concepts::OfWord Concepts::Of(std::string_view word) const {
  OfWord of;
  if (empty()) return of;
  if (const auto whole = words_.find(word); whole != words_.end()) Note(whole->second, of);
  for (size_t length = std::min(word.size(), longest_beginning_); length >= kShortestBeginning;
       --length) {
    const auto beginning = beginnings_.find(word.substr(0, length));
    if (beginning == beginnings_.end()) continue;
    Note(beginning->second, of);
    break;
  }
  return of;
}

std::vector<std::string_view> Concepts::Words() const {
  std::vector<std::string_view> words;
  for (const Table* table : {&words_, &beginnings_}) {
    for (const auto& [word, hashes] : *table) words.push_back(word);
  }
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace centralita::model
