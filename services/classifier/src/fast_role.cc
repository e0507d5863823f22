#include "centralita/classifier/fast_role.h"

#include <google/protobuf/arena.h>

#include "centralita/base/key.h"
#include "centralita/base/strings.h"
#include "centralita/base/topics.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/signals/v1/signals.pb.h"

namespace centralita::classifier {
namespace {

using classification::v1::Classification;
using message::v1::InboundMessage;
using routing::v1::RoutingRecord;
using routing::v1::TaggedMessage;
using signals::v1::Signal;

// A language that was hardly heard is not worth remembering.
constexpr int32_t kSureOfLanguage = 600;

void CopyMessage(const InboundMessage& message, const eventlog::TopicPartition& source,
                 const eventlog::Record& record, TaggedMessage& tagged) {
  tagged.set_message_id(message.message_id());
  tagged.set_channel(message.channel());
  tagged.set_account(message.account());
  tagged.set_handle(message.handle());
  tagged.set_visibility(message.visibility());
  tagged.set_accepted_unix_ms(base::ToUnixMillis(record.append_time));
  tagged.set_provider_time_unix_ms(message.provider_time_unix_ms());
  tagged.set_not_before_unix_ms(message.not_before_unix_ms());
  tagged.set_order_id(message.order_id());
  tagged.set_replayed(message.origin().has_replay());
  common::v1::Coordinates& coordinates = *tagged.mutable_coordinates();
  coordinates.set_topic(source.topic);
  coordinates.set_partition(source.partition);
  coordinates.set_offset(record.offset);
}

text::Input InputOf(const InboundMessage& message, const eventlog::Record& record,
                    const profile::v1::Profile* profile, bool degraded) {
  text::Input input;
  input.text = message.text();
  input.subject = message.subject();
  input.text_incomplete = !message.attachments().empty();
  input.channel = message.channel();
  input.visibility = message.visibility();
  input.locale = message.locale();
  input.order_id = message.order_id();
  input.profile = profile;
  input.degraded = degraded;
  input.now = record.append_time;
  return input;
}

Signal SignalOf(const InboundMessage& message, const eventlog::Record& record) {
  Signal signal;
  signal.set_signal_id(message.message_id());
  signal.set_tenant(message.tenant());
  signal.set_customer_id(message.customer_id());
  signal.set_occurred_unix_ms(base::ToUnixMillis(record.append_time));
  return signal;
}

std::string_view BandName(classification::v1::PriorityBand band) {
  switch (band) {
    case classification::v1::PRIORITY_BAND_LOW:
      return "low";
    case classification::v1::PRIORITY_BAND_NORMAL:
      return "normal";
    case classification::v1::PRIORITY_BAND_HIGH:
      return "high";
    case classification::v1::PRIORITY_BAND_CRITICAL:
      return "critical";
    default:
      return "unknown";
  }
}

// The customers of a batch, each once.
class Customers {
 public:
  size_t IndexOf(std::string key) {
    const auto [it, added] = index_.try_emplace(std::move(key), keys_.size());
    if (added) keys_.push_back(it->first);
    return it->second;
  }
  std::vector<std::string_view> Keys() const { return {keys_.begin(), keys_.end()}; }

 private:
  base::StringMap<size_t> index_;
  std::vector<std::string> keys_;
};

}  // namespace

// A record of the batch: a message of a known tenant, or why it is none.
struct FastRole::Item {
  const InboundMessage* message = nullptr;
  const text::Classifier* classifier = nullptr;
  std::string key;
  size_t customer = 0;
  std::string_view reason;
  std::string_view detail;
};

namespace {

// Leaves `classifier` null if the record is to be dead-lettered.
template <typename Item>
Item Decode(const eventlog::Record& record, const TenantClassifiers& tenants,
            google::protobuf::Arena& arena) {
  Item item;
  auto& message = *google::protobuf::Arena::CreateMessage<InboundMessage>(&arena);
  if (!message.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()))) {
    item.reason = "undecodable";
    item.detail = "The bytes are no InboundMessage; whoever wrote them is not Centralita's ingest.";
    return item;
  }
  if (message.customer_id().empty() || message.message_id().empty()) {
    item.reason = "undecodable";
    item.detail = "The message has no customer_id or no message_id, which ingest sets.";
    return item;
  }
  const auto tenant = tenants.find(message.tenant());
  if (tenant == tenants.end()) {
    item.reason = "unknown_tenant";
    item.detail = "No policy names this tenant; apply one, then replay the letter.";
    return item;
  }
  item.message = &message;
  item.classifier = tenant->second.get();
  item.key = base::TenantKey(message.tenant(), message.customer_id());
  return item;
}

}  // namespace

