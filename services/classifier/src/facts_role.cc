#include "centralita/classifier/facts_role.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "centralita/amendment/v1/amendment.pb.h"
#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/classifier/apply_signal.h"
#include "centralita/routing/v1/routing.pb.h"

namespace centralita::classifier {
namespace {

using profile::v1::Profile;
using routing::v1::RoutingRecord;
using signals::v1::Signal;

// The runner tries a batch again for UNAVAILABLE only, and nothing that a store says is a reason to
// stop.
absl::Status TryAgain(const absl::Status& status) {
  if (status.ok()) return status;
  return base::Error(
      absl::StatusCode::kUnavailable, "profile_store_unavailable",
      fmt::format("The profiles' store: {}",
                  std::string_view(status.message().data(), status.message().size())));
}

struct Customer {
  std::string key;
  StoredProfile stored;
  bool changed = false;
  // By more than a contact.
  bool published = false;
  // The last record of the batch that is his.
  size_t last_item = 0;
};

struct Item {
  Signal signal;
  const text::Classifier* classifier = nullptr;
  size_t customer = 0;
  std::string_view reason;
  std::string_view detail;
  std::optional<RoutingRecord> amendment;
};

Item Decode(const eventlog::Record& record, const TenantClassifiers& tenants) {
  Item item;
  if (!item.signal.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())) ||
      item.signal.customer_id().empty()) {
    item.reason = "undecodable";
    item.detail = "The bytes are no Signal of a customer.";
  } else if (ReasonOfSignal(item.signal).empty()) {
    item.reason = "unknown_signal";
    item.detail = "This version knows no such kind of signal; upgrade, then replay the letter.";
  } else if (const auto tenant = tenants.find(item.signal.tenant()); tenant == tenants.end()) {
    item.reason = "unknown_tenant";
    item.detail = "No policy names this tenant; apply one, then replay the letter.";
  } else {
    item.classifier = tenant->second.get();
  }
  return item;
}

RoutingRecord AmendmentOf(const Item& item, const Profile& profile,
                          classification::v1::Facts facts) {
  RoutingRecord record;
  record.set_tenant(item.signal.tenant());
  record.set_customer_id(item.signal.customer_id());
  amendment::v1::Amendment& amendment = *record.mutable_amendment();
  amendment.set_tenant(item.signal.tenant());
  amendment.set_customer_id(item.signal.customer_id());
  amendment.set_reason(std::string(ReasonOfSignal(item.signal)));
  amendment.set_policy_version(item.classifier->policy_version());
  *amendment.mutable_facts() = std::move(facts);
  return record;
}

bool IsRepeat(const Profile& profile, uint32_t log_epoch, uint64_t offset) {
  return profile.log_epoch() == log_epoch && offset < profile.signals_applied();
}

}  // namespace

// What one call of Process() works on.
class FactsRole::Batch {
 public:
  Batch(const eventlog::RecordBatch& records, uint32_t log_epoch, const TenantClassifiers& tenants)
      : records_(records), log_epoch_(log_epoch) {
    for (size_t i = 0; i < records.records().size(); ++i) {
      items_.push_back(Decode(records.records()[i], tenants));
      Item& item = items_.back();
      if (item.classifier != nullptr) item.customer = CustomerOf(item.signal, i);
    }
  }

  std::vector<std::string_view> Keys() const {
    std::vector<std::string_view> keys;
    for (const Customer& customer : customers_) keys.push_back(customer.key);
    return keys;
  }

  void SetProfiles(std::vector<StoredProfile> stored, ClassifierMetrics& metrics) {
    for (size_t i = 0; i < stored.size(); ++i) {
      metrics.damaged_profiles.Add(stored[i].damaged ? 1 : 0);
      customers_[i].stored = std::move(stored[i]);
    }
  }

  void Apply(ClassifierMetrics& metrics) {
    for (size_t i = 0; i < items_.size(); ++i) {
      if (items_[i].classifier != nullptr) ApplyOne(items_[i], records_.records()[i], metrics);
    }
  }

  std::vector<ProfileWrite> Writes() const {
    std::vector<ProfileWrite> writes;
    for (const Customer& customer : customers_) {
      if (!customer.changed) continue;
      writes.push_back({customer.key, &customer.stored.bytes, &customer.stored.profile});
    }
    return writes;
  }

