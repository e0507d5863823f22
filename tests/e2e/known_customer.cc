#include "tests/e2e/known_customer.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>

#include "centralita/base/clock.h"
#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"
#include "centralita/base/topics.h"
#include "centralita/routing/v1/routing.pb.h"
#include "centralita/rpc/status.h"
#include "tests/e2e/node.h"
#include "tests/e2e/topic_reader.h"

namespace centralita::e2e {
namespace {

constexpr char kAccount[] = "help@luna.example";

std::string HandleName(int handle) { return fmt::format("known-{}@example.com", handle); }

identity::v1::Handle HandleOf(int handle) {
  identity::v1::Handle result;
  result.set_channel(common::v1::CHANNEL_EMAIL);
  result.set_account(kAccount);
  result.set_handle(HandleName(handle));
  return result;
}

absl::Status ToStatus(const grpc::Status& status) {
  return status.ok() ? absl::OkStatus() : absl::UnavailableError(status.error_message());
}

}  // namespace

KnownCustomer::KnownCustomer(const std::string& ingest, const std::string& ledger)
    : stub_(ingest::v1::IngestService::NewStub(
          grpc::CreateChannel(ingest, grpc::InsecureChannelCredentials()))),
      ledger_(*ledger::LedgerWriter::Open(ledger, "known")) {}

void KnownCustomer::Authenticate(grpc::ClientContext& context) const {
  context.AddMetadata("x-tenant", kTenant);
  context.AddMetadata("x-api-key", kKey);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
}

absl::Status KnownCustomer::Introduce(int handles) {
  ingest::v1::SubmitSignalsRequest signals;
  ingest::v1::NewSignal& fact = *signals.add_signals();
  fact.set_signal_id("known-is-vip");
  *fact.mutable_handle() = HandleOf(0);
  fact.mutable_signal()->mutable_profile()->set_tier("vip");
  ingest::v1::SubmitSignalsResponse taken;
  grpc::ClientContext context;
  Authenticate(context);
  ABSL_RETURN_IF_ERROR(ToStatus(stub_->SubmitSignals(&context, signals, &taken)));
  if (taken.results(0).has_error()) {
    return absl::InternalError(taken.results(0).error().message());
  }
  for (int handle = 1; handle <= handles; ++handle) {
    ingest::v1::LinkHandleRequest link;
    *link.mutable_handle() = HandleOf(handle);
    *link.mutable_same_customer_as() = HandleOf(0);
    ingest::v1::LinkHandleResponse answer;
    grpc::ClientContext link_context;
    Authenticate(link_context);
    ABSL_RETURN_IF_ERROR(ToStatus(stub_->LinkHandle(&link_context, link, &answer)));
    if (answer.has_error()) return absl::InternalError(answer.error().message());
  }
  return absl::OkStatus();
}

absl::StatusOr<KnownCustomer::Answer> KnownCustomer::Write(int handle) {
  ingest::v1::SubmitRequest request;
  ingest::v1::NewMessage& message = *request.mutable_message();
  message.set_channel(common::v1::CHANNEL_EMAIL);
  message.set_account(kAccount);
  message.set_handle(HandleName(handle));
  message.set_provider_message_id(fmt::format("<known-{}@example.com>", sent_));
  message.set_text("Where is my order?");
  ingest::v1::SubmitResponse response;
  grpc::ClientContext context;
  Authenticate(context);
  const base::SystemClock clock;
  ledger::Sending sending;
  sending.sent_unix_ms = base::ToUnixMillis(clock.Now());
  const grpc::Status status = stub_->Submit(&context, request, &response);
  sending.answered_unix_ms = base::ToUnixMillis(clock.Now());
  const ingest::v1::ItemResult& result = response.result();
  const std::string person = fmt::format("email/{}/{}", kAccount, HandleName(handle));
  sending.tenant = kTenant;
  sending.customer_key = person;
  sending.send_order = sent_++;
  sending.accepted = status.ok() && !result.has_error();
  const std::string code =
      status.ok() ? result.error().code() : std::string(base::ReasonOf(rpc::FromGrpc(status)));
  sending.code = code;
  sending.message_id = result.message_id();
  if (sending.accepted) {
    sending.partition = result.coordinates().partition();
    sending.offset = result.coordinates().offset();
    ++accepted_;
  }
  ledger_->Sent(sending);
  ABSL_RETURN_IF_ERROR(ledger_->Flush());
  return Answer{result.customer_id(), code};
}

absl::StatusOr<KnownCustomer::Seen> KnownCustomer::SeenIn(eventlog::EventLog& log,
                                                          const std::string& customer_id) {
  Seen seen;
  ABSL_RETURN_IF_ERROR(
      ReadTopic(log, base::topics::kRouting, [&](uint32_t, const eventlog::Record& record) {
        routing::v1::RoutingRecord parsed;
        if (!parsed.ParseFromArray(record.value.data(), static_cast<int>(record.value.size())))
          return;
        if (!parsed.has_tagged() || parsed.customer_id() != customer_id) return;
        const auto& classification = parsed.tagged().classification();
        const auto& tags = classification.tags();
        const bool degraded = std::find(tags.begin(), tags.end(), "degraded") != tags.end();
        ++(degraded ? seen.degraded : classification.facts().vip() ? seen.with_facts : seen.wrong);
      }));
  return seen;
}

}  // namespace centralita::e2e
