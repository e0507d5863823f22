#include "intake.h"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <utility>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/base/uuid.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/routing/v1/routing.pb.h"
#include "channels.h"
#include "headers.h"

namespace centralita::ingest {
namespace {

namespace topics = base::topics;

std::string MessageId(std::string_view tenant, const NewMessage& message) {
  return base::NameUuid("message",
                        {tenant, fmt::format_int(static_cast<int>(message.channel())).c_str(),
                         message.account(), message.provider_message_id()});
}

// Moves what was sent into the record; `record` is used again and again, so that its strings keep
// their room.
void Fill(const std::string& tenant, std::string& customer, NewMessage& from, int64_t now_ms,
          message::v1::InboundMessage& record, std::string& message_id) {
  record.Clear();
  record.set_message_id(message_id);
  record.set_tenant(tenant);
  record.set_channel(from.channel());
  record.mutable_account()->swap(*from.mutable_account());
  record.mutable_handle()->swap(*from.mutable_handle());
  record.set_customer_id(customer);
  record.mutable_provider_message_id()->swap(*from.mutable_provider_message_id());
  record.mutable_text()->swap(*from.mutable_text());
  if (!from.subject().empty()) record.mutable_subject()->swap(*from.mutable_subject());
  record.set_provider_time_unix_ms(from.provider_time_unix_ms());
  record.set_received_unix_ms(now_ms);
  if (!from.locale().empty()) record.mutable_locale()->swap(*from.mutable_locale());
  record.set_visibility(from.visibility() == common::v1::VISIBILITY_UNSPECIFIED
                            ? common::v1::VISIBILITY_PRIVATE
                            : from.visibility());
  record.set_not_before_unix_ms(from.not_before_unix_ms());
  if (from.attachments_size() > 0) record.mutable_attachments()->Swap(from.mutable_attachments());
  if (!from.order_id().empty()) record.mutable_order_id()->swap(*from.mutable_order_id());
  if (!from.traceparent().empty()) record.mutable_traceparent()->swap(*from.mutable_traceparent());
  if (from.headers_size() > 0) {
    KeepTellingHeaders(*from.mutable_headers());
    record.mutable_headers()->Swap(from.mutable_headers());
  }
}

ItemError RefusedByLog(const absl::Status& status) {
  if (status.code() == absl::StatusCode::kResourceExhausted) {
    return MakeError(code::kLogBusy, "",
                     "The log has more to write than it can take; send it again in a moment.");
  }
  return MakeError(code::kLogUnavailable, "", "The log could not make it durable; send it again.");
}

ItemError NotLookedUp(const absl::Status& status) {
  if (base::ReasonOf(status) == code::kIdentityLoading) {
    return MakeError(code::kIdentityLoading, "", std::string(status.message()));
  }
  return MakeError(code::kStoreUnavailable, "",
                   "The customer of the handle could not be looked up; send it again in a moment.");
}

}  // namespace

// The results of one request while the log writes. Owns itself: the last ack, or whoever appended
// if no ack is due, ends it.
struct Intake::Pending {
  Pending(Intake& intake, size_t items, Done when_done)
      : owner(intake),
        results(items),
        done(std::move(when_done)),
        begin(intake.deps_.clock.Monotonic()) {}

  void Ack(size_t index, const absl::StatusOr<uint64_t>& offset) {
    if (offset.ok()) {
      results[index].mutable_coordinates()->set_offset(*offset);
    } else {
      Refuse(index, RefusedByLog(offset.status()));
    }
    Release();
  }

  void Refuse(size_t index, ItemError error) {
    results[index].Clear();
    *results[index].mutable_error() = std::move(error);
  }

