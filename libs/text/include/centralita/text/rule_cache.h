// Where compiled expressions are kept from one start to the next: a port, since this library knows
// no file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace centralita::text {

// Thread-safe. Losing what it holds costs time only: whatever is not there, or is no good any more,
// is compiled again.
class RuleCache {
 public:
  virtual ~RuleCache() = default;
  // `name` is a string of hexadecimal digits: the same name, the same bytes. Empty if it is not
  // there or damaged.
  virtual std::optional<std::string> Get(const std::string& name) = 0;
  virtual void Put(const std::string& name, std::string_view bytes) = 0;
};

}  // namespace centralita::text
