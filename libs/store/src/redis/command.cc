#include "command.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace centralita::store::redis {
namespace {

void AppendArgument(std::string& out, std::string_view argument) {
  fmt::format_to(std::back_inserter(out), "${}\r\n", argument.size());
  out.append(argument);
  out.append("\r\n");
}

std::string Sha1(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; ++i)
    fmt::format_to(std::back_inserter(hex), "{:02x}", digest[i]);
  return hex;
}

}  // namespace

Script::Script(std::string_view text) : text_(text), digest_(Sha1(text)) {}

CommandBuilder& CommandBuilder::Add(std::string_view argument) {
  AppendArgument(body_, argument);
  ++arguments_;
  return *this;
}

CommandBuilder& CommandBuilder::Append(const CommandBuilder& other) {
  body_ += other.body_;
  arguments_ += other.arguments_;
  return *this;
}

Command CommandBuilder::Build(uint16_t slot) && {
  return {.slot = slot,
          .script = nullptr,
          .arguments = arguments_,
          .body = std::make_shared<const std::string>(std::move(body_))};
}

Command CommandBuilder::BuildScript(uint16_t slot, const Script& script, size_t keys) && {
  std::string count;
  AppendArgument(count, std::to_string(keys));
  body_.insert(0, count);
  return {.slot = slot,
          .script = &script,
          .arguments = arguments_ + 3,
          .body = std::make_shared<const std::string>(std::move(body_))};
}

Command MakeCommand(uint16_t slot, const std::vector<std::string_view>& arguments) {
  CommandBuilder builder;
  for (const std::string_view argument : arguments) builder.Add(argument);
  return std::move(builder).Build(slot);
}

std::string HeadOf(const Command& command, ScriptForm form) {
  std::string head = fmt::format("*{}\r\n", command.arguments);
  if (command.script == nullptr) return head;
  const bool digest = form == ScriptForm::kDigest;
  AppendArgument(head, digest ? "EVALSHA" : "EVAL");
  AppendArgument(head, digest ? command.script->digest() : command.script->text());
  return head;
}

}  // namespace centralita::store::redis