  void Release() {
    if (due.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    Count();
    done(std::move(results));
    delete this;
  }

  void Count() const {
    IngestMetrics& metrics = owner.deps_.metrics;
    std::array<uint32_t, kChannels> accepted{};
    for (size_t i = 0; i < results.size(); ++i) {
      if (results[i].has_error()) {
        metrics.refused.With(results[i].error().code()).Add();
      } else if (!channels.empty()) {
        ++accepted[channels[i]];
      } else if (counter != nullptr) {
        counter->Add();
      }
    }
    for (size_t channel = 0; channel < kChannels; ++channel) {
      if (accepted[channel] > 0) owner.by_channel_[channel].Add(accepted[channel]);
    }
    if (appended == 0) return;
    metrics.in_flight.Add(-static_cast<double>(appended));
    metrics.ack_seconds.Observe(
        std::chrono::duration<double>(owner.deps_.clock.Monotonic() - begin).count());
  }

  Intake& owner;
  std::vector<ItemResult> results;
  // Of messages alone, by item.
  std::vector<uint8_t> channels;
  // Of other items.
  telemetry::Counter* counter = nullptr;
  Done done;
  const std::chrono::steady_clock::time_point begin;
  size_t appended = 0;
  // Acks that are to come, and one for whoever appends.
  std::atomic<size_t> due{1};
};

Intake::Intake(const Limits& limits, const Topics& topics, IntakeDeps deps)
    : limits_(limits), topics_(topics), deps_(deps), rate_(deps.clock) {
  for (size_t channel = 0; channel < kChannels; ++channel) {
    by_channel_.push_back(
        deps_.metrics.messages.With(ChannelName(static_cast<common::v1::Channel>(channel))));
  }
}

// Whatever stands against an item before its customer is known; the first reason stays.
template <typename T>
void Intake::Check(const Caller& caller, std::vector<Item<T>>& items) {
  if (const absl::Status open = deps_.gate.Open(); !open.ok()) {
    for (Item<T>& item : items) {
      item.error = MakeError(base::ReasonOf(open), "", std::string(open.message()));
    }
    return;
  }
  const RateLimit::Grant grant = rate_.Take(
      caller.policy->tenant, caller.policy->settings.rate_limit_per_second(), items.size());
  const base::TimePoint now = deps_.clock.Now();
  for (size_t i = 0; i < items.size(); ++i) {
    if (i >= grant.granted) {
      items[i].error = MakeError(
          code::kRateLimited, "",
          fmt::format("Tenant '{}' may send {} items a second; send it again in {}.",
                      caller.policy->tenant, caller.policy->settings.rate_limit_per_second(),
                      base::FormatDuration(grant.retry_after)));
    } else if (!items[i].error) {
      items[i].error = Validate(items[i].value, limits_, now);
    }
  }
}

// Gives the items' customers, or refuses all that had no error until now.
template <typename T>
std::vector<std::string> Intake::Resolve(std::vector<Item<T>>& items,
                                         const std::vector<std::string>& computed) {
  auto customers = deps_.identity.Resolve(computed);
  if (customers.ok()) return *std::move(customers);
  for (Item<T>& item : items) {
    if (!item.error) item.error = NotLookedUp(customers.status());
  }
  return {};
}

void Intake::Append(Pending* pending, size_t index, eventlog::Outgoing record) {
  common::v1::Coordinates& coordinates = *pending->results[index].mutable_coordinates();
  coordinates.set_topic(record.topic);
  coordinates.set_partition(record.partition);
  pending->due.fetch_add(1, std::memory_order_relaxed);
  const absl::Status taken = deps_.producer.Append(
      std::move(record),
      [pending, index](absl::StatusOr<uint64_t> offset) { pending->Ack(index, offset); });
  if (taken.ok()) {
    ++pending->appended;
    return;
  }
  pending->due.fetch_sub(1, std::memory_order_relaxed);
  pending->Refuse(index, RefusedByLog(taken));
}

void Intake::Finish(Pending* pending) {
  deps_.metrics.in_flight.Add(static_cast<double>(pending->appended));
  pending->Release();
}

void Intake::Messages(const Caller& caller, MessageItems items, Done done) {
  Check(caller, items);
  const std::string& tenant = caller.policy->tenant;
  std::vector<std::string> computed;
  computed.reserve(items.size());
  for (const auto& item : items) {
    if (item.error) continue;
    computed.push_back(
        ComputedCustomer(tenant, item.value.channel(), item.value.account(), item.value.handle()));
  }
  std::vector<std::string> customers = Resolve(items, computed);

  auto* pending = new Pending(*this, items.size(), std::move(done));
  pending->channels.resize(items.size());
  const int64_t now_ms = base::ToUnixMillis(deps_.clock.Now());
  message::v1::InboundMessage record;
  size_t good = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].error) {
      pending->Refuse(i, *std::move(items[i].error));
      continue;
    }
    NewMessage& message = items[i].value;
    std::string& customer = customers[good++];
    std::string message_id = MessageId(tenant, message);
    pending->channels[i] = static_cast<uint8_t>(message.channel());
    Fill(tenant, customer, message, now_ms, record, message_id);
    eventlog::Outgoing outgoing;
    outgoing.topic = topics::kInbound;
    outgoing.key = base::TenantKey(tenant, customer);
    outgoing.partition = base::PartitionOf(outgoing.key, topics_.inbound_partitions);
    outgoing.value = record.SerializeAsString();
    pending->results[i].set_message_id(std::move(message_id));
    pending->results[i].set_customer_id(std::move(customer));
    Append(pending, i, std::move(outgoing));
  }
  Finish(pending);
}

