// One setting of a component: its name, the variable that holds it (and, until something is loaded,
// its default), and how its text is read, checked, and written again.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "centralita/base/time.h"

namespace centralita::config {

// What is wrong with a value, to stand behind it ("'70000' is not ..."); nullopt if nothing is.
using Complaint = std::optional<std::string>;

template <typename T>
using Validator = std::function<Complaint(const T&)>;

// Bounds are inclusive.
Validator<int64_t> Between(int64_t min, int64_t max);
Validator<base::Duration> AtLeast(base::Duration min);
Validator<std::string> NotEmpty();
Validator<std::string> OneOf(std::vector<std::string> allowed);

// Type-erased, so that loading and printing are written once.
struct Field {
  std::string name;
  std::string description;
  bool secret = false;
  bool list = false;
  // Of a secret: the path it was read from, or empty.
  std::string secret_file;
  // Reads, checks and stores; a complaint leaves the variable as it was.
  std::function<Complaint(const std::vector<std::string>& texts)> set;
  // The present value, an item each for a list and otherwise one.
  std::function<std::vector<std::string>()> get;
};

// The settings of one component, a section of the file. Each variable outlives the Config that
// holds this.
class Section final {
 public:
  Section(std::string name, std::string description)
      : name_(std::move(name)), description_(std::move(description)) {}

  // `name` is snake_case; `description` one line for the person who sets it.
  Section& Add(std::string_view name, std::string& variable, std::string_view description,
               Validator<std::string> validator = {});
  Section& Add(std::string_view name, bool& variable, std::string_view description);
  Section& Add(std::string_view name, base::Duration& variable, std::string_view description,
               Validator<base::Duration> validator = {});
  Section& Add(std::string_view name, std::vector<std::string>& variable,
               std::string_view description, Validator<std::string> each = {});
  template <std::integral T>
  requires(!std::same_as<T, bool>) Section& Add(std::string_view name, T& variable,
                                                std::string_view description,
                                                Validator<int64_t> validator = {}) {
    const auto fits = [](int64_t value) { return std::in_range<T>(value); };
    return AddInt(
        name, [&variable](int64_t value) { variable = static_cast<T>(value); },
        [&variable] { return static_cast<int64_t>(variable); }, fits, description,
        std::move(validator));
  }
  // Never printed; may be given as `<name>_file` instead: a file with nothing else in it.
  Section& AddSecret(std::string_view name, std::string& variable, std::string_view description);

  const std::string& name() const { return name_; }
  const std::string& description() const { return description_; }
  std::vector<Field>& fields() { return fields_; }
  const std::vector<Field>& fields() const { return fields_; }

 private:
  Section& AddInt(std::string_view name, std::function<void(int64_t)> store,
                  std::function<int64_t()> load, bool (*fits)(int64_t),
                  std::string_view description, Validator<int64_t> validator);

  std::string name_;
  std::string description_;
  std::vector<Field> fields_;
};

}  // namespace centralita::config
