// What is wrong with a file that people write, all of it at once, each with its line and its path
// in the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace centralita::config {

// Where something is written.
struct Place {
  // From 1; 0 if it is in no file.
  int line = 0;
  // "routes[3].steps[0].for"; empty for the document as a whole.
  std::string path;
};

struct Problem {
  Place place;
  // What is wrong and what to write instead, without line and path.
  std::string text;
  bool warning = false;
};

// Collects; not thread-safe.
class Problems final {
 public:
  // `source` is the file as the reader of the message knows it.
  explicit Problems(std::string source) : source_(std::move(source)) {}

  void Error(const Place& place, std::string_view text);
  void Warn(const Place& place, std::string_view text);

  // Whether there is no error; warnings do not count.
  bool ok() const { return errors_ == 0; }
  const std::string& source() const { return source_; }

  // In the order of the file: "policy.yaml:41: routes[3].steps[0].for: '5x' is not a duration;
  // write ...".
  std::vector<std::string> Errors() const;
  std::vector<std::string> Warnings() const;

  // OK, or INVALID_ARGUMENT with reason "invalid_config" and all errors, one a line.
  absl::Status ToStatus() const;

 private:
  std::vector<std::string> Lines(bool warnings) const;

  std::string source_;
  std::vector<Problem> all_;
  size_t errors_ = 0;
};

}  // namespace centralita::config
