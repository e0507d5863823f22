// Text as rules compare it: case, compatibility forms, ligatures and accents folded away, cut into
// tokens.
//
// Latin, Greek, Cyrillic, Hebrew and Arabic lose their accents (Cyrillic short i stays a letter of
// its own); a letter written three times or more counts once ("holaaaa"); zero-width characters and
// skin tones vanish. A token is a run of letters and digits, or one single character where a script
// puts no spaces between words (Chinese, Japanese, Korean, Thai) and for emoji. So word borders are
// token borders, and such scripts match within a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::text {

struct Token {
  // In FoldedText::text().
  uint32_t offset = 0;
  uint32_t length = 0;
  // The bytes that it was made from, in what was appended, all pieces counted through.
  uint32_t source = 0;
  uint32_t source_length = 0;
  // Of its bytes; stable within a process.
  uint64_t hash = 0;
};

uint64_t TokenHash(std::string_view bytes);

// Whether `bytes` is well-formed UTF-8 (no surrogates, no overlong forms).
bool IsValidUtf8(std::string_view bytes);

// Reuse one object for many messages: after the first few it allocates nothing. Not thread-safe.
class FoldedText final {
 public:
  void Clear();
  // Adds a piece; nothing joins across pieces. A malformed byte ends a token and is otherwise
  // skipped. At most 2^31 bytes in all.
  void Append(std::string_view utf8);

  // Tokens with what stands between them: punctuation as it is, white space as one blank, or as one
  // line feed where a line or a piece ends. For what looks at characters rather than tokens.
  std::string_view text() const { return text_; }
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view TextOf(const Token& token) const {
    return std::string_view(text_).substr(token.offset, token.length);
  }

  // Whether a clause may end before that token: a punctuation mark or a line's end stands there.
  // `token` < tokens().size(); true for the first.
  bool BreaksBefore(size_t token) const;

  // What folding loses and others want to know, counted over the text as it was written.
  struct Counts {
    uint32_t letters = 0;
    uint32_t upper = 0;
    uint32_t latin = 0;
    uint32_t cyrillic = 0;
    uint32_t other_script = 0;
    uint32_t exclamations = 0;
    uint32_t questions = 0;
  };
  const Counts& counts() const { return counts_; }
  // The first 128 code points, as written, that tell languages apart: accented or Cyrillic letters,
  // inverted marks.
  const std::vector<char32_t>& marked() const { return marked_; }
  bool valid_utf8() const { return valid_utf8_; }

 private:
  void AppendAscii(unsigned char c);
  void AppendOther(char32_t c, std::string_view bytes);
  void JoinShortI();
  void AppendLetters(std::string_view folded);
  void AppendLetter(std::string_view folded);
  void Count(uint32_t properties);
  void Mark(char32_t c);
  void OpenToken();
  void EndToken(uint32_t source_end);
  void Separate(std::string_view between);

  std::string text_;
  std::vector<Token> tokens_;
  std::vector<char32_t> marked_;
  Counts counts_;
  uint32_t token_start_ = 0;
  uint32_t token_source_ = 0;
  // Where the character that is being added began, and where the next piece will, in what was
  // appended.
  uint32_t source_ = 0;
  uint32_t source_base_ = 0;
  // The last letter of the open token and how often it stands there in a row.
  uint32_t last_length_ = 0;
  uint32_t run_ = 0;
  bool valid_utf8_ = true;
};

}  // namespace centralita::text
