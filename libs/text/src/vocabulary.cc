#include "centralita/text/vocabulary.h"

#include "centralita/text/fold.h"

namespace centralita::text {

uint32_t Vocabulary::Add(std::string_view token) {
  const uint64_t hash = TokenHash(token);
  if (const uint32_t known = Find(hash, token); known != kUnknown) return known;
  if ((words_.size() + 1) * 2 > slots_.size()) Grow();
  const uint32_t id = static_cast<uint32_t>(words_.size());
  words_.emplace_back(token);
  Insert({hash, id});
  return id;
}

uint32_t Vocabulary::Find(uint64_t hash, std::string_view token) const {
  if (slots_.empty()) return kUnknown;
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.id == kUnknown) return kUnknown;
    if (slot.hash == hash && words_[slot.id] == token) return slot.id;
  }
}

// The table is kept at most half full, so that a search for an unknown word ends at once.
void Vocabulary::Grow() {
  std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.id != kUnknown) Insert(slot);
  }
}

void Vocabulary::Insert(Slot slot) {
  const size_t mask = slots_.size() - 1;
  size_t at = slot.hash & mask;
  while (slots_[at].id != kUnknown) at = (at + 1) & mask;
  slots_[at] = slot;
}

}  // namespace centralita::text
