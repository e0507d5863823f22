#include "centralita/http/admin.h"

#include <utility>

#include "centralita/http/routes.h"

namespace centralita::http {
namespace {

Response Plain(int status, std::string text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::move(text),
          .headers = {}};
}

Handler Answer(std::function<absl::Status()> check) {
  return [check = std::move(check)](Request, Responder responder) {
    const absl::Status status = check();
    responder.Send(status.ok() ? Plain(200, "ok\n") : Plain(503, status.ToString() + "\n"));
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> StartAdminServer(const ServerOptions& options,
                                                         AdminCallbacks callbacks) {
  Routes routes;
  routes.Add("GET", "/metrics",
             [metrics = std::move(callbacks.metrics)](Request, Responder responder) {
               responder.Send({.status = 200,
                               .content_type = "text/plain; version=0.0.4",
                               .body = metrics(),
                               .headers = {}});
             });
  routes.Add("GET", "/healthz", Answer(std::move(callbacks.health)));
  routes.Add("GET", "/readyz", Answer(std::move(callbacks.ready)));
  return Server::Start(options, std::move(routes));
}

}  // namespace centralita::http
