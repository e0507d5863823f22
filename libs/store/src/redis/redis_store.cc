#include "centralita/store/redis_store.h"

#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "client.h"
#include "errors.h"
#include "pending.h"
#include "scripts.h"
#include "writer.h"

namespace centralita::store {
namespace {

using redis::Client;
using redis::Command;
using redis::CommandBuilder;
using redis::PartitionKeys;
using redis::Reply;
using redis::WhenMoving;

using Value = std::optional<std::string>;

// Of one MGET.
constexpr size_t kKeysAtOnce = 64;
constexpr size_t kLongestPage = 1'000;
constexpr size_t kPageBytes = 1 << 20;

Value ValueOf(const redisReply& reply) {
  if (redis::IsNil(reply)) return std::nullopt;
  return std::string(redis::Text(reply));
}

// The first name behind all that begin with `prefix`, as ZRANGEBYLEX takes it.
std::string Behind(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (prefix.empty()) return "+";
  ++prefix.back();
  return "(" + prefix;
}

class RedisStore final : public Store {
 public:
  RedisStore(const RedisStoreOptions& options, std::unique_ptr<Client> client)
      : prefix_(options.key_prefix),
        scripts_(redis::MakeScripts()),
        client_(std::move(client)),
        writer_(*client_, scripts_, prefix_) {}

  absl::StatusOr<Value> Get(const Key& key) override;
  absl::StatusOr<std::vector<Value>> GetMany(const std::vector<Key>& keys) override;
  absl::StatusOr<std::string> SetIfAbsent(const Key& key, const std::string& value,
                                          base::Duration time_to_live) override;
  absl::Status Commit(const Transaction& transaction) override {
    return writer_.Commit({&transaction, 1}).front();
  }
  std::vector<absl::Status> CommitMany(const std::vector<Transaction>& transactions) override {
    return writer_.Commit(transactions);
  }
  absl::StatusOr<ScanPage> Scan(const std::string& partition, const std::string& prefix,
                                const std::optional<std::string>& after, size_t limit) override;

 private:
  // Keys of one partition that are read together.
  struct Group {
    PartitionKeys keys;
    std::vector<size_t> wanted;
    int helps = 0;
    bool done = false;
  };
  using Keys = std::vector<Key>;

  std::vector<Group> GroupsOf(const Keys& keys) const;
  Command ReadOf(const Keys& keys, const Group& group) const;
  // Takes the answer, or carries out what is in the way of it.
  absl::Status Take(const Keys& keys, Group& group, absl::StatusOr<Reply> answer,
                    std::vector<Value>& values);
  absl::Status TakeOneByOne(const Keys& keys, Group& group, std::vector<Value>& values);
  // Leaves the group undone, to be read again.
  absl::Status Help(const Keys& keys, Group& group, const std::string& id);
  // The answer of a script that is at work only if no large transaction is in its way.
  absl::StatusOr<Reply> RunScript(const Command& command, const PartitionKeys& keys,
                                  const std::string& partition, size_t least_elements);

