// Kills a child of this process as the system or an operator would, in the middle of what it does.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace centralita::contract {

// Tells the parent something, so that it outlives the child.
using Say = std::function<void(std::string_view line)>;

// Runs `work` in a child, kills it (SIGKILL) after `lines` lines, and returns the last line that
// arrived; empty if the child ended by itself. The caller has no other threads.
std::string RunUntilKilled(int lines, const std::function<void(const Say&)>& work);

}  // namespace centralita::contract
