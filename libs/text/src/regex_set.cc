#include "regex_set.h"

#include <fmt/format.h>
#include <hs.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "centralita/base/sha256.h"
#include "centralita/base/strings.h"
#include "centralita/text/rules.h"
#include "utf8.h"

namespace centralita::text {
namespace {

// Not UCP: it makes \w hundreds of kilobytes and a second of compiling, see kWordClass.
constexpr unsigned kFlags =
    HS_FLAG_CASELESS | HS_FLAG_UTF8 | HS_FLAG_MULTILINE | HS_FLAG_SOM_LEFTMOST;
// Not HS_MODE_BLOCK, though each text is whole: in that mode vectorscan 5.4.9 aborts the process at
// a text above 254 bytes when an expression ends in two fixed letters behind anything (a reverse
// search that no stream has, rvermicelliDoubleExecReal; mended upstream in April 2026).
constexpr unsigned kMode = HS_MODE_STREAM | HS_MODE_SOM_HORIZON_LARGE;
// What \w stands for. Marks beyond ASCII are in it too, which does no harm, since a match may also
// end before them.
constexpr std::string_view kWordClass = "a-z0-9_\\x{80}-\\x{10ffff}";
constexpr size_t kMaxRegexBytes = 400;
// A counted repetition costs as much as writing it out.
constexpr int kMaxRepeat = 100;

absl::Status Refuse(std::string_view what) {
  return absl::InvalidArgumentError(base::ToAbsl(what));
}

absl::Status ToStatus(const hs_compile_error_t& error) {
  const std::string_view message = error.message == nullptr ? "" : error.message;
  if (message.find("empty buffer") != std::string_view::npos) {
    return Refuse("it matches even where nothing stands; make some part of it required");
  }
  return Refuse(fmt::format("{}", message));
}

// Repetitions that were meant are small; others make the database explode.
absl::Status CheckRepeats(std::string_view expression) {
  for (size_t at = expression.find('{'); at != std::string_view::npos;
       at = expression.find('{', at + 1)) {
    if (at > 0 && expression[at - 1] == '\\') continue;
    int number = 0;
    for (size_t i = at + 1; i < expression.size() && expression[i] != '}'; ++i) {
      const char c = expression[i];
      if (c == ',') {
        number = 0;
      } else if (c < '0' || c > '9') {
        break;
      } else if ((number = number * 10 + (c - '0')) > kMaxRepeat) {
        return Refuse(
            fmt::format("the repetition at character {} is above {}; write a smaller one, "
                        "or * or +",
                        at + 1, kMaxRepeat));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckForm(std::string_view expression) {
  if (expression.size() > kMaxRegexBytes) {
    return Refuse(
        fmt::format("it has {} bytes; at most {} are taken", expression.size(), kMaxRegexBytes));
  }
  if (expression.find('\0') != std::string_view::npos) return Refuse("it holds a zero byte");
  if (const size_t at = expression.find("\\b");
      at != std::string_view::npos && (at == 0 || expression[at - 1] != '\\')) {
    return Refuse(
        fmt::format("\\b at character {} is not needed: an expression matches whole words "
                    "anyway; remove it",
                    at + 1));
  }
  return CheckRepeats(expression);
}

// How many bytes at `at` begin a class, with a first ']' that is one of its members, or name a
// class within one ("[:digit:]"); 0 if none.
size_t ClassSyntaxAt(std::string_view expression, size_t at, bool in_class) {
  const std::string_view rest = expression.substr(at);
  if (in_class) {
    const size_t end = rest.starts_with("[:") ? rest.find(":]", 2) : std::string_view::npos;
    return end == std::string_view::npos ? 0 : end + 2;
  }
  if (!rest.starts_with('[')) return 0;
  size_t length = rest.starts_with("[^") ? 2 : 1;
  if (rest.substr(length).starts_with(']')) ++length;
  return length;
}

// As the text is folded: letters without accents; a blank also stands for a line's end.
std::string Folded(std::string_view expression) {
  std::string out;
  FoldedText one;
  bool in_class = false;
  for (size_t at = 0; at < expression.size();) {
    const char c = expression[at];
    const uint32_t length = std::max(DecodeUtf8(expression, at).length, 1u);
    if (c == '\\' && at + 1 < expression.size()) {
      const char what = expression[at + 1];
      if (what == 'w' && in_class) {
        out += kWordClass;
      } else if ((what == 'w' || what == 'W') && !in_class) {
        out += fmt::format("[{}{}]", what == 'W' ? "^" : "", kWordClass);
      } else {
        out += expression.substr(at, 2);
      }
      at += 2;
      continue;
    }
    if (const size_t kept = ClassSyntaxAt(expression, at, in_class); kept > 0) {
      in_class = true;
      out += expression.substr(at, kept);
      at += kept;
      continue;
    }
    if (c == ']') in_class = false;
    if (length > 1) {
      one.Clear();
      one.Append(expression.substr(at, length));
      out += one.text().substr(0, one.text().find('\n'));
    } else if (c == ' ' && !in_class) {
      out += "[ \\n]";
    } else {
      out += c;
    }
    at += length;
  }
  return out;
}

struct Search {
  const FoldedText& text;
  const RegexSet::Visitor& visit;
  uint32_t events = 0;
};

// Whether `place` is inside of a word.
bool CutsAWord(const FoldedText& text, uint64_t place) {
  const auto& tokens = text.tokens();
  const auto after =
      std::lower_bound(tokens.begin(), tokens.end(), place,
                       [](const Token& token, uint64_t at) { return token.offset < at; });
  return after != tokens.begin() && std::prev(after)->offset + std::prev(after)->length > place;
}

int OnMatch(unsigned id, unsigned long long from, unsigned long long to, unsigned, void* context) {
  Search& search = *static_cast<Search*>(context);
  if (++search.events > kMaxRegexEvents) return 1;
  if (!CutsAWord(search.text, from) && !CutsAWord(search.text, to)) {
    search.visit(id, static_cast<uint32_t>(from), static_cast<uint32_t>(to));
  }
  return 0;
}

absl::StatusOr<hs_database_t*> CompileAll(const std::vector<std::string>& expressions) {
  std::vector<const char*> pointers;
  std::vector<unsigned> ids;
  for (const std::string& expression : expressions) {
    ids.push_back(static_cast<unsigned>(pointers.size()));
    pointers.push_back(expression.c_str());
  }
  const std::vector<unsigned> flags(pointers.size(), kFlags);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  if (hs_compile_multi(pointers.data(), flags.data(), ids.data(),
                       static_cast<unsigned>(pointers.size()), kMode, nullptr, &database,
                       &error) == HS_SUCCESS) {
    return database;
  }
  const absl::Status status = ToStatus(*error);
  hs_free_compile_error(error);
  return status;
}

}  // namespace

absl::Status CheckRegex(std::string_view expression) {
  if (absl::Status form = CheckForm(expression); !form.ok()) return form;
  // First as it is written, so that places in the message are the writer's.
  for (std::string form : {std::string(expression), Folded(expression)}) {
    const auto database = CompileAll({form});
    if (!database.ok()) return database.status();
    hs_free_database(*database);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<const RegexSet>> RegexSet::Compile(
    std::span<const std::string> expressions) {
  std::vector<std::string> folded;
  for (const std::string& expression : expressions) {
    if (absl::Status form = CheckForm(expression); !form.ok()) return form;
    folded.push_back(Folded(expression));
  }
  const auto database = CompileAll(folded);
  if (!database.ok()) return database.status();
  return std::unique_ptr<const RegexSet>(new RegexSet(*database));
}

absl::StatusOr<std::unique_ptr<const RegexSet>> RegexSet::Restore(std::string_view serialised) {
  hs_database_t* database = nullptr;
  // It looks at version and kind of processor.
  if (hs_deserialize_database(serialised.data(), serialised.size(), &database) != HS_SUCCESS) {
    return Refuse("this is no database of the installed vectorscan's, or it is damaged");
  }
  std::unique_ptr<const RegexSet> restored(new RegexSet(database));
  // Only whoever makes room for a search reads all of it.
  const Room room = restored->Borrow();
  if (room.stream == nullptr) return Refuse("this database is damaged");
  restored->GiveBack(room);
  return restored;
}

RegexSet::~RegexSet() {
  for (const Room& room : idle_) Free(room);
  hs_free_database(database_);
}

absl::StatusOr<std::string> RegexSet::Serialised() const {
  char* bytes = nullptr;
  size_t size = 0;
  if (hs_serialize_database(database_, &bytes, &size) != HS_SUCCESS) {
    return absl::ResourceExhaustedError("there is no memory for a copy of the compiled rules");
  }
  std::string serialised(bytes, size);
  std::free(bytes);
  return serialised;
}

// A scratch for each database, rather than one for all of a thread's: to make sure that one will do
// vectorscan reads the whole database, which costs more than most searches.
RegexSet::Room RegexSet::Borrow() const {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      const Room room = idle_.back();
      idle_.pop_back();
      return room;
    }
  }
  Room room;
  if (hs_alloc_scratch(database_, &room.scratch) != HS_SUCCESS) return {};
  if (hs_open_stream(database_, 0, &room.stream) == HS_SUCCESS) return room;
  hs_free_scratch(room.scratch);
  return {};
}

void RegexSet::GiveBack(Room room) const {
  std::lock_guard lock(mutex_);
  idle_.push_back(room);
}

void RegexSet::Free(Room room) {
  hs_close_stream(room.stream, nullptr, nullptr, nullptr);
  hs_free_scratch(room.scratch);
}

SearchEnd RegexSet::Find(const FoldedText& text, Visitor visit) const {
  const Room room = Borrow();
  if (room.stream == nullptr) return SearchEnd::kFailed;
  Search search{text, visit};
  const std::string_view in = text.text();
  hs_error_t done = hs_scan_stream(room.stream, in.data(), static_cast<unsigned>(in.size()), 0,
                                   room.scratch, &OnMatch, &search);
  // Also says what matches only where the text ends, unless the search was given up.
  const hs_error_t ended = hs_reset_stream(room.stream, 0, room.scratch,
                                           done == HS_SUCCESS ? &OnMatch : nullptr, &search);
  if (done == HS_SUCCESS) done = ended;
  if (done != HS_SUCCESS && done != HS_SCAN_TERMINATED) {
    Free(room);
    return SearchEnd::kFailed;
  }
  GiveBack(room);
  return search.events > kMaxRegexEvents ? SearchEnd::kTooManyMatches : SearchEnd::kWhole;
}

std::string RegexSetName(std::span<const std::string> expressions) {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  std::string all = fmt::format("{} {} {} {} {}\n", hs_version(), kFlags, kMode, platform.tune,
                                platform.cpu_features);
  for (const std::string& expression : expressions) {
    const std::string folded = Folded(expression);
    all += fmt::format("{}:{}", folded.size(), folded);
  }
  return base::Sha256Hex(all);
}

}  // namespace centralita::text
