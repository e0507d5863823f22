#include "json_results.h"

#include <fmt/format.h>

#include "centralita/base/error.h"

namespace centralita::ingest {
namespace {

int HttpStatusOf(Remedy remedy) {
  switch (remedy) {
    case Remedy::kFix:
      return 400;
    case Remedy::kShrink:
      return 413;
    case Remedy::kSlowDown:
      return 429;
    case Remedy::kRetry:
      return 503;
  }
  return 500;
}

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

int HttpStatusOf(const std::vector<ItemResult>& results) {
  int all = 0;
  for (const ItemResult& result : results) {
    const int status = result.has_error() ? HttpStatusOf(RemedyOf(result.error().code())) : 200;
    if (all != 0 && all != status) return 207;
    all = status;
  }
  return all == 0 ? 200 : all;
}

void AddRetryAfter(http::Response& response) {
  if (response.status == 429 || response.status == 503)
    response.headers.push_back({"Retry-After", "1"});
}

std::string ToJson(const ItemResult& result) {
  if (result.has_error()) {
    std::string field;
    if (!result.error().field().empty())
      field = fmt::format(R"(,"field":{})", http::JsonQuote(result.error().field()));
    return fmt::format(R"({{"error":{{"code":{},"message":{}{}}}}})",
                       http::JsonQuote(result.error().code()),
                       http::JsonQuote(result.error().message()), field);
  }
  std::string json = "{";
  if (!result.message_id().empty())
    json += fmt::format(R"("message_id":{},)", http::JsonQuote(result.message_id()));
  json += fmt::format(R"("customer_id":{})", http::JsonQuote(result.customer_id()));
  if (result.has_coordinates()) {
    const auto& at = result.coordinates();
    json += fmt::format(R"(,"topic":{},"partition":{},"offset":{})", http::JsonQuote(at.topic()),
                        at.partition(), at.offset());
  }
  return json + "}";
}

}  // namespace

http::Response ResultsResponse(const std::vector<ItemResult>& results) {
  http::Response response;
  response.status = HttpStatusOf(results);
  response.body = "{\"results\":[";
  for (size_t i = 0; i < results.size(); ++i) {
    if (i > 0) response.body.push_back(',');
    response.body.append(ToJson(results[i]));
  }
  response.body.append("]}\n");
  AddRetryAfter(response);
  return response;
}

http::Response StatusResponse(const absl::Status& status) {
  http::Response response =
      http::ErrorResponse(HttpStatusOf(status.code()), base::ReasonOf(status),
                          std::string_view(status.message().data(), status.message().size()));
  AddRetryAfter(response);
  return response;
}

}  // namespace centralita::ingest
