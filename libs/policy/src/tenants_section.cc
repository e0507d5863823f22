#include "centralita/policy/tenants_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/policy/conditions_section.h"
#include "centralita/policy/names.h"

namespace centralita::policy {
namespace {

bool IsTenantId(std::string_view id) { return id.find('_') == std::string_view::npos; }

void ReadKeys(const config::Value& list, const SecretFileReader& read_file,
              v1::TenantSection& section) {
  for (const config::Value& item : list.Items()) {
    if (!item.present()) item.Error("is empty");
    const std::string hash = ReadSecretHash(item, read_file);
    if (hash.empty()) continue;
    const auto& known = section.api_key_sha256();
    if (std::find(known.begin(), known.end(), hash) != known.end()) {
      item.Error("is there twice; remove one");
      continue;
    }
    section.add_api_key_sha256(hash);
  }
}

TenantDraft ReadTenant(const config::Value& value, const SecretFileReader& read_file,
                       UniqueNames& ids) {
  TenantDraft draft;
  config::MapReader map(value);
  const config::Value id = map.Require("id");
  draft.id = id.AsName();
  if (!IsTenantId(draft.id)) id.Error("may hold a to z, 0 to 9 and '-', but no '_'");
  ids.Add(draft.id, id);
  draft.section.set_display_name(map.Get("name").AsString(draft.id));
  ReadKeys(map.Require("api_keys"), read_file, draft.section);
  for (const std::string& language : ReadLanguages(map.Require("languages"))) {
    draft.section.add_languages(language);
  }
  draft.section.set_rate_limit_per_second(
      static_cast<uint32_t>(map.Get("rate_limit").AsInt(0, 0, 10'000'000)));
  return draft;
}

}  // namespace

std::vector<TenantDraft> ReadTenants(config::MapReader& policy, const SecretFileReader& read_file) {
  std::vector<TenantDraft> tenants;
  UniqueNames ids("tenant");
  const config::Value list = policy.Require("tenants");
  for (const config::Value& item : list.Items()) {
    tenants.push_back(ReadTenant(item, read_file, ids));
  }
  if (list.is_list() && tenants.empty()) list.Error("is empty; name at least one tenant");
  return tenants;
}

}  // namespace centralita::policy
