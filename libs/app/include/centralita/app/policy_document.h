// The policy file as a whole: puts the sections together that text, sla, route, dispatch and policy
// read, and checks what one of them says against the others.
//
// One file is the policy of every tenant that it lists; each gets its own copy, under its own
// version. PolicyPublisher takes it from there. docs/policy.md explains the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "centralita/base/clock.h"
#include "centralita/directory/v1/directory.pb.h"
#include "centralita/policy/secret.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {

// Immutable once parsed; thread-safe.
class PolicyDocument final {
 public:
  // `file_name` is for messages, and files that hold secrets are looked for beside it.
  // INVALID_ARGUMENT with reason "invalid_config" lists every mistake with its line and path, a
  // line each. Hours of calendars are compiled for the time around `now`, the same for four weeks
  // (calendar::AroundNow).
  static absl::StatusOr<PolicyDocument> Parse(std::string_view yaml, std::string_view file_name,
                                              base::TimePoint now = base::SystemClock().Now());
  // As Parse, with another source of secrets.
  static absl::StatusOr<PolicyDocument> Parse(std::string_view yaml, std::string_view file_name,
                                              const policy::SecretFileReader& read_secret,
                                              base::TimePoint now = base::SystemClock().Now());
  // Reads the file too; NOT_FOUND and the like name it.
  static absl::StatusOr<PolicyDocument> ReadFile(const std::string& path,
                                                 base::TimePoint now = base::SystemClock().Now());

  // What is allowed but probably not meant, with line and path.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // In the order of the file.
  std::vector<std::string> Tenants() const;
  bool HasTenant(std::string_view tenant) const;

  // The tenant's sections for PublishPolicy(): tenant, classifier, route, pools in the file's
  // order, agents, calendars as written; without the manifest. Byte-identical for the same file and
  // the same four weeks in every build with the same time zones. Empty if there is no such tenant.
  std::vector<policy::v1::PolicySection> Compile(std::string_view tenant, uint64_t version) const;

  // SHA-256 in hex of what Compile() gives, whatever the version: equal if and only if the policies
  // are.
  std::string ContentHash(std::string_view tenant) const;

  // Sorted by id; the same for every tenant.
  const std::vector<directory::v1::Agent>& agents() const { return agents_; }

 private:
  struct Tenant {
    std::string id;
    policy::v1::TenantSection section;
  };

  std::vector<Tenant> tenants_;
  policy::v1::ClassifierSection classifier_;
  policy::v1::RouteSection route_;
  std::vector<policy::v1::PoolSection> pools_;
  std::vector<directory::v1::Agent> agents_;
  policy::v1::CalendarsSection calendars_;
  std::vector<std::string> warnings_;
};

}  // namespace centralita::app
