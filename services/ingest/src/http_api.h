// POST /v1/messages, /v1/signals and /v1/links: JSON in, one result per item out. README.md
// describes it.
#pragma once

#include "centralita/app/policy_watcher.h"
#include "centralita/http/server.h"
#include "intake.h"

namespace centralita::ingest {

struct HttpApiDeps {
  const app::PolicyWatcher& policy;
  Intake& intake;
  IngestMetrics& metrics;
  // In one request.
  size_t max_items = 1000;
};

// References outlive the handler.
http::Handler HttpApi(HttpApiDeps deps);

}  // namespace centralita::ingest
