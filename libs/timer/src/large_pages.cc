#include "centralita/timer/large_pages.h"

#include <sys/mman.h>

#include <algorithm>

namespace centralita::timer {
namespace {

std::align_val_t AlignOf(size_t bytes, std::align_val_t align) {
  return bytes < kLargePage ? align : std::max(align, std::align_val_t{kLargePage});
}

}  // namespace

void* TakeLarge(size_t bytes, std::align_val_t align) {
  void* const memory = ::operator new(bytes, AlignOf(bytes, align));
  // A matter of speed alone: where it is refused, pages are small.
  if (bytes >= kLargePage) static_cast<void>(::madvise(memory, bytes, MADV_HUGEPAGE));
  return memory;
}

void GiveLarge(void* memory, size_t bytes, std::align_val_t align) {
  ::operator delete(memory, AlignOf(bytes, align));
}

}  // namespace centralita::timer
