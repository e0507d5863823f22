#include "centralita/route/route.h"

#include <array>
#include <map>
#include <string>
#include <utility>

#include "centralita/base/error.h"
#include "context.h"
#include "customers.h"
#include "deflections.h"
#include "fmt/format.h"
#include "handlers.h"
#include "tenant_policy.h"

namespace centralita::route {
namespace {

using routing::v1::RoutingRecord;

// Sorted before customers ("c/") and their segments ("m/").
constexpr std::string_view kHeaderKey = "a";
constexpr std::string_view kPolicyPrefix = "b/";

bool IsAboutCustomer(RoutingRecord::KindCase kind) {
  switch (kind) {
    case RoutingRecord::kActivate:
    case RoutingRecord::kEngineLevel:
    case RoutingRecord::kTick:
      return false;
    default:
      return true;
  }
}

// What can be applied. The rest is dead-lettered by the runner, messages among it, and nothing is
// lost.
bool IsWhole(const RoutingRecord& record) {
  if (record.kind_case() == RoutingRecord::KIND_NOT_SET) return false;
  if (record.has_activate()) return !record.activate().tenant().empty();
  if (!IsAboutCustomer(record.kind_case())) return true;
  const bool named = !record.tenant().empty() && record.tenant().find('/') == std::string::npos &&
                     !record.customer_id().empty();
  return named && !(record.has_tagged() && record.tagged().message_id().empty());
}

google::protobuf::ArenaOptions OptionsFor(std::string& block) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block.data();
  options.initial_block_size = block.size();
  return options;
}

// A tenant's versions that count.
struct Policies {
  TenantPolicy for_all;
  // A newer one, for `percent` of a hundred customers; null if there is none.
  std::unique_ptr<TenantPolicy> staged;
  uint32_t percent = 0;

  uint64_t newest() const { return staged == nullptr ? for_all.version() : staged->version(); }
};

// A customer's place among a hundred; another hash than that of partitions, and the same for every
// version, so that a growing stage takes more customers in and lets none go.
uint32_t StagePlace(std::string_view key) {
  return static_cast<uint32_t>(base::StableHash(std::string("stage/").append(key)) % 100);
}

}  // namespace

class Route::Impl final {
 public:
  base::ApplyResult Apply(const base::InputRecord& input, base::Outputs& outputs);
  void TakeChanges(base::EntrySink& sink);
  void ForEachEntry(base::EntrySink& sink) const;
  absl::Status Load(std::string_view key, std::string_view value);

  Customers& customers() { return customers_; }
  const Customers& customers() const { return customers_; }
  uint32_t level() const { return level_; }

 private:
  void ApplyToCustomer(const Context& context);
  void Activate(const Context& context, const policy::v1::ActivateRoute& activate);
  void SetLevel(const Context& context, uint32_t level);
  void Expire(const Context& context);
  // Of the customer with that key.
  const TenantPolicy& PolicyOf(const std::string& tenant, std::string_view key) const;
  std::string HeaderBytes() const;
  static std::string PolicyBytes(const std::string& tenant, const Policies& policies);

  std::string block_ = std::string(64 * 1024, '\0');
  google::protobuf::Arena arena_{OptionsFor(block_)};
  Customers customers_;
  std::map<std::string, Policies, std::less<>> policies_;
  const TenantPolicy built_in_;
  uint32_t level_ = kEngineLevel;
  bool header_changed_ = true;
  std::map<std::string, bool> policies_changed_;
};

