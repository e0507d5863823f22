// Which handler serves which method and path: exact paths only. Unknown paths get 404, unknown
// methods 405.
#pragma once

#include <map>
#include <string>

#include "centralita/http/server.h"

namespace centralita::http {

// Fill it first, then give it to Server::Start() as its handler; thread-safe from then on.
class Routes final {
 public:
  Routes& Add(std::string method, std::string path, Handler handler);
  void operator()(Request request, Responder responder) const;

 private:
  // path -> method -> handler
  std::map<std::string, std::map<std::string, Handler>, std::less<>> paths_;
};

}  // namespace centralita::http