void Intake::Signals(const Caller& caller, SignalItems items, Done done) {
  Check(caller, items);
  const std::string& tenant = caller.policy->tenant;
  std::vector<std::string> computed;
  for (const auto& item : items) {
    if (!item.error && item.value.has_handle())
      computed.push_back(ComputedCustomer(tenant, item.value.handle()));
  }
  std::vector<std::string> customers = Resolve(items, computed);

  auto* pending = new Pending(*this, items.size(), std::move(done));
  pending->counter = &deps_.metrics.signals;
  size_t resolved = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    if (items[i].error) {
      pending->Refuse(i, *std::move(items[i].error));
      continue;
    }
    NewSignal& from = items[i].value;
    signals::v1::Signal& signal = *from.mutable_signal();
    signal.clear_origin();
    signal.set_signal_id(from.signal_id().empty() ? base::RandomUuid() : from.signal_id());
    signal.set_tenant(tenant);
    signal.set_customer_id(from.has_handle() ? customers[resolved++] : from.customer_id());
    signal.set_occurred_unix_ms(from.occurred_unix_ms() != 0
                                    ? from.occurred_unix_ms()
                                    : base::ToUnixMillis(deps_.clock.Now()));
    eventlog::Outgoing outgoing;
    outgoing.topic = topics::kSignals;
    outgoing.key = base::TenantKey(tenant, signal.customer_id());
    outgoing.partition = base::PartitionOf(outgoing.key, topics_.signals_partitions);
    outgoing.value = signal.SerializeAsString();
    pending->results[i].set_message_id(signal.signal_id());
    pending->results[i].set_customer_id(signal.customer_id());
    Append(pending, i, std::move(outgoing));
  }
  Finish(pending);
}

// The wish goes to the handle's present customer, with the revision that it was made on, so that
// route can tell an outdated one.
void Intake::Link(const Caller& caller, Item<v1::LinkHandleRequest> link, Done done) {
  std::vector<Item<v1::LinkHandleRequest>> items;
  items.push_back(std::move(link));
  Check(caller, items);
  const std::string& tenant = caller.policy->tenant;
  const v1::LinkHandleRequest& wish = items[0].value;
  std::vector<std::string> customers;
  uint64_t revision = 0;
  if (!items[0].error) {
    std::vector<std::string> computed{ComputedCustomer(tenant, wish.handle())};
    if (wish.has_same_customer_as())
      computed.push_back(ComputedCustomer(tenant, wish.same_customer_as()));
    customers = Resolve(items, computed);
    if (!items[0].error && !wish.has_same_customer_as()) customers.push_back(wish.customer_id());
    const auto record = deps_.identity.Find(computed[0]);
    if (record.ok() && *record) revision = (*record)->revision();
    if (!record.ok() && !items[0].error) items[0].error = NotLookedUp(record.status());
  }

  auto* pending = new Pending(*this, 1, std::move(done));
  pending->counter = &deps_.metrics.links;
  if (items[0].error) {
    pending->Refuse(0, *std::move(items[0].error));
  } else if (pending->results[0].set_customer_id(customers[1]); customers[0] != customers[1]) {
    routing::v1::RoutingRecord record;
    record.set_tenant(tenant);
    record.set_customer_id(customers[0]);
    *record.mutable_link()->mutable_handle() = wish.handle();
    record.mutable_link()->set_to_customer_id(customers[1]);
    record.mutable_link()->set_identity_revision(revision);
    eventlog::Outgoing outgoing;
    outgoing.topic = topics::kRouting;
    outgoing.key = base::TenantKey(tenant, customers[0]);
    outgoing.partition = base::PartitionOf(outgoing.key, topics_.routing_partitions);
    outgoing.value = record.SerializeAsString();
    Append(pending, 0, std::move(outgoing));
  }
  Finish(pending);
}

}  // namespace centralita::ingest
