#include "centralita/text/fold.h"

#include <cstring>

#include "fold_table.h"
#include "utf8.h"

namespace centralita::text {
namespace {

// Bits of an entry of the table; see gen/fold_table_gen.cc.
constexpr uint32_t kKindMask = 3;
constexpr uint32_t kKindWord = 1;
constexpr uint32_t kKindSingle = 2;
constexpr uint32_t kScriptShift = 2;
constexpr uint32_t kScriptMask = 3;
constexpr uint32_t kScriptLatin = 1;
constexpr uint32_t kScriptCyrillic = 2;
constexpr uint32_t kUpper = 1 << 4;
constexpr uint32_t kLetter = 1 << 5;
constexpr uint32_t kLengthShift = 8;
constexpr uint32_t kLengthMask = 15;
constexpr uint32_t kItself = 15;
constexpr uint32_t kPoolShift = 12;
// Beyond the table: ideographs, which are tokens of their own and fold to themselves.
constexpr uint32_t kIdeograph = kKindSingle | kLetter | kItself << kLengthShift;

constexpr size_t kMaxMarked = 128;
constexpr char32_t kBreve = 0x0306;

uint32_t EntryOf(char32_t c) {
  if (c >= fold_table::kEnd) return kIdeograph;
  const unsigned page = fold_table::kPageOf[c >> fold_table::kPageBits];
  return fold_table::kPages[page][c & ((1 << fold_table::kPageBits) - 1)];
}

std::string_view FoldedOf(uint32_t entry, std::string_view itself) {
  const uint32_t length = entry >> kLengthShift & kLengthMask;
  if (length == kItself) return itself;
  return {reinterpret_cast<const char*>(fold_table::kPool) + (entry >> kPoolShift), length};
}

uint64_t Mix(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

}  // namespace

uint64_t TokenHash(std::string_view bytes) {
  constexpr uint64_t kFactor = 0x9E3779B97F4A7C15u;
  uint64_t hash = bytes.size() * kFactor + 1;
  const char* data = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, data += 8) {
    uint64_t chunk;
    std::memcpy(&chunk, data, 8);
    hash = Mix(hash ^ chunk, kFactor);
  }
  uint64_t rest = 0;
  std::memcpy(&rest, data, left);
  return Mix(hash ^ rest, 0xD6E8FEB86659FD93u);
}

bool IsValidUtf8(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const uint32_t length = DecodeUtf8(bytes, at).length;
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void FoldedText::Clear() {
  text_.clear();
  tokens_.clear();
  marked_.clear();
  counts_ = {};
  token_start_ = token_source_ = source_ = source_base_ = last_length_ = run_ = 0;
  valid_utf8_ = true;
}

void FoldedText::Append(std::string_view utf8) {
  for (size_t at = 0; at < utf8.size();) {
    const unsigned char c = static_cast<unsigned char>(utf8[at]);
    source_ = source_base_ + static_cast<uint32_t>(at);
    if (c < 0x80) {
      AppendAscii(c);
      ++at;
      continue;
    }
    const Decoded decoded = DecodeUtf8(utf8, at);
    if (decoded.length == 0) {
      valid_utf8_ = false;
      EndToken(source_);
      Separate(" ");
      ++at;
      continue;
    }
    AppendOther(decoded.code_point, utf8.substr(at, decoded.length));
    at += decoded.length;
  }
  source_base_ += static_cast<uint32_t>(utf8.size());
  EndToken(source_base_);
  Separate("\n");
}

bool FoldedText::BreaksBefore(size_t token) const {
  if (token == 0) return true;
  const size_t from = tokens_[token - 1].offset + tokens_[token - 1].length;
  const std::string_view between(text_.data() + from, tokens_[token].offset - from);
  return between.find_first_of(",.;:!?()\n") != std::string_view::npos;
}

void FoldedText::AppendAscii(unsigned char c) {
  const bool upper = c >= 'A' && c <= 'Z';
  if (upper || (c >= 'a' && c <= 'z')) {
    ++counts_.letters;
    ++counts_.latin;
    counts_.upper += upper;
    const char folded = static_cast<char>(c | 0x20);
    AppendLetter(std::string_view(&folded, 1));
  } else if (c >= '0' && c <= '9') {
    OpenToken();
    text_.push_back(static_cast<char>(c));
    last_length_ = 0;
  } else {
    counts_.exclamations += c == '!';
    counts_.questions += c == '?';
    EndToken(source_);
    const char mark = static_cast<char>(c);
    Separate(std::string_view(&mark, 1));
  }
}

void FoldedText::AppendOther(char32_t c, std::string_view bytes) {
  const uint32_t entry = EntryOf(c);
  const std::string_view folded = FoldedOf(entry, bytes);
  Count(entry);
  Mark(c);
  if (folded.empty()) {
    if (c == kBreve) JoinShortI();
    return;
  }
  switch (entry & kKindMask) {
    case kKindWord:
      if (entry & kLetter) {
        AppendLetters(folded);
      } else {
        OpenToken();
        text_ += folded;
        last_length_ = 0;
      }
      break;
    case kKindSingle:
      EndToken(source_);
      OpenToken();
      text_ += folded;
      EndToken(source_ + static_cast<uint32_t>(bytes.size()));
      break;
    default:
      EndToken(source_);
      Separate(folded);
  }
}

// A short i that was written in two parts.
void FoldedText::JoinShortI() {
  constexpr std::string_view kShortI = "й";
  if (text_.size() < token_start_ + 2 || !text_.ends_with("и")) return;
  text_.resize(text_.size() - 2);
  run_ = 0;
  last_length_ = 2;
  for (size_t end = text_.size(); end >= token_start_ + 2; end -= 2, ++run_) {
    if (std::string_view(text_).substr(end - 2, 2) != kShortI) break;
  }
  if (run_ == 0) last_length_ = 0;
  AppendLetter(kShortI);
}

void FoldedText::AppendLetters(std::string_view folded) {
  for (size_t at = 0; at < folded.size();) {
    const uint32_t length = DecodeUtf8(folded, at).length;
    AppendLetter(folded.substr(at, length));
    at += length;
  }
}

void FoldedText::AppendLetter(std::string_view folded) {
  OpenToken();
  const uint32_t length = static_cast<uint32_t>(folded.size());
  const bool again = last_length_ == length &&
                     std::memcmp(text_.data() + text_.size() - length, folded.data(), length) == 0;
  run_ = again ? run_ + 1 : 1;
  last_length_ = length;
  if (run_ == 3) {
    text_.resize(text_.size() - length);  // the second one goes too: "holaaa" is "hola"
  } else if (run_ < 3) {
    text_ += folded;
  }
}

void FoldedText::Count(uint32_t properties) {
  if ((properties & kLetter) == 0) return;
  ++counts_.letters;
  counts_.upper += (properties & kUpper) != 0;
  const uint32_t script = properties >> kScriptShift & kScriptMask;
  if (script == kScriptLatin) {
    ++counts_.latin;
  } else if (script == kScriptCyrillic) {
    ++counts_.cyrillic;
  } else {
    ++counts_.other_script;
  }
}

void FoldedText::Mark(char32_t c) {
  const bool tells =
      c == 0xA1 || c == 0xBF || (c >= 0xC0 && c <= 0x17F) || (c >= 0x400 && c <= 0x4FF);
  if (tells && marked_.size() < kMaxMarked) marked_.push_back(c);
}

void FoldedText::OpenToken() {
  if (text_.size() == token_start_) token_source_ = source_;
}

void FoldedText::EndToken(uint32_t source_end) {
  const uint32_t end = static_cast<uint32_t>(text_.size());
  if (end > token_start_) {
    const uint32_t length = end - token_start_;
    tokens_.push_back({token_start_, length, token_source_, source_end - token_source_,
                       TokenHash(std::string_view(text_).substr(token_start_, length))});
    token_start_ = end;
  }
  last_length_ = run_ = 0;
}

// Between tokens only.
void FoldedText::Separate(std::string_view between) {
  const char first = between.front();
  const bool line = first == '\n' || first == '\r';
  if (line || first == ' ' || static_cast<unsigned char>(first) < ' ' || first == '\x7F') {
    if (text_.empty()) return;
    if (text_.back() != ' ' && text_.back() != '\n') {
      text_.push_back(line ? '\n' : ' ');
    } else if (line) {
      text_.back() = '\n';
    }
  } else {
    text_ += between;
  }
  token_start_ = static_cast<uint32_t>(text_.size());
}

}  // namespace centralita::text
