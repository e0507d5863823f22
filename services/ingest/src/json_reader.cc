#include "json_reader.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"
#include "centralita/base/strings.h"
#include "utf8.h"

namespace centralita::ingest {
namespace {

namespace pb = google::protobuf;
using Json = nlohmann::json;
using Result = std::optional<ItemError>;

constexpr std::string_view kTimeSuffix = "_unix_ms";

bool IsTime(const pb::FieldDescriptor& field) {
  return field.cpp_type() == pb::FieldDescriptor::CPPTYPE_INT64 &&
         std::string_view(field.name()).ends_with(kTimeSuffix);
}

const pb::FieldDescriptor* FindField(const pb::Descriptor& type, const std::string& name) {
  if (const auto* field = type.FindFieldByName(name)) return field;
  const auto* field = type.FindFieldByName(name + std::string(kTimeSuffix));
  return field != nullptr && IsTime(*field) ? field : nullptr;
}

Result WrongType(const std::string& path, std::string_view wanted, const Json& value) {
  return MakeError(
      code::kWrongType, path,
      fmt::format("The field '{}' must be {}, but it is {}.", path, wanted,
                  value.is_number_float() ? "a number with a fraction" : value.type_name()));
}

Result NoSuchField(const pb::Descriptor& type, const std::string& path) {
  std::string names;
  for (int i = 0; i < type.field_count(); ++i)
    names.append(i == 0 ? "" : ", ").append(type.field(i)->name());
  return MakeError(code::kUnknownField, path,
                   fmt::format("There is no field '{}'; there are: {}.", path, names));
}

Result OutOfRange(const std::string& path) {
  return MakeError(code::kInvalidValue, path,
                   fmt::format("The number in the field '{}' is too large.", path));
}

// "CHANNEL_WHATSAPP" -> "whatsapp": behind the prefix that the enum's zero value has before
// UNSPECIFIED.
std::string ShortName(const pb::EnumValueDescriptor& value) {
  const std::string& zero = value.type()->value(0)->name();
  std::string name = value.name().substr(zero.size() - std::string_view("UNSPECIFIED").size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return name;
}

class Reader final {
 public:
  static Result Read(const Json& value, const std::string& path, pb::Message& out) {
    if (!value.is_object()) {
      return path.empty() ? MakeError(code::kWrongType, "",
                                      fmt::format("An item must be a JSON object, but it is {}.",
                                                  value.type_name()))
                          : WrongType(path, "an object", value);
    }
    for (const auto& [name, inner] : value.items()) {
      const std::string inner_path = path.empty() ? name : path + "." + name;
      const pb::FieldDescriptor* field = FindField(*out.GetDescriptor(), name);
      if (field == nullptr) return NoSuchField(*out.GetDescriptor(), inner_path);
      if (inner.is_null()) continue;
      if (Result error = ReadField(inner, inner_path, *field, out)) return error;
    }
    return std::nullopt;
  }

 private:
  static Result ReadField(const Json& value, const std::string& path,
                          const pb::FieldDescriptor& field, pb::Message& out) {
    if (field.is_repeated()) return ReadList(value, path, field, out);
    const pb::Reflection& reflection = *out.GetReflection();
    switch (field.cpp_type()) {
      case pb::FieldDescriptor::CPPTYPE_STRING: {
        const auto* text = value.get_ptr<const std::string*>();
        if (text == nullptr) return WrongType(path, "a string", value);
        reflection.SetString(&out, &field, *text);
        return std::nullopt;
      }
      case pb::FieldDescriptor::CPPTYPE_INT64:
      case pb::FieldDescriptor::CPPTYPE_INT32:
        return ReadInteger(value, path, field, out);
      case pb::FieldDescriptor::CPPTYPE_BOOL:
        if (!value.is_boolean()) return WrongType(path, "true or false", value);
        reflection.SetBool(&out, &field, *value.get_ptr<const bool*>());
        return std::nullopt;
      case pb::FieldDescriptor::CPPTYPE_ENUM:
        return ReadEnum(value, path, field, out);
      case pb::FieldDescriptor::CPPTYPE_MESSAGE:
        return Read(value, path, *reflection.MutableMessage(&out, &field));
      default:
        return NoSuchField(*out.GetDescriptor(), path);
    }
  }

  // The contracts of ingest have lists of objects only.
  static Result ReadList(const Json& value, const std::string& path,
                         const pb::FieldDescriptor& field, pb::Message& out) {
    if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE)
      return NoSuchField(*out.GetDescriptor(), path);
    if (!value.is_array()) return WrongType(path, "a list", value);
    for (size_t i = 0; i < value.size(); ++i) {
      const std::string inner_path = fmt::format("{}[{}]", path, i);
      if (Result error = Read(value[i], inner_path, *out.GetReflection()->AddMessage(&out, &field)))
        return error;
    }
    return std::nullopt;
  }

  static Result ReadInteger(const Json& value, const std::string& path,
                            const pb::FieldDescriptor& field, pb::Message& out) {
    const bool is_time = IsTime(field);
    if (is_time && value.is_string())
      return ReadTime(*value.get_ptr<const std::string*>(), path, field, out);
    if (!value.is_number_integer()) {
      return WrongType(
          path, is_time ? "milliseconds since 1970 or an RFC 3339 time" : "a whole number", value);
    }
    const auto* large = value.get_ptr<const uint64_t*>();
    if (large != nullptr && *large > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return OutOfRange(path);
    }
    const auto number = value.get<int64_t>();
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_INT64) {
      out.GetReflection()->SetInt64(&out, &field, number);
      return std::nullopt;
    }
    if (number > std::numeric_limits<int32_t>::max() ||
        number < std::numeric_limits<int32_t>::min()) {
      return OutOfRange(path);
    }
    out.GetReflection()->SetInt32(&out, &field, static_cast<int32_t>(number));
    return std::nullopt;
  }

