#include "message_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "absl/strings/ascii.h"

namespace centralita::app {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool EndsWith(std::string_view text, std::string_view tail) { return text.ends_with(tail); }

std::string NameOf(const FieldDescriptor& field) {
  std::string name = field.name();
  for (const std::string_view unit : {"_unix_ms", "_ms", "_cents", "_sha256"}) {
    if (EndsWith(name, unit)) return name.substr(0, name.size() - unit.size());
  }
  return name;
}

// PRIORITY_BAND_HIGH of PriorityBand: high.
std::string NameOf(const EnumValueDescriptor& value) {
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(static_cast<unsigned char>(c));
  }
  prefix += '_';
  std::string name = value.name();
  if (std::string_view(name).starts_with(prefix)) name.erase(0, prefix.size());
  return absl::AsciiStrToLower(name);
}

// As the policy file has it.
std::string Written(int64_t ms) {
  struct Unit {
    int64_t ms;
    std::string_view name;
  };
  if (ms == 0) return "0";
  for (const Unit& unit :
       {Unit{86'400'000, "d"}, Unit{3'600'000, "h"}, Unit{60'000, "m"}, Unit{1'000, "s"}}) {
    if (ms % unit.ms == 0) return fmt::format("{}{}", ms / unit.ms, unit.name);
  }
  return fmt::format("{}ms", ms);
}

std::string Number(const FieldDescriptor& field, int64_t value) {
  if (EndsWith(field.name(), "_ms")) return Written(value);
  if (EndsWith(field.name(), "_cents")) return fmt::format("{}.{:02}", value / 100, value % 100);
  return std::to_string(value);
}

// Element `at` of a repeated field; of a single one, -1.
std::string ValueText(const Message& message, const FieldDescriptor& field, int at) {
  const Reflection& r = *message.GetReflection();
  const bool one = at < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return Number(field,
                    one ? r.GetInt32(message, &field) : r.GetRepeatedInt32(message, &field, at));
    case FieldDescriptor::CPPTYPE_INT64:
      return Number(field,
                    one ? r.GetInt64(message, &field) : r.GetRepeatedInt64(message, &field, at));
    case FieldDescriptor::CPPTYPE_UINT32:
      return std::to_string(one ? r.GetUInt32(message, &field)
                                : r.GetRepeatedUInt32(message, &field, at));
    case FieldDescriptor::CPPTYPE_UINT64:
      return std::to_string(one ? r.GetUInt64(message, &field)
                                : r.GetRepeatedUInt64(message, &field, at));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (one ? r.GetBool(message, &field) : r.GetRepeatedBool(message, &field, at)) ? "true"
                                                                                         : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return NameOf(*(one ? r.GetEnum(message, &field) : r.GetRepeatedEnum(message, &field, at)));
    case FieldDescriptor::CPPTYPE_STRING: {
      if (EndsWith(field.name(), "_sha256")) return "(hidden)";
      std::string text =
          one ? r.GetString(message, &field) : r.GetRepeatedString(message, &field, at);
      return text.empty() ? "none" : text;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "{" +
             DescribeMessage(one ? r.GetMessage(message, &field)
                                 : r.GetRepeatedMessage(message, &field, at)) +
             "}";
    default:
      return "?";
  }
}

std::string Text(const Message& message, const FieldDescriptor& field) {
  const Reflection& r = *message.GetReflection();
  if (!field.is_repeated()) {
    const bool absent =
        field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !r.HasField(message, &field);
    return absent ? "none" : ValueText(message, field, -1);
  }
  const int size = r.FieldSize(message, &field);
  if (size == 0) return "none";
  std::string text;
  for (int i = 0; i < size; ++i) {
    text += (text.empty() ? "[" : ", ") + ValueText(message, field, i);
  }
  return text + "]";
}

class Differences final {
 public:
  explicit Differences(const std::vector<std::string>& without) : without_(without) {}

  void Compare(const std::string& path, const Message& before, const Message& after) {
    for (int i = 0; i < before.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *before.GetDescriptor()->field(i);
      if (std::find(without_.begin(), without_.end(), field.name()) != without_.end()) continue;
      CompareField(path.empty() ? NameOf(field) : path + "." + NameOf(field), before, after, field);
    }
  }

  std::vector<std::string> lines;

 private:
  void CompareField(const std::string& path, const Message& before, const Message& after,
                    const FieldDescriptor& field) {
    const Reflection& r = *before.GetReflection();
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field.is_repeated()) {
        return Compare(path, r.GetMessage(before, &field), r.GetMessage(after, &field));
      }
      const int size = r.FieldSize(before, &field);
      if (size == r.FieldSize(after, &field)) {
        for (int i = 0; i < size; ++i) {
          Compare(fmt::format("{}[{}]", path, i), r.GetRepeatedMessage(before, &field, i),
                  r.GetRepeatedMessage(after, &field, i));
        }
        return;
      }
    }
    if (field.is_repeated() && field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
        !EndsWith(field.name(), "_sha256")) {
      return CompareList(path, before, after, field);
    }
    const std::string old_text = Text(before, field);
    const std::string new_text = Text(after, field);
    if (EndsWith(field.name(), "_sha256")) {
      if (SecretOf(before, field) != SecretOf(after, field)) lines.push_back(path + ": changed");
    } else if (old_text != new_text) {
      lines.push_back(fmt::format("{}: {} -> {}", path, old_text, new_text));
    }
  }

  void CompareList(const std::string& path, const Message& before, const Message& after,
                   const FieldDescriptor& field) {
    const std::vector<std::string> old_items = Items(before, field);
    const std::vector<std::string> new_items = Items(after, field);
    if (old_items == new_items) return;
    std::string text;
    const auto add = [&text](char sign, const std::vector<std::string>& items,
                             const std::vector<std::string>& others) {
      for (const std::string& item : items) {
        if (std::find(others.begin(), others.end(), item) == others.end()) {
          text += fmt::format(" {}{}", sign, item);
        }
      }
    };
    add('-', old_items, new_items);
    add('+', new_items, old_items);
    lines.push_back(path + ":" + (text.empty() ? " in another order" : text));
  }

  static std::vector<std::string> Items(const Message& message, const FieldDescriptor& field) {
    std::vector<std::string> items;
    for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
      items.push_back(ValueText(message, field, i));
    }
    return items;
  }

  static std::string SecretOf(const Message& message, const FieldDescriptor& field) {
    const Reflection& r = *message.GetReflection();
    if (!field.is_repeated()) return r.GetString(message, &field);
    std::string all;
    for (int i = 0; i < r.FieldSize(message, &field); ++i) {
      all += r.GetRepeatedString(message, &field, i) + ",";
    }
    return all;
  }

  const std::vector<std::string>& without_;
};

}  // namespace

std::vector<std::string> DescribeDifferences(const Message& before, const Message& after,
                                             const std::vector<std::string>& without) {
  Differences differences(without);
  differences.Compare("", before, after);
  return std::move(differences.lines);
}

std::string DescribeMessage(const Message& message) {
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::string text;
  for (const FieldDescriptor* const field : set) {
    text +=
        fmt::format("{}{}: {}", text.empty() ? "" : ", ", NameOf(*field), Text(message, *field));
  }
  return text;
}

}  // namespace centralita::app
