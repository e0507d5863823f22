// Memory in pages of 2 MiB where the system has such for those who ask (Linux: transparent huge
// pages, `madvise`): of hundreds of megabytes that are read here and there, most look-ups of 4 KiB
// pages miss, and cost as much as the memory itself.
#pragma once

#include <cstddef>
#include <new>

namespace centralita::timer {

inline constexpr size_t kLargePage = size_t{2} << 20;

// As ::operator new and delete with an alignment, of `bytes` that are whole large pages, or of any
// number that is smaller. What is not touched costs nothing, but by whole pages.
void* TakeLarge(size_t bytes, std::align_val_t align);
void GiveLarge(void* memory, size_t bytes, std::align_val_t align);

// For containers.
template <typename T>
struct LargePages {
  using value_type = T;
  LargePages() = default;
  template <typename U>
  LargePages(const LargePages<U>&) {}
  T* allocate(size_t count) {
    return static_cast<T*>(TakeLarge(count * sizeof(T), std::align_val_t{alignof(T)}));
  }
  void deallocate(T* memory, size_t count) {
    GiveLarge(memory, count * sizeof(T), std::align_val_t{alignof(T)});
  }
  bool operator==(const LargePages&) const = default;
};

}  // namespace centralita::timer
