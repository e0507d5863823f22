#include "tests/simulation/customers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "centralita/base/key.h"
#include "centralita/base/topics.h"
#include "centralita/identity/v1/identity.pb.h"
#include "fmt/format.h"
#include "tests/golden/policies.h"

namespace centralita::simulation {
namespace {

constexpr std::array kIntents = {"order_status", "discount_promo", "praise_feedback", "other"};
constexpr std::array kLanguages = {"es", "bg", "en", "pt"};
constexpr std::array kChannels = {common::v1::CHANNEL_CHAT, common::v1::CHANNEL_EMAIL,
                                  common::v1::CHANNEL_WHATSAPP};

std::string HandleOf(uint32_t customer) { return fmt::format("handle-{}", customer); }

}  // namespace

// As ingest does: by the identity table as far as it has come.
std::string Customers::CustomerOf(uint32_t handle) {
  for (const auto& record : disks_.log.Records({std::string(base::topics::kIdentity), 0})) {
    if (record.offset < identity_offset_) continue;
    identity_offset_ = record.offset + 1;
    identity::v1::IdentityRecord identity;
    if (!identity.ParseFromString(record.value)) continue;
    auto& known = linked_[identity.handle().handle()];
    if (identity.revision() >= known.first) known = {identity.revision(), identity.customer_id()};
  }
  const auto found = linked_.find(HandleOf(handle));
  return found == linked_.end() ? fmt::format("customer-{}", handle) : found->second.second;
}

void Customers::Say(uint32_t customer, uint32_t about) {
  routing::v1::TaggedMessage tagged;
  tagged.set_message_id(fmt::format("message-{}", said_.size()));
  tagged.set_channel(kChannels[about % kChannels.size()]);
  tagged.set_handle(HandleOf(customer));
  auto& classification = *tagged.mutable_classification();
  classification.set_intent(kIntents[about % kIntents.size()]);
  classification.set_language(kLanguages[customer % kLanguages.size()]);
  classification.set_priority(static_cast<int32_t>(100 * about));
  classification.set_band(static_cast<classification::v1::PriorityBand>(1 + about % 4));
  said_.emplace_back(customer, tagged);
  SayAgain(static_cast<uint32_t>(said_.size() - 1));
}

void Customers::SayAgain(uint32_t which) {
  if (said_.empty()) return;
  const auto& [handle, message] = said_[which % said_.size()];
  routing::v1::RoutingRecord record;
  *record.mutable_tagged() = message;
  record.mutable_tagged()->set_accepted_unix_ms(base::ToUnixMillis(disks_.clock.Now()));
  ++delivered_[message.message_id()];
  Pass(std::move(record), CustomerOf(handle));
}

void Customers::Amend(uint32_t customer, uint32_t points) {
  routing::v1::RoutingRecord record;
  auto& facts = *record.mutable_amendment()->mutable_facts();
  record.mutable_amendment()->set_reason("cart");
  facts.set_profile_revision(++profile_revision_);
  auto& addend = *facts.add_addends();
  addend.set_name("cart_at_risk");
  addend.set_points(static_cast<int32_t>(points));
  Pass(std::move(record), CustomerOf(customer));
}

void Customers::Link(uint32_t customer, uint32_t to) {
  if (customer == to) return;
  const std::string present = CustomerOf(customer);
  routing::v1::RoutingRecord record;
  auto& link = *record.mutable_link();
  link.mutable_handle()->set_handle(HandleOf(customer));
  link.set_to_customer_id(CustomerOf(to));
  const auto found = linked_.find(HandleOf(customer));
  link.set_identity_revision(found == linked_.end() ? 0 : found->second.first);
  if (link.to_customer_id() != present) Pass(std::move(record), present);
}

void Customers::Pass(routing::v1::RoutingRecord record, const std::string& customer) {
  record.set_tenant(golden::kTenant);
  record.set_customer_id(customer);
  const std::string key = base::TenantKey(golden::kTenant, customer);
  Inbound& inbound = inbound_[base::PartitionOf(key, kPartitions)];
  auto& source = *record.mutable_origin()->mutable_source();
  source.set_stage(common::v1::STAGE_CLASSIFIER);
  source.set_log_epoch(1);
  source.set_partition(base::PartitionOf(key, kPartitions));
  source.set_offset(inbound.size());
  inbound.push_back({key, record.SerializeAsString()});
  Append(inbound.back());
}

void Customers::Reclassify(uint32_t partition, uint32_t count) {
  const Inbound& inbound = inbound_[partition % kPartitions];
  for (size_t i = inbound.size() - std::min<size_t>(count + 1, inbound.size()); i < inbound.size();
       ++i) {
    Append(inbound[i]);
  }
}

void Customers::Append(const Sent& sent) {
  disks_.log.Append(std::string(base::topics::kRouting), base::PartitionOf(sent.key, kPartitions),
                    sent.key, sent.value);
}

}  // namespace centralita::simulation