FastRole::FastRole(const PolicySource& policies, ProfileReader& profiles, const base::Clock& clock,
                   ClassifierMetrics& metrics, EngineOptions options)
    : policies_(policies),
      profiles_(profiles),
      metrics_(metrics),
      engine_(clock, metrics, std::move(options)) {}

absl::Status FastRole::Process(const eventlog::RecordBatch& batch, uint32_t log_epoch,
                               stage::PipelineOutputs& outputs) {
  const std::shared_ptr<const TenantClassifiers> tenants = policies_.Current();
  google::protobuf::Arena arena;
  Customers customers;
  std::vector<Item> items;
  items.reserve(batch.records().size());
  for (const eventlog::Record& record : batch.records()) {
    items.push_back(Decode<Item>(record, *tenants, arena));
    Item& item = items.back();
    if (item.classifier != nullptr) item.customer = customers.IndexOf(item.key);
  }

  const std::vector<KnownProfile> profiles = profiles_.Read(customers.Keys());
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    if (item.classifier == nullptr) {
      metrics_.dead_letters_by_reason.With(item.reason).Add();
      outputs.DeadLetter(i, item.reason, item.detail, 1);
    } else {
      const KnownProfile& customer = profiles[item.customer];
      EmitMessage(batch, i, item, customer.profile.get(), !customer.known, outputs);
    }
  }
  return absl::OkStatus();
}

void FastRole::EmitMessage(const eventlog::RecordBatch& batch, size_t index, const Item& item,
                           const profile::v1::Profile* profile, bool degraded,
                           stage::PipelineOutputs& outputs) {
  const InboundMessage& message = *item.message;
  const eventlog::Record& record = batch.records()[index];
  routing_.set_tenant(message.tenant());
  routing_.set_customer_id(message.customer_id());
  TaggedMessage& tagged = *routing_.mutable_tagged();
  CopyMessage(message, batch.source(), record, tagged);
  Classification& classification = *tagged.mutable_classification();
  headers_.clear();
  for (const message::v1::Header& header : message.headers()) {
    headers_.push_back({header.name(), header.value()});
  }
  text::Input input = InputOf(message, record, profile, degraded);
  input.headers = headers_;
  engine_.Classify(*item.classifier, input, workspace_, classification);
  outputs.Emit(index, base::topics::kRouting, item.key, routing_);
  CountMessage(classification);

  Signal signal = SignalOf(message, record);
  signals::v1::Contact& contact = *signal.mutable_contact();
  contact.set_message_id(message.message_id());
  contact.set_intent(classification.intent());
  contact.set_order_id(message.order_id());
  if (classification.language() != text::kUndetermined &&
      classification.language_confidence_permille() >= kSureOfLanguage) {
    contact.set_language(classification.language());
  }
  outputs.Emit(index, base::topics::kSignals, item.key, signal);
  if (degraded) {
    metrics_.degraded.Add();
    signal.mutable_facts_wanted()->set_message_id(message.message_id());
    outputs.Emit(index, base::topics::kSignals, item.key, signal);
  }
}

void FastRole::CountMessage(const Classification& classification) {
  metrics_.messages_by_intent.With(classification.intent()).Add();
  metrics_.messages_by_band.With(BandName(classification.band())).Add();
  metrics_.messages_by_language.With(classification.language()).Add();
}

}  // namespace centralita::classifier
