// Nodes of one size by number, in chunks: no allocation for each, no pointer to each, and none ever
// moves. Memory of nodes given back is used again, and not returned to the system.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "centralita/timer/large_pages.h"

namespace centralita::timer {

// No node.
inline constexpr uint32_t kNone = UINT32_MAX;

// `Node` has a member `uint32_t next`, which is the slab's while the node is free. Not thread-safe.
template <typename Node>
class Slab final {
  static_assert(std::is_trivially_destructible_v<Node>);

 public:
  Node& operator[](uint32_t number) { return chunks_[number / kChunk].get()[number % kChunk]; }
  const Node& operator[](uint32_t number) const {
    return chunks_[number / kChunk].get()[number % kChunk];
  }

  // A node as made by default. At most 2^32 - 1 of them, which is 256 GiB of 64 bytes each.
  uint32_t Take() {
    uint32_t number = free_;
    if (number != kNone) {
      free_ = (*this)[number].next;
    } else {
      number = end_++;
      if (number / kChunk == chunks_.size()) chunks_.push_back(NewChunk());
    }
    new (&(*this)[number]) Node();
    ++size_;
    return number;
  }

  // Its other members stay readable until it is taken again.
  void Give(uint32_t number) {
    (*this)[number].next = free_;
    free_ = number;
    --size_;
  }

  size_t size() const { return size_; }
  // All numbers that were ever taken are below.
  uint32_t end() const { return end_; }

 private:
  static constexpr size_t kChunk = 262'144;
  static constexpr std::align_val_t kAlign{alignof(Node) > 64 ? alignof(Node) : 64};
  struct Free {
    void operator()(Node* nodes) const { GiveLarge(nodes, kChunk * sizeof(Node), kAlign); }
  };
  using Chunk = std::unique_ptr<Node, Free>;
  static Chunk NewChunk() {
    return Chunk(static_cast<Node*>(TakeLarge(kChunk * sizeof(Node), kAlign)));
  }

  std::vector<Chunk> chunks_;
  uint32_t free_ = kNone;
  uint32_t end_ = 0;
  size_t size_ = 0;
};

}  // namespace centralita::timer
