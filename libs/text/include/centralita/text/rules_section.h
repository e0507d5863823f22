// Reads what the classifier has in the policy file: `intents`, `rules`, `priority`,
// `cart_at_risk_min`, `vip_lifetime_min`, `lifetime_tiers`, `repeat_window`.
#pragma once

#include <string>
#include <vector>

#include "centralita/config/yaml_reader.h"
#include "centralita/policy/conditions_section.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::text {

struct RulesDraft {
  policy::v1::ClassifierSection section;
  // Intents of rules and of addends, to be looked for among section.intents().
  std::vector<policy::Reference> intents;
  // Tags that an addend waits for.
  std::vector<policy::Reference> tags;
};

RulesDraft ReadRulesSection(config::MapReader& policy);

}  // namespace centralita::text
