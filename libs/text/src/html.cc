// HTML as e-mail programs and shop widgets write it, made text: tags go, blocks become lines, what
// was quoted goes with its block. Made for routing, not for showing.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "text_edit.h"

namespace centralita::text {
namespace {

constexpr size_t npos = std::string_view::npos;
// Looking further would make hostile text slow.
constexpr size_t kLongestTag = 2048;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool IsNameChar(char c) { return (Lower(c) >= 'a' && Lower(c) <= 'z') || (c >= '0' && c <= '9'); }

bool SameNoCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

bool HoldsNoCase(std::string_view text, std::string_view wanted) {
  return std::search(text.begin(), text.end(), wanted.begin(), wanted.end(),
                     [](char x, char y) { return Lower(x) == Lower(y); }) != text.end();
}

struct Tag {
  std::string_view name;
  std::string_view whole;
  bool closing = false;
};

// The tag that begins at `at`, where '<' is; an empty name if it is none ("a < b").
Tag TagAt(std::string_view text, size_t at) {
  size_t name = at + 1;
  Tag tag;
  tag.closing = name < text.size() && text[name] == '/';
  name += tag.closing;
  size_t end = name;
  while (end < text.size() && IsNameChar(text[end])) ++end;
  if (end == name || end == text.size()) return {};
  const char next = text[end];
  if (next != '>' && next != ' ' && next != '/' && next != '\n' && next != '\r' && next != '\t') {
    return {};
  }
  const size_t close = text.substr(0, std::min(text.size(), end + kLongestTag)).find('>', end);
  if (close == npos) return {};
  tag.name = text.substr(name, end - name);
  tag.whole = text.substr(at, close + 1 - at);
  return tag;
}

template <size_t N>
bool IsOneOf(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view one) { return SameNoCase(name, one); });
}