base::ApplyResult Route::Impl::Apply(const base::InputRecord& input, base::Outputs& outputs) {
  arena_.Reset();
  auto& record = *google::protobuf::Arena::CreateMessage<RoutingRecord>(&arena_);
  if (!record.ParseFromArray(input.value.data(), static_cast<int>(input.value.size())) ||
      !IsWhole(record)) {
    return base::ApplyResult::kUndecodable;
  }
  const std::string& tenant = record.has_activate() ? record.activate().tenant() : record.tenant();
  const std::string key = base::TenantKey(tenant, record.customer_id());
  const Context context{input, record, outputs, arena_, base::ToUnixMillis(input.now), key};
  switch (record.kind_case()) {
    case RoutingRecord::kActivate:
      Activate(context, record.activate());
      break;
    case RoutingRecord::kEngineLevel:
      SetLevel(context, record.engine_level().level());
      break;
    case RoutingRecord::kTick:
      Expire(context);
      break;
    default:
      ApplyToCustomer(context);
  }
  return base::ApplyResult::kApplied;
}

void Route::Impl::ApplyToCustomer(const Context& context) {
  const RoutingRecord& record = context.record;
  const TenantPolicy& policy = PolicyOf(record.tenant(), context.key);
  const bool report = record.has_closed() || record.has_released() || record.has_progress();
  // A report of a shard about somebody unknown is too old to mean anything.
  if (report && customers_.Find(context.key) == nullptr) return;
  Customer& customer = customers_.Get(context.key);
  switch (record.kind_case()) {
    case RoutingRecord::kTagged:
      OnMessage(context, policy, customer, record.tagged());
      break;
    case RoutingRecord::kAmendment:
      OnAmendment(context, policy, customer, record.amendment());
      break;
    case RoutingRecord::kClosed:
      OnClosed(context, policy, customer, record.closed());
      break;
    case RoutingRecord::kReleased:
      OnReleased(context, policy, customer, record.released());
      break;
    case RoutingRecord::kProgress:
      OnProgress(customer, record.progress());
      break;
    case RoutingRecord::kLink:
      OnLink(context, customer, record.link());
      break;
    case RoutingRecord::kHandover:
      OnHandover(context, customer, record.handover());
      break;
    default:
      break;
  }
  customers_.Touch(customer);
}

void Route::Impl::Activate(const Context& context, const policy::v1::ActivateRoute& activate) {
  if (activate.version() == 0) return;
  Policies& policies = policies_[activate.tenant()];
  if (activate.version() <= policies.newest()) return;
  if (activate.stage_percent() > 0) {
    policies.staged = std::make_unique<TenantPolicy>(activate.version(), activate.route());
    policies.percent = activate.stage_percent();
  } else {
    policies = {TenantPolicy(activate.version(), activate.route()), nullptr, 0};
  }
  policies_changed_[activate.tenant()] = true;
  auto& event = context.MakeEvent();
  event.set_tenant(activate.tenant());
  event.clear_customer_id();
  events::v1::PolicyActivated& activated = *event.mutable_policy_activated();
  activated.set_version(activate.version());
  activated.set_applied_by(activate.applied_by());
  activated.set_applied_unix_ms(activate.applied_unix_ms());
  activated.set_stage_percent(activate.stage_percent());
  activated.set_restores_version(activate.restores_version());
  context.Emit(event);
}

void Route::Impl::SetLevel(const Context& context, uint32_t level) {
  if (level > kEngineLevel) {
    return context.Reject(
        "engine_level_unknown",
        fmt::format("Engine level {} was activated, this binary knows levels up to {}. Upgrade all "
                    "routers before the level is activated.",
                    level, kEngineLevel));
  }
  if (level <= level_) return;
  level_ = level;
  header_changed_ = true;
}

void Route::Impl::Expire(const Context& context) {
  customers_.ExpireSlice(context.now_ms, kMaxExpiriesPerTick, [&context](Customer& customer) {
    if (!customer.state.has_deflection()) return;
    const size_t slash = customer.key.find('/');
    EndDeflection(context, customer.key.substr(0, slash), customer.key.substr(slash + 1), customer);
  });
}

const TenantPolicy& Route::Impl::PolicyOf(const std::string& tenant, std::string_view key) const {
  const auto found = policies_.find(tenant);
  if (found == policies_.end()) return built_in_;
  const Policies& policies = found->second;
  const bool staged = policies.staged != nullptr && StagePlace(key) < policies.percent;
  return staged ? *policies.staged : policies.for_all;
}

