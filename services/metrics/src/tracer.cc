#include "tracer.h"

#include <fmt/format.h>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/message/v1/message.pb.h"
#include "centralita/route/event_message.h"
#include "log_scan.h"

namespace centralita::metrics {
namespace {

using events::v1::Event;

constexpr base::Duration kLimit{20'000};

bool Parse(const eventlog::Record& record, Event& event) {
  return event.ParseFromArray(record.value.data(), static_cast<int>(record.value.size()));
}

bool OfTenant(const std::string& asked, const std::string& tenant) {
  return asked.empty() || asked == tenant;
}

}  // namespace

absl::StatusOr<v1::TraceResponse> Tracer::Trace(const v1::TraceRequest& request) {
  if (request.message_id().empty() == request.conversation_id().empty()) {
    return base::Error(absl::StatusCode::kInvalidArgument, "missing_id",
                       "Give a message id or a conversation id (or how it begins), and not both.");
  }
  v1::TraceResponse found;
  uint32_t partition = 0;
  ABSL_RETURN_IF_ERROR(FindConversation(request, found, partition));
  ABSL_RETURN_IF_ERROR(CollectEvents(request, partition, found));
  if (!found.message_id().empty()) ABSL_RETURN_IF_ERROR(FindInbound(found, request.tenant()));
  return found;
}

absl::Status Tracer::FindConversation(const v1::TraceRequest& request, v1::TraceResponse& found,
                                      uint32_t& partition) {
  const std::string topic(base::topics::kEvents);
  ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(topic));
  const std::string& wanted =
      request.message_id().empty() ? request.conversation_id() : request.message_id();
  const bool by_message = !request.message_id().empty();
  bool done = false;
  absl::Status ambiguous;
  for (uint32_t p = 0; p < info.spec.partitions && ambiguous.ok(); ++p) {
    ABSL_RETURN_IF_ERROR(
        ScanPartition(log_, clock_, {topic, p}, kLimit, [&](const eventlog::Record& record) {
          // Most records are of others: look for the bytes before decoding.
          if (record.value.find(wanted) == std::string_view::npos) return true;
          Event event;
          if (!Parse(record, event) || !OfTenant(request.tenant(), event.tenant())) return true;
          const std::string& id = by_message ? route::MessageOf(event) : event.conversation_id();
          if (!id.starts_with(wanted)) return true;
          const std::string& known = by_message ? found.message_id() : found.conversation_id();
          if (done && known != id) {
            ambiguous =
                base::Error(absl::StatusCode::kInvalidArgument, "ambiguous_id",
                            fmt::format("Several ids begin with {}; give more of it.", wanted));
            return false;
          }
          done = true;
          partition = p;
          if (by_message) found.set_message_id(id);
          if (!event.conversation_id().empty()) found.set_conversation_id(event.conversation_id());
          return true;
        }));
  }
  ABSL_RETURN_IF_ERROR(ambiguous);
  if (done) return absl::OkStatus();
  return base::Error(
      absl::StatusCode::kNotFound, "not_found",
      fmt::format("No event names {}. It may be younger than the log's end, or of another tenant.",
                  wanted));
}

absl::Status Tracer::CollectEvents(const v1::TraceRequest& request, uint32_t partition,
                                   v1::TraceResponse& found) {
  const std::string topic(base::topics::kEvents);
  const std::string& conversation = found.conversation_id();
  return ScanPartition(
      log_, clock_, {topic, partition}, kLimit, [&](const eventlog::Record& record) {
        const bool named =
            (!conversation.empty() && record.value.find(conversation) != std::string_view::npos) ||
            (!found.message_id().empty() &&
             record.value.find(found.message_id()) != std::string_view::npos);
        Event event;
        if (!named || !Parse(record, event) || !OfTenant(request.tenant(), event.tenant()))
          return true;
        if (event.conversation_id() != conversation &&
            route::MessageOf(event) != found.message_id())
          return true;
        v1::TracedEvent& traced = *found.add_events();
        traced.mutable_coordinates()->set_topic(topic);
        traced.mutable_coordinates()->set_partition(partition);
        traced.mutable_coordinates()->set_offset(record.offset);
        traced.set_append_unix_ms(base::ToUnixMillis(record.append_time));
        *traced.mutable_event() = std::move(event);
        return true;
      });
}

absl::Status Tracer::FindInbound(v1::TraceResponse& found, const std::string& tenant) {
  const std::string topic(base::topics::kInbound);
  ABSL_ASSIGN_OR_RETURN(const auto info, log_.Describe(topic));
  for (uint32_t p = 0; p < info.spec.partitions && !found.has_inbound(); ++p) {
    ABSL_RETURN_IF_ERROR(
        ScanPartition(log_, clock_, {topic, p}, kLimit, [&](const eventlog::Record& record) {
          if (record.value.find(found.message_id()) == std::string_view::npos) return true;
          found.mutable_inbound()->set_topic(topic);
          found.mutable_inbound()->set_partition(p);
          found.mutable_inbound()->set_offset(record.offset);
          return false;
        }));
  }
  return absl::OkStatus();
}

}  // namespace centralita::metrics