constexpr std::array<std::string_view, 14> kBlocks = {
    "p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "title", "hr", "td"};
constexpr std::array<std::string_view, 3> kSkipped = {"script", "style", "head"};
constexpr std::array<std::string_view, 14> kTellTale = {"html", "body",   "p",    "div",       "br",
                                                        "span", "td",     "font", "b",         "a",
                                                        "li",   "strong", "em",   "blockquote"};

// Whether somebody's program wrote this: a tag that is closed, or a line break.
bool LooksLikeHtml(std::string_view text) {
  for (size_t at = text.find('<'); at != npos; at = text.find('<', at + 1)) {
    const Tag tag = TagAt(text, at);
    if (!tag.name.empty() && IsOneOf(tag.name, kTellTale) &&
        (tag.closing || SameNoCase(tag.name, "br") || SameNoCase(tag.name, "html"))) {
      return true;
    }
  }
  return false;
}

bool IsQuoted(const Tag& tag) {
  return SameNoCase(tag.name, "blockquote") ||
         (SameNoCase(tag.name, "div") &&
          (HoldsNoCase(tag.whole, "gmail_quote") || HoldsNoCase(tag.whole, "yahoo_quoted") ||
           HoldsNoCase(tag.whole, "moz-cite-prefix")));
}

// Behind the end of the element that `tag` opens at `at`, npos if it has none; elements of its name
// may lie within.
size_t EndOfElement(std::string_view text, size_t at, const Tag& tag) {
  int depth = 0;
  for (; at != npos && at < text.size(); at = text.find('<', at + 1)) {
    const Tag inner = TagAt(text, at);
    if (!SameNoCase(inner.name, tag.name)) continue;
    depth += inner.closing ? -1 : 1;
    if (depth == 0) return at + inner.whole.size();
  }
  return npos;
}

struct Entity {
  std::string_view name;
  char32_t code_point;
};

constexpr Entity kEntities[] = {
    {"amp", '&'},     {"lt", '<'},      {"gt", '>'},      {"quot", '"'},    {"apos", '\''},
    {"nbsp", ' '},    {"iexcl", 0xA1},  {"iquest", 0xBF}, {"euro", 0x20AC}, {"hellip", 0x2026},
    {"ndash", '-'},   {"mdash", '-'},   {"rsquo", '\''},  {"lsquo", '\''},  {"ldquo", '"'},
    {"rdquo", '"'},   {"aacute", 0xE1}, {"eacute", 0xE9}, {"iacute", 0xED}, {"oacute", 0xF3},
    {"uacute", 0xFA}, {"ntilde", 0xF1}, {"uuml", 0xFC},   {"auml", 0xE4},   {"ouml", 0xF6},
    {"szlig", 0xDF},  {"agrave", 0xE0}, {"egrave", 0xE8}, {"igrave", 0xEC}, {"ograve", 0xF2},
    {"ugrave", 0xF9}, {"acirc", 0xE2},  {"ecirc", 0xEA},  {"icirc", 0xEE},  {"ocirc", 0xF4},
    {"ucirc", 0xFB},  {"atilde", 0xE3}, {"otilde", 0xF5}, {"ccedil", 0xE7}, {"euml", 0xEB},
    {"iuml", 0xEF},   {"Aacute", 0xC1}, {"Eacute", 0xC9}, {"Iacute", 0xCD}, {"Oacute", 0xD3},
    {"Uacute", 0xDA}, {"Ntilde", 0xD1}, {"Uuml", 0xDC},   {"Auml", 0xC4},   {"Ouml", 0xD6},
    {"Agrave", 0xC0}, {"Egrave", 0xC8}, {"Atilde", 0xC3}, {"Ccedil", 0xC7}, {"deg", 0xB0}};

char32_t CodePointOf(std::string_view name) {
  if (name.empty()) return 0;
  if (name[0] != '#') {
    for (const Entity& entity : kEntities) {
      if (entity.name == name) return entity.code_point;
    }
    return 0;
  }
  const bool hex = name.size() > 1 && Lower(name[1]) == 'x';
  char32_t value = 0;
  for (const char digit : name.substr(hex ? 2 : 1)) {
    const char c = Lower(digit);
    const int number = c >= '0' && c <= '9'          ? c - '0'
                       : hex && c >= 'a' && c <= 'f' ? c - 'a' + 10
                                                     : -1;
    if (number < 0 || value > 0x10FFFF) return 0;
    value = value * (hex ? 16 : 10) + static_cast<char32_t>(number);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value > 0x10FFFF || surrogate ? 0 : value;
}

void WriteUtf8(TextEdit& edit, size_t from, size_t length, char32_t c) {
  std::string out;
  if (c < 0x80) {
    out = {static_cast<char>(c)};
  } else if (c < 0x800) {
    out = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
           static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out = {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
           static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
  edit.Write(from, length, out);
}

// Behind the tag, comment or element at `at`; `at` if '<' is meant. `unclosed` remembers that an
// element has no end, so that nobody looks for it again and again.
size_t SkipMarkup(TextEdit& edit, size_t at, bool& unclosed) {
  const std::string_view in = edit.in();
  if (in.substr(at, 4) == "<!--") {
    const size_t end = in.find("-->", at);
    return end == npos ? in.size() : end + 3;
  }
  if (in.substr(at, 2) == "<!" || in.substr(at, 2) == "<?") {
    const size_t end = in.find('>', at);
    return end == npos ? in.size() : end + 1;
  }
  const Tag tag = TagAt(in, at);
  if (tag.name.empty()) return at;
  if (IsOneOf(tag.name, kBlocks)) edit.BreakLine(at);
  if (tag.closing) return at + tag.whole.size();
  if (IsOneOf(tag.name, kSkipped) && !unclosed) {
    const size_t end = EndOfElement(in, at, tag);
    unclosed = end == npos;
    return unclosed ? at + tag.whole.size() : end;
  }
  if (IsQuoted(tag)) {
    edit.BreakLine(at);
    return std::min(EndOfElement(in, at, tag), in.size());
  }
  return at + tag.whole.size();
}

}  // namespace

bool HtmlToText(TextEdit& edit) {
  const std::string_view in = edit.in();
  if (!LooksLikeHtml(in)) return false;
  constexpr size_t kLongestEntity = 10;
  bool unclosed = false;
  for (size_t at = 0; at < in.size();) {
    const size_t next = std::min(in.find_first_of("<&", at), in.size());
    edit.Copy(at, next - at);
    at = next;
    if (at == in.size()) break;
    if (in[at] == '<') {
      const size_t behind = SkipMarkup(edit, at, unclosed);
      if (behind > at) {
        at = behind;
        continue;
      }
    } else if (const size_t end =
                   in.substr(0, std::min(in.size(), at + kLongestEntity)).find(';', at);
               end != npos) {
      if (const char32_t c = CodePointOf(in.substr(at + 1, end - at - 1)); c != 0) {
        WriteUtf8(edit, at, end + 1 - at, c);
        at = end + 1;
        continue;
      }
    }
    edit.Copy(at, 1);
    ++at;
  }
  return true;
}

}  // namespace centralita::text
