#include "json_split.h"

#include <string>

namespace centralita::ingest {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view Trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Goes over one text, keeping count of open brackets and strings.
class Scanner final {
 public:
  // True if `c` lies outside of all brackets and strings: a border, if it is a comma or the array's
  // end.
  bool AtTop(char c) {
    if (in_string_) {
      InString(c);
      return false;
    }
    switch (c) {
      case '"':
        in_string_ = true;
        return false;
      case '{':
      case '[':
        open_.push_back(c);
        return false;
      case '}':
        Close('{');
        return false;
      case ']':
        // With no list open within the item, this ends the array, even if an object was left open.
        if (open_.find('[') == std::string::npos) return true;
        Close('[');
        return false;
      default:
        return open_.empty();
    }
  }
  bool balanced() const { return open_.empty() && !in_string_; }
  void Reset() { *this = Scanner(); }

 private:
  void InString(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"' || c == '\n') {
      // JSON has no line break in a string: its quote is missing.
      in_string_ = false;
    }
  }
  void Close(char opening) {
    const size_t at = open_.rfind(opening);
    if (at != std::string::npos) open_.resize(at);
  }

  std::string open_;
  bool in_string_ = false;
  bool escaped_ = false;
};

// The next comma before an opening brace; npos if there is none. Within an object that is whole
// there is none, apart from lists of objects: what is cut out of those is refused for its fields.
size_t FindObjectBorder(std::string_view text, size_t from) {
  for (size_t comma = text.find(',', from); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    const size_t next = text.find_first_not_of(kSpace, comma + 1);
    if (next != std::string_view::npos && text[next] == '{') return comma;
  }
  return std::string_view::npos;
}

void AddUnbalanced(std::string_view text, std::vector<std::string_view>& items) {
  size_t begin = 0;
  for (size_t comma = FindObjectBorder(text, 0); comma != std::string_view::npos;
       comma = FindObjectBorder(text, comma + 1)) {
    items.push_back(Trim(text.substr(begin, comma - begin)));
    begin = comma + 1;
  }
  items.push_back(Trim(text.substr(begin)));
}

void SplitArray(std::string_view text, JsonItems& result) {
  Scanner scanner;
  size_t begin = 0;
  const auto end_item = [&](size_t end, bool last) {
    const std::string_view item = Trim(text.substr(begin, end - begin));
    if (!scanner.balanced()) {
      AddUnbalanced(item, result.items);
    } else if (!(last && item.empty() && result.items.empty())) {
      result.items.push_back(item);
    }
    scanner.Reset();
    begin = end + 1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!scanner.AtTop(c)) continue;
    if (c == ',') end_item(i, false);
    if (c == ']') {
      end_item(i, true);
      result.bad_end = !Trim(text.substr(i + 1)).empty();
      return;
    }
  }
  // A bracket at the very end was meant as the list's, if a missing quote hides it.
  const size_t last = text.find_last_not_of(kSpace);
  result.bad_end = scanner.balanced() || text[last] != ']';
  end_item(result.bad_end ? text.size() : last, true);
}

}  // namespace

JsonItems SplitJson(std::string_view body) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  body = Trim(body);
  JsonItems result;
  result.is_array = body.starts_with('[');
  if (result.is_array) {
    SplitArray(body.substr(1), result);
  } else {
    result.items.push_back(body);
  }
  return result;
}

}  // namespace centralita::ingest