  void Emit(ClassifierMetrics& metrics, stage::PipelineOutputs& outputs) const {
    for (size_t i = 0; i < items_.size(); ++i) {
      const Item& item = items_[i];
      if (item.classifier == nullptr) {
        metrics.dead_letters_by_reason.With(item.reason).Add();
        outputs.DeadLetter(i, item.reason, item.detail, 0);
        continue;
      }
      const Customer& customer = customers_[item.customer];
      if (item.amendment) {
        metrics.amendments.Add();
        outputs.Emit(i, base::topics::kRouting, customer.key, *item.amendment);
      }
      // The topic is compacted: the last state of a batch stands for those before it. What only
      // says that the customer was in contact stays in the store, since it would be a record for
      // each message: after a loss of the store, contacts since the last real change are not known.
      if (customer.last_item == i && customer.published) {
        outputs.Emit(i, base::topics::kProfiles, customer.key, customer.stored.profile);
      }
    }
  }

 private:
  size_t CustomerOf(const Signal& signal, size_t item) {
    std::string key = base::TenantKey(signal.tenant(), signal.customer_id());
    const auto [it, added] = index_.try_emplace(key, customers_.size());
    if (added) {
      customers_.emplace_back();
      customers_.back().key = std::move(key);
    }
    customers_[it->second].last_item = item;
    return it->second;
  }

  void ApplyOne(Item& item, const eventlog::Record& record, ClassifierMetrics& metrics) {
    Customer& customer = customers_[item.customer];
    Profile& profile = customer.stored.profile;
    const base::TimePoint now = record.append_time;
    const bool repeat = IsRepeat(profile, log_epoch_, record.offset);
    const classification::v1::Facts before = item.classifier->FactsOf(profile, {}, now);
    if (repeat) {
      metrics.repeated_signals.Add();
    } else {
      ApplySignal(item.signal, now, profile);
      // Contacts are not published: after a loss of the store a profile would count on from below
      // what route has seen of it, and its amendments would be taken for old ones.
      profile.set_revision(std::max(profile.revision(), record.offset + 1));
      profile.set_signals_applied(record.offset + 1);
      profile.set_log_epoch(log_epoch_);
      customer.changed = true;
      metrics.signals_by_kind.With(ReasonOfSignal(item.signal)).Add();
    }
    if (item.signal.has_contact()) return;
    customer.published = true;
    classification::v1::Facts after = item.classifier->FactsOf(profile, {}, now);
    // Of a repeat nobody knows any more what it changed: told once more, it harms nobody.
    if (repeat || item.signal.has_facts_wanted() || text::DifferForRouting(before, after)) {
      item.amendment = AmendmentOf(item, profile, std::move(after));
    }
  }

  const eventlog::RecordBatch& records_;
  const uint32_t log_epoch_;
  std::vector<Item> items_;
  // Keys are views of these elsewhere: a deque leaves them where they are.
  std::deque<Customer> customers_;
  base::StringMap<size_t> index_;
};

FactsRole::FactsRole(const PolicySource& policies, ProfileStore& profiles, ProfileCache& cache,
                     eventlog::EventLog& log, const base::Clock& clock, ClassifierMetrics& metrics)
    : policies_(policies),
      profiles_(profiles),
      cache_(cache),
      log_(log),
      clock_(clock),
      metrics_(metrics) {}

absl::Status FactsRole::Process(const eventlog::RecordBatch& records, uint32_t log_epoch,
                                stage::PipelineOutputs& outputs) {
  const std::shared_ptr<const TenantClassifiers> tenants = policies_.Current();
  Batch batch(records, log_epoch, *tenants);
  auto stored = ReadOrFill(batch.Keys());
  if (!stored.ok()) return TryAgain(stored.status());
  batch.SetProfiles(*std::move(stored), metrics_);
  batch.Apply(metrics_);
  const std::vector<ProfileWrite> writes = batch.Writes();
  ABSL_RETURN_IF_ERROR(TryAgain(profiles_.Write(writes)));
  for (const ProfileWrite& write : writes) cache_.Renew(write.key, *write.profile);
  batch.Emit(metrics_, outputs);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredProfile>> FactsRole::ReadOrFill(
    const std::vector<std::string_view>& keys) {
  auto stored = profiles_.Read(keys);
  if (stored.ok() || stored.status().code() != absl::StatusCode::kFailedPrecondition) return stored;
  ABSL_ASSIGN_OR_RETURN(const size_t loaded, FillProfileStore(log_, profiles_, clock_));
  metrics_.profiles_loaded.Add(static_cast<double>(loaded));
  return profiles_.Read(keys);
}

}  // namespace centralita::classifier
