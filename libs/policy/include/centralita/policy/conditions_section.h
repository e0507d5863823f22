// Reads a `when:` of the policy file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::policy {

// A name that something in the policy refers to, to be looked for once everything is read.
struct Reference {
  config::Place place;
  std::string name;
};

struct ConditionsDraft {
  v1::Conditions conditions;
  std::vector<Reference> intents;
  std::vector<Reference> tags;
  std::vector<Reference> tenants;
  // Of hours.
  std::vector<Reference> calendars;
};

// What conditions refer to, over all that have some.
struct ConditionReferences {
  std::vector<Reference> tenants;
  std::vector<Reference> calendars;

  void Add(const ConditionsDraft& draft);
};

// Absent: no conditions. Problems go to the value's.
ConditionsDraft ReadConditions(const config::Value& when);

// The items of a list of names, each with its place.
std::vector<Reference> ReadReferences(const config::Value& list);

// Refuses a name that is taken: "'a' is already the name of the pool on line 7; choose another".
class UniqueNames final {
 public:
  explicit UniqueNames(std::string_view what) : what_(what) {}
  // Empty names are no names and always pass.
  bool Add(const std::string& name, const config::Value& where);
  // The value as a name (AsName), added.
  std::string Read(const config::Value& value);

 private:
  std::string what_;
  // Name to line.
  std::map<std::string, int> seen_;
};

}  // namespace centralita::policy
