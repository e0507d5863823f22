#include "tests/contract/kill.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>

namespace centralita::contract {
namespace {

// Lines are shorter than what a pipe writes whole.
void Write(int fd, std::string_view line) {
  const std::string text = std::string(line) + "\n";
  if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) ::_exit(1);
}

}  // namespace

std::string RunUntilKilled(int lines, const std::function<void(const Say&)>& work) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return {};
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    work([fd = pipe[1]](std::string_view line) { Write(fd, line); });
    ::_exit(0);
  }
  ::close(pipe[1]);
  FILE* in = ::fdopen(pipe[0], "r");
  std::array<char, 4096> line{};
  std::string last;
  for (int i = 0; std::fgets(line.data(), line.size(), in) != nullptr; ++i) {
    last = line.data();
    if (i + 1 == lines) ::kill(child, SIGKILL);
  }
  std::fclose(in);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || last.empty()) return {};
  last.pop_back();
  return last;
}

}  // namespace centralita::contract
