// Where the roles get the policy from: ports, so that they can be tested and simulated without a
// log.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "centralita/base/strings.h"
#include "centralita/text/classify.h"

namespace centralita::classifier {

// The classifier of each tenant; immutable.
using TenantClassifiers = base::StringMap<std::shared_ptr<const text::Classifier>>;

// Thread-safe.
class PolicySource {
 public:
  virtual ~PolicySource() = default;
  // Never null. Whoever holds it keeps it alive; a new policy gives a new one.
  virtual std::shared_ptr<const TenantClassifiers> Current() const = 0;
};

// Who may have messages classified over gRPC. Thread-safe.
class Access {
 public:
  virtual ~Access() = default;
  // UNAUTHENTICATED unless the key is one of that tenant's.
  virtual absl::Status Check(const std::string& tenant, const std::string& api_key) const = 0;
};

}  // namespace centralita::classifier
