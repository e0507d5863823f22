// A program that a test starts, feeds, watches and ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace centralita::e2e {

// Looks again and again until `condition` holds; false if it did not within `limit`.
bool Eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::seconds(20));

// Standard output and error go together into the file `output`. Killed, if need be, by the
// destructor, and by the kernel when the test ends in whatever way.
class Child final {
 public:
  Child(const std::vector<std::string>& words, std::string output);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // To its standard input.
  void Type(const std::string& text) const;
  void EndInput();
  void Signal(int signal) const;
  bool running();
  // The exit code, 128 + signal if it was killed; nothing if it still runs after `limit`.
  std::optional<int> Wait(std::chrono::milliseconds limit = std::chrono::seconds(30));
  // What it has said so far.
  std::string Said() const;
  bool Says(const std::string& text,
            std::chrono::milliseconds limit = std::chrono::seconds(20)) const;

 private:
  void Reap();

  const std::string output_;
  pid_t pid_ = -1;
  int input_ = -1;
  std::optional<int> exit_;
};

struct Finished {
  // -1: it did not end in time and was killed.
  int exit_code = -1;
  std::string said;
};

// Runs a program to its end. `input`: its standard input.
Finished RunToEnd(const std::vector<std::string>& words, const std::string& input = {},
                  std::chrono::milliseconds limit = std::chrono::seconds(60));

}  // namespace centralita::e2e
