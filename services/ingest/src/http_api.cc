#include "http_api.h"

#include <fmt/format.h>

#include <utility>

#include "centralita/base/error.h"
#include "centralita/http/routes.h"
#include "json_reader.h"
#include "json_results.h"
#include "json_split.h"

namespace centralita::ingest {
namespace {

Credentials CredentialsOf(const http::Request& request) {
  return Credentials::Of(request.FindHeader("X-Tenant").value_or(""),
                         request.FindHeader("X-Api-Key").value_or(""));
}

template <typename T>
Item<T> ReadItem(std::string_view text) {
  Item<T> item;
  item.error = ReadJson(text, item.value);
  return item;
}

template <typename T>
absl::StatusOr<std::vector<Item<T>>> ReadItems(std::string_view body, size_t max_items) {
  const JsonItems split = SplitJson(body);
  if (split.items.size() > max_items) {
    return base::Error(absl::StatusCode::kInvalidArgument, "too_many_items",
                       fmt::format("The request has {} items; at most {} are taken at once.",
                                   split.items.size(), max_items));
  }
  std::vector<Item<T>> items;
  items.reserve(split.items.size() + 1);
  for (const std::string_view text : split.items) items.push_back(ReadItem<T>(text));
  if (split.bad_end) {
    items.push_back({.value = {},
                     .error = MakeError(
                         code::kInvalidJson, "",
                         "The list does not end with its bracket, or something follows it; what is "
                         "missing was not taken.")});
  }
  return items;
}

// Answers when intake does.
Done AnswerTo(http::Responder responder) {
  return [responder = std::move(responder)](std::vector<ItemResult> results) mutable {
    responder.Send(ResultsResponse(results));
  };
}

void Refuse(const HttpApiDeps& deps, const absl::Status& why, http::Responder responder) {
  deps.metrics.refused.With(base::ReasonOf(why)).Add();
  responder.Send(StatusResponse(why));
}

using Take = void (*)(const HttpApiDeps&, const Caller&, std::string_view body, http::Responder);

template <typename T, void (Intake::*kTake)(const Caller&, std::vector<Item<T>>, Done)>
void TakeItems(const HttpApiDeps& deps, const Caller& caller, std::string_view body,
               http::Responder responder) {
  auto items = ReadItems<T>(body, deps.max_items);
  if (!items.ok()) return Refuse(deps, items.status(), std::move(responder));
  (deps.intake.*kTake)(caller, *std::move(items), AnswerTo(std::move(responder)));
}

void TakeLink(const HttpApiDeps& deps, const Caller& caller, std::string_view body,
              http::Responder responder) {
  deps.intake.Link(caller, ReadItem<v1::LinkHandleRequest>(body), AnswerTo(std::move(responder)));
}

http::Handler Authenticated(const HttpApiDeps& deps, Take take) {
  return [deps, take](http::Request request, http::Responder responder) {
    const auto caller = Authenticate(deps.policy, CredentialsOf(request));
    if (!caller.ok()) return Refuse(deps, caller.status(), std::move(responder));
    take(deps, *caller, request.body, std::move(responder));
  };
}

}  // namespace

http::Handler HttpApi(HttpApiDeps deps) {
  http::Routes routes;
  routes.Add("POST", "/v1/messages",
             Authenticated(deps, &TakeItems<NewMessage, &Intake::Messages>));
  routes.Add("POST", "/v1/signals", Authenticated(deps, &TakeItems<NewSignal, &Intake::Signals>));
  routes.Add("POST", "/v1/links", Authenticated(deps, &TakeLink));
  return routes;
}

}  // namespace centralita::ingest
