#include "watermarks.h"

#include <cstdio>

#include <fmt/format.h>

#include "centralita/base/error.h"

namespace centralita::stage {
namespace {

// Of the log's time. A gateway lives far shorter than this without a word.
constexpr base::Duration kClientKept{24LL * 3'600'000};
constexpr base::Duration kForgetInterval{3'600'000};

std::string Key(uint32_t stage, uint32_t epoch, uint32_t partition) {
  return fmt::format("s/{}/{}/{}", stage, epoch, partition);
}

// Lets only some keys through.
class ChangedOnly final : public base::EntrySink {
 public:
  ChangedOnly(const std::set<std::string>& changed, base::EntrySink& sink) : changed_(changed), sink_(sink) {}
  void Put(std::string_view key, std::string_view value) override {
    if (changed_.contains(std::string(key))) sink_.Put(key, value);
  }
  void Erase(std::string_view key) override { sink_.Erase(key); }

 private:
  const std::set<std::string>& changed_;
  base::EntrySink& sink_;
};

}  // namespace

bool Watermarks::Advance(const Origin& origin, base::TimePoint now) {
  if (origin.kind == Origin::Kind::kSource) {
    const SourceId& s = origin.source;
    const std::pair position(s.offset, s.index);
    const auto [mark, first] = sources_.try_emplace({s.stage, s.log_epoch, s.partition}, position);
    if (!first && position <= mark->second) return false;
    mark->second = position;
    changed_.insert(Key(s.stage, s.log_epoch, s.partition));
    return true;
  }
  if (origin.kind == Origin::Kind::kClient) {
    ForgetOldClients(now);
    const auto [mark, first] = clients_.try_emplace(origin.incarnation);
    if (!first && origin.sequence <= mark->second.sequence) return false;
    mark->second = {origin.sequence, now};
    changed_.insert("c/" + origin.incarnation);
  }
  return true;
}

void Watermarks::ForgetOldClients(base::TimePoint now) {
  if (now < next_forgetting_) return;
  next_forgetting_ = now + kForgetInterval;
  for (auto client = clients_.begin(); client != clients_.end();) {
    if (client->second.last_used + kClientKept < now) {
      changed_.insert("c/" + client->first);
      client = clients_.erase(client);
    } else {
      ++client;
    }
  }
}

void Watermarks::TakeChanges(base::EntrySink& sink) {
  ChangedOnly only(changed_, sink);
  ForEachEntry(only);
  for (const std::string& key : changed_) {
    if (key.starts_with("c/") && !clients_.contains(std::string_view(key).substr(2))) sink.Erase(key);
  }
  changed_.clear();
}

void Watermarks::ForEachEntry(base::EntrySink& sink) const {
  for (const auto& [incarnation, client] : clients_) {
    sink.Put("c/" + incarnation, fmt::format("{} {}", client.sequence, base::ToUnixMillis(client.last_used)));
  }
  for (const auto& [key, position] : sources_) {
    const auto& [stage, epoch, partition] = key;
    sink.Put(Key(stage, epoch, partition), fmt::format("{} {}", position.first, position.second));
  }
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
      clients_[key_text.substr(2)] = {first, base::FromUnixMillis(second)};
      return absl::OkStatus();
    }
    if (std::sscanf(key_text.c_str(), "s/%u/%u/%u", &stage, &epoch, &partition) == 3) {
      sources_[{stage, epoch, partition}] = {first, static_cast<uint32_t>(second)};
      return absl::OkStatus();
    }
  }
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry", fmt::format("The watermark {} is damaged.", key));
}

}  // namespace centralita::stage
