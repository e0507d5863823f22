// Counts what a benchmark allocates; the operators are in a file of their own, lest the compiler
// pair one that it inlines with one that it does not.
#pragma once

#include <cstdint>

namespace centralita::text {

// So far, in this process.
uint64_t Allocations();

}  // namespace centralita::text
