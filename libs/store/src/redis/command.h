// Commands as Redis reads them (RESP2), and Lua scripts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace centralita::store::redis {

// A script is called by its digest; its text is sent only to a server that does not have it.
class Script final {
 public:
  explicit Script(std::string_view text);
  const std::string& text() const { return text_; }
  // SHA-1 in hexadecimal.
  const std::string& digest() const { return digest_; }

 private:
  std::string text_;
  std::string digest_;
};

// What is sent for one command, without its beginning if that may change (see Script).
struct Command {
  uint16_t slot = 0;
  // EVALSHA or EVAL come in front of the body; else the body is all.
  const Script* script = nullptr;
  size_t arguments = 0;
  std::shared_ptr<const std::string> body;
};

// Appends arguments one by one.
class CommandBuilder final {
 public:
  CommandBuilder& Add(std::string_view argument);
  CommandBuilder& Add(int64_t number) { return Add(std::to_string(number)); }
  // All of another one's.
  CommandBuilder& Append(const CommandBuilder& other);
  size_t arguments() const { return arguments_; }

  Command Build(uint16_t slot) &&;
  // What was added: keys, then arguments; `script` outlives the command.
  Command BuildScript(uint16_t slot, const Script& script, size_t keys) &&;

 private:
  size_t arguments_ = 0;
  std::string body_;
};

Command MakeCommand(uint16_t slot, const std::vector<std::string_view>& arguments);

// What goes in front of the body.
enum class ScriptForm { kDigest, kText };
std::string HeadOf(const Command& command, ScriptForm form);

}  // namespace centralita::store::redis