  static Result ReadTime(const std::string& text, const std::string& path,
                         const pb::FieldDescriptor& field, pb::Message& out) {
    absl::Time time;
    std::string ignored;
    const bool parsed = absl::ParseTime(absl::RFC3339_full, text, &time, &ignored);
    if (!parsed || time == absl::InfiniteFuture() || time == absl::InfinitePast()) {
      return MakeError(
          code::kBadTimestamp, path,
          fmt::format("The field '{}' is no RFC 3339 time; write it as 2026-03-01T09:30:00Z.",
                      path));
    }
    // 0 stands for "not given": a time that was given and is this one is refused as too early all
    // the same.
    const int64_t millis = absl::ToUnixMillis(time);
    out.GetReflection()->SetInt64(&out, &field, millis == 0 ? 1 : millis);
    return std::nullopt;
  }

  static Result ReadEnum(const Json& value, const std::string& path,
                         const pb::FieldDescriptor& field, pb::Message& out) {
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr) return WrongType(path, "a string", value);
    const pb::EnumDescriptor& type = *field.enum_type();
    for (int i = 1; i < type.value_count(); ++i) {
      if (ShortName(*type.value(i)) != *text) continue;
      out.GetReflection()->SetEnum(&out, &field, type.value(i));
      return std::nullopt;
    }
    std::string names;
    for (int i = 1; i < type.value_count(); ++i)
      names.append(i == 1 ? "" : ", ").append(ShortName(*type.value(i)));
    return MakeError(code::kInvalidValue, path,
                     fmt::format("The field '{}' must be one of: {}.", path, names));
  }
};

// Finds the place of a syntax error; the parser that builds the value does not tell it without
// exceptions.
class ErrorFinder final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool key(string_t&) override { return true; }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    position_ = position;
    return false;
  }
  size_t position() const { return position_; }

 private:
  size_t position_ = 0;
};

Result SyntaxError(std::string_view text) {
  if (text.empty())
    return MakeError(code::kInvalidJson, "", "Here is nothing; an item must be a JSON object.");
  if (const auto at = FindInvalidUtf8(text)) {
    return MakeError(code::kInvalidUtf8, "", fmt::format("Byte {} of the item is no UTF-8.", *at));
  }
  ErrorFinder finder;
  Json::sax_parse(text.begin(), text.end(), &finder);
  return MakeError(code::kInvalidJson, "",
                   fmt::format("The item is no JSON from its byte {} on.", finder.position()));
}

}  // namespace

std::optional<ItemError> ReadJson(std::string_view text, pb::Message& out) {
  const Json value = Json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) return SyntaxError(text);
  return Reader::Read(value, "", out);
}

}  // namespace centralita::ingest
