#include "classify_service.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include "centralita/base/error.h"
#include "centralita/base/key.h"
#include "centralita/base/status_macros.h"
#include "centralita/rpc/status.h"

namespace centralita::classifier {
namespace {

std::string Metadata(const grpc::ServerContext& context, const char* name) {
  const auto found = context.client_metadata().find(name);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

// Nobody waits any longer for the rest of the answer. A deadline that has passed cancels, too.
absl::Status StillWanted(const grpc::ServerContext& context) {
  if (!context.IsCancelled()) return absl::OkStatus();
  return base::Error(absl::StatusCode::kCancelled, "cancelled",
                     "The call was cancelled, or its deadline has passed; nothing was kept.");
}

absl::Status Validate(const v1::ClassifyRequest& item) {
  if (item.text().empty() && item.subject().empty()) {
    return base::Error(absl::StatusCode::kInvalidArgument, "no_text",
                       "text: is empty, and so is the subject; there is nothing to classify");
  }
  if (item.headers_size() > kMaxClassifyHeaders) {
    return base::Error(absl::StatusCode::kInvalidArgument, "too_many_headers",
                       fmt::format("headers: {} are too many; send at most {}", item.headers_size(),
                                   kMaxClassifyHeaders));
  }
  if (item.text().size() + item.subject().size() > kMaxClassifyBytes) {
    return base::Error(
        absl::StatusCode::kInvalidArgument, "text_too_long",
        fmt::format("text: has more than {} bytes with the subject; send less", kMaxClassifyBytes));
  }
  return absl::OkStatus();
}

// The profiles of a call's customers, in one round.
class Profiles {
 public:
  Profiles(ProfileReader& reader, const std::string& tenant,
           const google::protobuf::RepeatedPtrField<v1::ClassifyRequest>& items) {
    std::vector<std::string> keys;
    for (const v1::ClassifyRequest& item : items) {
      place_.push_back(item.customer_id().empty() ? -1 : static_cast<int>(keys.size()));
      if (place_.back() >= 0) keys.push_back(base::TenantKey(tenant, item.customer_id()));
    }
    if (!keys.empty()) read_ = reader.Read({keys.begin(), keys.end()});
  }

  void Fill(size_t item, text::Input& input) const {
    if (place_[item] < 0) return;
    const KnownProfile& customer = read_[static_cast<size_t>(place_[item])];
    input.degraded = !customer.known;
    input.profile = customer.profile.get();
  }

 private:
  std::vector<int> place_;
  std::vector<KnownProfile> read_;
};

// Of what Validate() says: "headers: ...".
std::string FieldOf(std::string_view message) {
  return std::string(message.substr(0, message.find(':')));
}

// `headers` keeps the views of the item's.
text::Input InputOf(const v1::ClassifyRequest& item, base::TimePoint now,
                    std::vector<text::HeaderView>& headers) {
  headers.clear();
  for (const message::v1::Header& header : item.headers()) {
    headers.push_back({header.name(), header.value()});
  }
  text::Input input;
  input.headers = headers;
  input.text = item.text();
  input.subject = item.subject();
  input.channel = item.channel();
  input.visibility = item.visibility();
  input.locale = item.locale();
  input.order_id = item.order_id();
  input.now = now;
  return input;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const text::Classifier>> ClassifyService::Caller(
    const grpc::ServerContext& context, std::string& tenant) const {
  tenant = Metadata(context, "x-tenant");
  ABSL_RETURN_IF_ERROR(access_.Check(tenant, Metadata(context, "x-api-key")));
  const auto tenants = policies_.Current();
  const auto found = tenants->find(tenant);
  if (found != tenants->end()) return found->second;
  return base::Error(absl::StatusCode::kUnavailable, "policy_loading",
                     "The tenant's policy is being loaded; try again in a second.");
}

std::unique_ptr<text::Workspace> ClassifyService::Borrow() {
  std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique<text::Workspace>();
  auto workspace = std::move(free_.back());
  free_.pop_back();
  return workspace;
}

void ClassifyService::GiveBack(std::unique_ptr<text::Workspace> workspace) {
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(workspace));
}

grpc::Status ClassifyService::Classify(grpc::ServerContext* context,
                                       const v1::ClassifyRequest* request,
                                       v1::ClassifyResponse* response) {
  v1::ClassifyBatchRequest batch;
  *batch.add_items() = *request;
  v1::ClassifyBatchResponse answers;
  if (const absl::Status valid = Validate(*request); !valid.ok()) {
    std::string tenant;
    // Who may not ask is told that first.
    if (const auto caller = Caller(*context, tenant); !caller.ok()) {
      return rpc::ToGrpc(caller.status());
    }
    return rpc::ToGrpc(valid);
  }
  const grpc::Status status = ClassifyBatch(context, &batch, &answers);
  if (status.ok()) {
    response->mutable_classification()->Swap(answers.mutable_results(0)->mutable_classification());
  }
  return status;
}

grpc::Status ClassifyService::ClassifyBatch(grpc::ServerContext* context,
                                            const v1::ClassifyBatchRequest* request,
                                            v1::ClassifyBatchResponse* response) {
  std::string tenant;
  const auto classifier = Caller(*context, tenant);
  if (!classifier.ok()) return rpc::ToGrpc(classifier.status());
  if (request->items_size() > kMaxClassifyItems) {
    return rpc::ToGrpc(
        base::Error(absl::StatusCode::kInvalidArgument, "too_many_items",
                    fmt::format("items: {} are too many for one call; send at most {}",
                                request->items_size(), kMaxClassifyItems)));
  }
  const Profiles profiles(profiles_, tenant, request->items());
  const base::TimePoint now = clock_.Now();
  auto workspace = Borrow();
  std::vector<text::HeaderView> headers;
  absl::Status wanted;
  for (int i = 0; i < request->items_size(); ++i) {
    wanted = StillWanted(*context);
    if (!wanted.ok()) break;
    const v1::ClassifyRequest& item = request->items(i);
    auto& result = *response->add_results();
    if (const absl::Status valid = Validate(item); !valid.ok()) {
      const auto what = valid.message();
      result.mutable_error()->set_code(base::ReasonOf(valid));
      result.mutable_error()->set_message(std::string(what.data(), what.size()));
      result.mutable_error()->set_field(FieldOf(result.error().message()));
      continue;
    }
    text::Input input = InputOf(item, now, headers);
    profiles.Fill(static_cast<size_t>(i), input);
    engine_.Classify(**classifier, input, *workspace, *result.mutable_classification());
  }
  GiveBack(std::move(workspace));
  return rpc::ToGrpc(wanted);
}

}  // namespace centralita::classifier