std::string Route::Impl::HeaderBytes() const {
  snapshot::v1::RouteHeader header;
  header.set_engine_level(level_);
  return header.SerializeAsString();
}

std::string Route::Impl::PolicyBytes(const std::string& tenant, const Policies& policies) {
  snapshot::v1::RoutePolicy entry;
  entry.set_tenant(tenant);
  entry.set_version(policies.for_all.version());
  *entry.mutable_section() = policies.for_all.section();
  if (policies.staged != nullptr) {
    entry.set_staged_version(policies.staged->version());
    *entry.mutable_staged_section() = policies.staged->section();
    entry.set_staged_percent(policies.percent);
  }
  return entry.SerializeAsString();
}

void Route::Impl::TakeChanges(base::EntrySink& sink) {
  if (header_changed_) sink.Put(kHeaderKey, HeaderBytes());
  header_changed_ = false;
  for (const auto& [tenant, changed] : policies_changed_) {
    sink.Put(std::string(kPolicyPrefix) + tenant, PolicyBytes(tenant, policies_.at(tenant)));
  }
  policies_changed_.clear();
  customers_.TakeChanges(sink);
}

void Route::Impl::ForEachEntry(base::EntrySink& sink) const {
  sink.Put(kHeaderKey, HeaderBytes());
  for (const auto& [tenant, policy] : policies_) {
    sink.Put(std::string(kPolicyPrefix) + tenant, PolicyBytes(tenant, policy));
  }
  customers_.ForEachEntry(sink);
}

absl::Status Route::Impl::Load(std::string_view key, std::string_view value) {
  if (key.starts_with(Customers::kPrefix))
    return customers_.Load(key.substr(Customers::kPrefix.size()), value);
  if (key.starts_with(Customers::kSegmentPrefix)) {
    return customers_.LoadSegment(key.substr(Customers::kSegmentPrefix.size()), value);
  }
  if (key.starts_with(kPolicyPrefix)) {
    snapshot::v1::RoutePolicy entry;
    if (entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      Policies& policies = policies_[entry.tenant()];
      policies = {TenantPolicy(entry.version(), entry.section()), nullptr, 0};
      if (entry.staged_version() > 0) {
        policies.staged =
            std::make_unique<TenantPolicy>(entry.staged_version(), entry.staged_section());
        policies.percent = entry.staged_percent();
      }
      return absl::OkStatus();
    }
  }
  if (key == kHeaderKey) {
    snapshot::v1::RouteHeader header;
    if (header.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
      if (header.engine_level() > kEngineLevel) {
        return base::Error(
            absl::StatusCode::kFailedPrecondition, "engine_level_unknown",
            fmt::format(
                "The state of route is of engine level {}, this binary knows up to {}. Run the "
                "newer binary.",
                header.engine_level(), kEngineLevel));
      }
      level_ = header.engine_level();
      header_changed_ = false;
      return absl::OkStatus();
    }
  }
  return base::Error(absl::StatusCode::kDataLoss, "damaged_entry",
                     fmt::format("The entry '{}' of the stage route cannot be read.", key));
}

Route::Route(uint32_t /*partition*/) : impl_(std::make_unique<Impl>()) {}
Route::~Route() = default;

base::ApplyResult Route::Apply(const base::InputRecord& record, base::Outputs& outputs) {
  return impl_->Apply(record, outputs);
}
base::TimePoint Route::NextDue() const { return impl_->customers().NextDue(); }
void Route::TakeChanges(base::EntrySink& sink) { impl_->TakeChanges(sink); }
void Route::ForEachEntry(base::EntrySink& sink) const { impl_->ForEachEntry(sink); }
absl::Status Route::Load(std::string_view key, std::string_view value) {
  return impl_->Load(key, value);
}
absl::Status Route::LoadDone() { return impl_->customers().LoadDone(); }
uint32_t Route::EngineLevel() const { return impl_->level(); }
size_t Route::customers() const { return impl_->customers().size(); }

}  // namespace centralita::route