  const std::string prefix_;
  const redis::Scripts scripts_;
  const std::unique_ptr<Client> client_;
  redis::Writer writer_;
};

absl::StatusOr<Value> RedisStore::Get(const Key& key) {
  ABSL_ASSIGN_OR_RETURN(auto values, GetMany({key}));
  return std::move(values.front());
}

std::vector<RedisStore::Group> RedisStore::GroupsOf(const Keys& keys) const {
  std::vector<Group> groups;
  base::StringMap<size_t> last;
  for (size_t i = 0; i < keys.size(); ++i) {
    const auto [place, added] = last.try_emplace(keys[i].partition, groups.size());
    if (added || groups[place->second].wanted.size() == kKeysAtOnce) {
      place->second = groups.size();
      groups.push_back({PartitionKeys(prefix_, keys[i].partition), {}});
    }
    groups[place->second].wanted.push_back(i);
  }
  return groups;
}

Command RedisStore::ReadOf(const Keys& keys, const Group& group) const {
  CommandBuilder builder;
  builder.Add("MGET");
  for (const size_t i : group.wanted) builder.Add(group.keys.Entry(keys[i].name));
  builder.Add(group.keys.Pending());
  return std::move(builder).Build(group.keys.slot());
}

absl::StatusOr<std::vector<Value>> RedisStore::GetMany(const std::vector<Key>& keys) {
  std::vector<Value> values(keys.size());
  std::vector<Group> groups = GroupsOf(keys);
  while (!groups.empty()) {
    std::vector<Command> commands;
    commands.reserve(groups.size());
    for (const Group& group : groups) commands.push_back(ReadOf(keys, group));
    auto answers = client_->Run(commands, WhenMoving::kTell);
    for (size_t g = 0; g < groups.size(); ++g) {
      ABSL_RETURN_IF_ERROR(Take(keys, groups[g], std::move(answers[g]), values));
    }
    std::erase_if(groups, [](const Group& group) { return group.done; });
  }
  return values;
}

absl::Status RedisStore::Take(const Keys& keys, Group& group, absl::StatusOr<Reply> answer,
                              std::vector<Value>& values) {
  if (base::ReasonOf(answer.status()) == redis::kSlotMoving) {
    return TakeOneByOne(keys, group, values);
  }
  ABSL_RETURN_IF_ERROR(answer.status());
  ABSL_RETURN_IF_ERROR(redis::CheckAnswer(**answer, group.wanted.size() + 1));
  const redisReply& pending = *(*answer)->element[group.wanted.size()];
  if (!redis::IsNil(pending)) return Help(keys, group, std::string(redis::Text(pending)));
  for (size_t i = 0; i < group.wanted.size(); ++i) {
    values[group.wanted[i]] = ValueOf(*(*answer)->element[i]);
  }
  group.done = true;
  return absl::OkStatus();
}

// While its slot is moved, each key lies here or there and is asked for alone; then whether a large
// transaction was being carried out meanwhile.
absl::Status RedisStore::TakeOneByOne(const Keys& keys, Group& group, std::vector<Value>& values) {
  std::vector<Command> commands;
  commands.reserve(group.wanted.size());
  for (const size_t i : group.wanted) {
    commands.push_back(
        redis::MakeCommand(group.keys.slot(), {"GET", group.keys.Entry(keys[i].name)}));
  }
  auto answers = client_->Run(commands);
  ABSL_ASSIGN_OR_RETURN(
      const Reply pending,
      client_->Run(redis::MakeCommand(group.keys.slot(), {"GET", group.keys.Pending()})));
  if (!redis::IsNil(*pending)) return Help(keys, group, std::string(redis::Text(*pending)));
  for (size_t i = 0; i < group.wanted.size(); ++i) {
    ABSL_RETURN_IF_ERROR(answers[i].status());
    values[group.wanted[i]] = ValueOf(**answers[i]);
  }
  group.done = true;
  return absl::OkStatus();
}

absl::Status RedisStore::Help(const Keys& keys, Group& group, const std::string& id) {
  if (++group.helps > redis::kMostHelps) {
    return redis::TooManyHelps(keys[group.wanted.front()].partition);
  }
  return redis::CarryOut(*client_, scripts_, group.keys, id);
}

absl::StatusOr<Reply> RedisStore::RunScript(const Command& command, const PartitionKeys& keys,
                                            const std::string& partition, size_t least_elements) {
  for (int helps = 0; helps <= redis::kMostHelps; ++helps) {
    ABSL_ASSIGN_OR_RETURN(Reply answer, client_->Run(command));
    const auto id = redis::PendingIn(*answer);
    if (!id) {
      ABSL_RETURN_IF_ERROR(redis::CheckAnswer(*answer, least_elements));
      return answer;
    }
    ABSL_RETURN_IF_ERROR(redis::CarryOut(*client_, scripts_, keys, *id));
  }
  return redis::TooManyHelps(partition);
}

absl::StatusOr<std::string> RedisStore::SetIfAbsent(const Key& key, const std::string& value,
                                                    base::Duration time_to_live) {
  if (value.size() > redis::kLargestValue) {
    return absl::InvalidArgumentError("a value has more than 64 MiB");
  }
  const PartitionKeys keys(prefix_, key.partition);
  CommandBuilder builder;
  builder.Add(keys.Pending()).Add(keys.Index()).Add(keys.Expiring()).Add(keys.Entry(key.name));
  builder.Add(key.name).Add(value).Add(redis::LifeOf(time_to_live));
  ABSL_ASSIGN_OR_RETURN(const Reply answer, RunScript(std::move(builder).BuildScript(
                                                          keys.slot(), scripts_.set_if_absent, 4),
                                                      keys, key.partition, 2));
  return std::string(redis::Text(*answer->element[1]));
}

absl::StatusOr<ScanPage> RedisStore::Scan(const std::string& partition, const std::string& prefix,
                                          const std::optional<std::string>& after, size_t limit) {
  if (limit == 0) return absl::InvalidArgumentError("a scan needs a limit of at least 1");
  const PartitionKeys keys(prefix_, partition);
  ScanPage page;
  std::string from = after && *after >= prefix ? "(" + *after : "[" + prefix;
  // Names that have run out fill no page: an empty one is the end.
  while (page.entries.empty()) {
    CommandBuilder builder;
    builder.Add(keys.Pending()).Add(keys.Index()).Add(keys.entry_prefix());
    builder.Add(from).Add(Behind(prefix));
    builder.Add(static_cast<int64_t>(std::min(limit, kLongestPage)));
    builder.Add(static_cast<int64_t>(kPageBytes));
    ABSL_ASSIGN_OR_RETURN(const Reply answer,
                          RunScript(std::move(builder).BuildScript(keys.slot(), scripts_.scan, 2),
                                    keys, partition, 3));
    for (size_t i = 3; i + 1 < answer->elements; i += 2) {
      page.entries.emplace_back(redis::Text(*answer->element[i]),
                                redis::Text(*answer->element[i + 1]));
    }
    if (answer->element[1]->integer == 0) return page;
    from = "(" + std::string(redis::Text(*answer->element[2]));
  }
  page.next = from.substr(1);
  return page;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRedisStore(const RedisStoreOptions& options,
                                                      const base::Clock& clock) {
  ABSL_ASSIGN_OR_RETURN(auto client, Client::Open(options, clock));
  return std::make_unique<RedisStore>(options, std::move(client));
}

}  // namespace centralita::store
