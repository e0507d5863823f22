#include "watermarks.h"

#include <fmt/format.h>

#include <cstdio>

#include "centralita/base/error.h"

namespace centralita::stage {
namespace {

// Of the log's time. Nobody sends again after so long.
constexpr base::Duration kSenderKept{24LL * 3'600'000};
constexpr base::Duration kForgetInterval{3'600'000};

bool RunOut(base::TimePoint last_used, base::TimePoint now) {
  return last_used + kSenderKept < now;
}

}  // namespace

bool Watermarks::Advance(const Origin& origin, base::TimePoint now) {
  switch (origin.kind) {
    case Origin::Kind::kSource:
      return AdvanceSource(origin.source);
    case Origin::Kind::kClient:
      return AdvanceSender(origin.incarnation, origin.sequence, now);
    case Origin::Kind::kReplay:
      // An incarnation has no '/'. Indexes begin at 0, sequences at 1.
      return AdvanceSender(fmt::format("replay/{}", origin.replay), origin.sequence + 1, now);
    case Origin::Kind::kNone:
    case Origin::Kind::kDamaged:
      return true;
  }
  return true;
}

bool Watermarks::AdvanceSource(const SourceId& source) {
  const SourceKey key(source.stage, source.log_epoch, source.partition);
  const auto [found, first] = sources_.try_emplace(key);
  SourceMark& mark = found->second;
  if (!first && std::pair(source.offset, source.index) <= std::pair(mark.offset, mark.index))
    return false;
  mark = {.offset = source.offset, .index = source.index, .changed = true};
  return true;
}

// Whether one has run out is asked here and not left to Forget(), since what a stage drops must
// depend on the log alone, and not on when its owner cleaned up.
bool Watermarks::AdvanceSender(std::string_view sender, uint64_t sequence, base::TimePoint now) {
  Forget(now);
  auto mark = senders_.find(sender);
  if (mark == senders_.end()) {
    mark = senders_.try_emplace(std::string(sender)).first;
    forgotten_.erase(mark->first);
  } else if (sequence <= mark->second.sequence && !RunOut(mark->second.last_used, now)) {
    return false;
  }
  mark->second = {.sequence = sequence, .last_used = now, .changed = true};
  return true;
}

void Watermarks::Forget(base::TimePoint now) {
  if (now < next_forgetting_) return;
  next_forgetting_ = now + kForgetInterval;
  for (auto mark = senders_.begin(); mark != senders_.end();) {
    if (RunOut(mark->second.last_used, now)) {
      forgotten_.insert(mark->first);
      senders_.erase(mark++);
    } else {
      ++mark;
    }
  }
}

void Watermarks::TakeChanges(base::EntrySink& sink) {
  for (auto& [key, mark] : sources_) {
    if (!std::exchange(mark.changed, false)) continue;
    const auto& [stage, epoch, partition] = key;
    sink.Put(fmt::format("s/{}/{}/{}", stage, epoch, partition),
             fmt::format("{} {}", mark.offset, mark.index));
  }
  for (auto& [sender, mark] : senders_) {
    if (!std::exchange(mark.changed, false)) continue;
    sink.Put("c/" + sender,
             fmt::format("{} {}", mark.sequence, base::ToUnixMillis(mark.last_used)));
  }
  for (const std::string& sender : forgotten_) sink.Erase("c/" + sender);
  forgotten_.clear();
}

void Watermarks::ForEachEntry(base::EntrySink& sink) const {
  Watermarks all = *this;
  for (auto& [key, mark] : all.sources_) mark.changed = true;
  for (auto& [sender, mark] : all.senders_) mark.changed = true;
  all.forgotten_.clear();
  all.TakeChanges(sink);
}

absl::Status Watermarks::Load(std::string_view key, std::string_view value) {
  const std::string key_text(key);
  const std::string value_text(value);
  unsigned stage = 0;
  unsigned epoch = 0;
  unsigned partition = 0;
  unsigned long long first = 0;
  long long second = 0;
  if (std::sscanf(value_text.c_str(), "%llu %lld", &first, &second) == 2) {
    if (key.starts_with("c/")) {
      senders_[key_text.substr(2)] = {
          .sequence = first, .last_used = base::FromUnixMillis(second), .changed = false};
      return absl::OkStatus();
    }
    if (std::sscanf(key_text.c_str(), "s/%u/%u/%u", &stage, &epoch, &partition) == 3) {
      sources_[{stage, epoch, partition}] = {
          .offset = first, .index = static_cast<uint32_t>(second), .changed = false};
      return absl::OkStatus();
    }
  }
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("The watermark {} is damaged.", key));
}

}  // namespace centralita::stage
