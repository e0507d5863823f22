#include "centralita/config/field.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/config/units.h"

namespace centralita::config {
namespace {

template <typename T>
Complaint Check(const Validator<T>& validator, const T& value) {
  return validator ? validator(value) : std::nullopt;
}

// For fields that are no list.
std::string_view Only(const std::vector<std::string>& texts) {
  return texts.empty() ? std::string_view() : std::string_view(texts.front());
}

Field NewField(std::string_view name, std::string_view description) {
  Field field;
  field.name = name;
  field.description = description;
  return field;
}

}  // namespace

Validator<int64_t> Between(int64_t min, int64_t max) {
  return [=](const int64_t& value) -> Complaint {
    if (value >= min && value <= max) return std::nullopt;
    return fmt::format("'{}' is not from {} to {}", value, min, max);
  };
}

Validator<base::Duration> AtLeast(base::Duration min) {
  return [=](const base::Duration& value) -> Complaint {
    if (value >= min) return std::nullopt;
    return fmt::format("'{}' is too short; at least {} is needed", WriteDuration(value),
                       WriteDuration(min));
  };
}

Validator<std::string> NotEmpty() {
  return [](const std::string& value) -> Complaint {
    if (!value.empty()) return std::nullopt;
    return "must not be empty";
  };
}

Validator<std::string> OneOf(std::vector<std::string> allowed) {
  return [allowed = std::move(allowed)](const std::string& value) -> Complaint {
    if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return std::nullopt;
    return fmt::format("'{}' is none of {}", value, fmt::join(allowed, ", "));
  };
}

Section& Section::Add(std::string_view name, std::string& variable, std::string_view description,
                      Validator<std::string> validator) {
  Field field = NewField(name, description);
  field.set = [&variable, validator = std::move(validator)](const std::vector<std::string>& texts) {
    std::string value(Only(texts));
    Complaint complaint = Check(validator, value);
    if (!complaint) variable = std::move(value);
    return complaint;
  };
  field.get = [&variable] { return std::vector<std::string>{variable}; };
  fields_.push_back(std::move(field));
  return *this;
}

Section& Section::AddSecret(std::string_view name, std::string& variable,
                            std::string_view description) {
  Add(name, variable, description);
  fields_.back().secret = true;
  return *this;
}

Section& Section::Add(std::string_view name, bool& variable, std::string_view description) {
  Field field = NewField(name, description);
  field.set = [&variable](const std::vector<std::string>& texts) -> Complaint {
    const std::string_view text = Only(texts);
    if (text != "true" && text != "false") {
      return fmt::format("'{}' is neither true nor false", text);
    }
    variable = text == "true";
    return std::nullopt;
  };
  field.get = [&variable] { return std::vector<std::string>{variable ? "true" : "false"}; };
  fields_.push_back(std::move(field));
  return *this;
}

Section& Section::Add(std::string_view name, base::Duration& variable, std::string_view description,
                      Validator<base::Duration> validator) {
  Field field = NewField(name, description);
  field.set = [&variable, validator = std::move(validator)](
                  const std::vector<std::string>& texts) -> Complaint {
    const auto value = ParseDuration(Only(texts));
    if (!value) return fmt::format("'{}' is not a duration; {}", Only(texts), kDurationHint);
    Complaint complaint = Check(validator, *value);
    if (!complaint) variable = *value;
    return complaint;
  };
  field.get = [&variable] { return std::vector<std::string>{WriteDuration(variable)}; };
  fields_.push_back(std::move(field));
  return *this;
}

Section& Section::Add(std::string_view name, std::vector<std::string>& variable,
                      std::string_view description, Validator<std::string> each) {
  Field field = NewField(name, description);
  field.list = true;
  field.set = [&variable,
               each = std::move(each)](const std::vector<std::string>& texts) -> Complaint {
    for (const std::string& text : texts) {
      if (Complaint complaint = Check(each, text)) return complaint;
    }
    variable = texts;
    return std::nullopt;
  };
  field.get = [&variable] { return variable; };
  fields_.push_back(std::move(field));
  return *this;
}

Section& Section::AddInt(std::string_view name, std::function<void(int64_t)> store,
                         std::function<int64_t()> load, bool (*fits)(int64_t),
                         std::string_view description, Validator<int64_t> validator) {
  Field field = NewField(name, description);
  field.set = [store = std::move(store), fits, validator = std::move(validator)](
                  const std::vector<std::string>& texts) -> Complaint {
    const auto value = ParseInt(Only(texts));
    if (!value) return fmt::format("'{}' is not a whole number", Only(texts));
    if (!fits(*value)) return fmt::format("'{}' is out of range", *value);
    Complaint complaint = Check(validator, *value);
    if (!complaint) store(*value);
    return complaint;
  };
  field.get = [load = std::move(load)] { return std::vector<std::string>{std::to_string(load())}; };
  fields_.push_back(std::move(field));
  return *this;
}

}  // namespace centralita::config
