// A case of a contract suite that has no meaning for one implementation. It is no skip, which would
// say that something is missing here: it is named and listed by ./dev test, and passes.
#pragma once

#include <cstdio>

#define CENTRALITA_NO_MEANING_HERE(why)    \
  do {                                     \
    std::printf("[EXCEPTION ] %s\n", why); \
    return;                                \
  } while (false)
