#include "tests/e2e/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

#include "tests/contract/temp_folder.h"

namespace centralita::e2e {
namespace {

constexpr std::chrono::milliseconds kLook{10};

}  // namespace

bool Eventually(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

Child::Child(const std::vector<std::string>& words, std::string output)
    : output_(std::move(output)) {
  int pipe_ends[2];
  if (::pipe2(pipe_ends, O_CLOEXEC) != 0) return;
  std::vector<char*> args;
  for (const std::string& word : words) args.push_back(const_cast<char*>(word.c_str()));
  args.push_back(nullptr);
  const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(pipe_ends[0], STDIN_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(args[0], args.data());
    ::_exit(127);
  }
  ::close(pipe_ends[0]);
  ::close(file);
  input_ = pipe_ends[1];
}

Child::~Child() {
  EndInput();
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Child::Type(const std::string& text) const {
  if (::write(input_, text.data(), text.size()) < 0) return;
}

void Child::EndInput() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

void Child::Signal(int signal) const {
  if (pid_ > 0 && !exit_.has_value()) ::kill(pid_, signal);
}

void Child::Reap() {
  int status = 0;
  if (pid_ <= 0 || exit_.has_value() || ::waitpid(pid_, &status, WNOHANG) != pid_) return;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool Child::running() {
  Reap();
  return pid_ > 0 && !exit_.has_value();
}

std::optional<int> Child::Wait(std::chrono::milliseconds limit) {
  Eventually([this] { return !running(); }, limit);
  return exit_;
}

std::string Child::Said() const {
  std::ifstream file(output_, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool Child::Says(const std::string& text, std::chrono::milliseconds limit) const {
  return Eventually([&] { return Said().find(text) != std::string::npos; }, limit);
}

Finished RunToEnd(const std::vector<std::string>& words, const std::string& input,
                  std::chrono::milliseconds limit) {
  const contract::TempFolder folder;
  Child child(words, folder.File("said"));
  child.Type(input);
  child.EndInput();
  const std::optional<int> code = child.Wait(limit);
  return {code.value_or(-1), child.Said()};
}

}  // namespace centralita::e2e
