#include "centralita/http/routes.h"

#include <fmt/format.h>

#include <utility>

namespace centralita::http {

Routes& Routes::Add(std::string method, std::string path, Handler handler) {
  paths_[std::move(path)].insert_or_assign(std::move(method), std::move(handler));
  return *this;
}

void Routes::operator()(Request request, Responder responder) const {
  const auto path = paths_.find(request.path);
  if (path == paths_.end()) {
    responder.Send(
        ErrorResponse(404, "not_found", fmt::format("There is nothing at {}.", request.path)));
    return;
  }
  const auto handler = path->second.find(request.method);
  if (handler == path->second.end()) {
    std::string allowed;
    for (const auto& [method, unused] : path->second)
      allowed.append(allowed.empty() ? "" : ", ").append(method);
    Response response = ErrorResponse(405, "method_not_allowed",
                                      fmt::format("{} takes {}.", request.path, allowed));
    response.headers.push_back({"Allow", allowed});
    responder.Send(std::move(response));
    return;
  }
  handler->second(std::move(request), std::move(responder));
}

}  // namespace centralita::http
