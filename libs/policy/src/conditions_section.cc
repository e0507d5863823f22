#include "centralita/policy/conditions_section.h"

#include <fmt/format.h>

#include <algorithm>

#include "centralita/policy/names.h"

namespace centralita::policy {
namespace {

template <typename E, typename Target>
void ReadEnums(const config::Value& list, std::span<const config::Named<E>> names, E unspecified,
               Target* target) {
  for (const config::Value& item : list.Items()) {
    const E value = item.AsEnum(names, unspecified);
    if (value == unspecified) continue;
    if (std::find(target->begin(), target->end(), value) != target->end()) {
      item.Error("is there twice; remove one");
      continue;
    }
    target->Add(value);
  }
}

template <typename Target>
void AddAll(const std::vector<std::string>& texts, Target* target) {
  for (const std::string& text : texts) *target->Add() = text;
}

// A list that is written must say something: an empty one would hold for everything.
void RefuseEmpty(const config::Value& list) {
  if (list.is_list() && list.Items().empty()) {
    list.Error("is empty; remove the key if everything is to pass");
  }
}

}  // namespace

std::vector<Reference> ReadReferences(const config::Value& list) {
  std::vector<Reference> references;
  for (const config::Value& item : list.Items()) {
    std::string name = item.AsName();
    if (!item.present()) item.Error("is empty");
    if (name.empty()) continue;
    const bool twice = std::any_of(references.begin(), references.end(),
                                   [&](const Reference& other) { return other.name == name; });
    if (twice) {
      item.Error(fmt::format("'{}' is there twice; remove one", name));
      continue;
    }
    references.push_back({item.place(), std::move(name)});
  }
  return references;
}

ConditionsDraft ReadConditions(const config::Value& when) {
  ConditionsDraft draft;
  v1::Conditions& conditions = draft.conditions;
  config::MapReader map(when);
  for (const char* key : {"channels", "intents", "tags", "languages", "tiers", "bands",
                          "product_categories", "tenants", "hours", "outside_hours"}) {
    RefuseEmpty(map.Get(key));
  }
  ReadEnums(map.Get("channels"), Channels(), common::v1::CHANNEL_UNSPECIFIED,
            conditions.mutable_channels());
  ReadEnums(map.Get("bands"), Bands(), classification::v1::PRIORITY_BAND_UNSPECIFIED,
            conditions.mutable_bands());
  conditions.set_visibility(
      map.Get("visibility").AsEnum(Visibilities(), common::v1::VISIBILITY_UNSPECIFIED));
  draft.intents = ReadReferences(map.Get("intents"));
  for (const Reference& intent : draft.intents) conditions.add_intents(intent.name);
  draft.tags = ReadReferences(map.Get("tags"));
  for (const Reference& tag : draft.tags) conditions.add_tags(tag.name);
  AddAll(ReadLanguages(map.Get("languages")), conditions.mutable_languages());
  AddAll(map.Get("tiers").Strings(), conditions.mutable_tiers());
  AddAll(map.Get("product_categories").Strings(), conditions.mutable_product_categories());
  draft.tenants = ReadReferences(map.Get("tenants"));
  for (const Reference& tenant : draft.tenants) conditions.add_tenants(tenant.name);
  draft.calendars = ReadReferences(map.Get("hours"));
  for (const Reference& calendar : draft.calendars) conditions.add_hours(calendar.name);
  for (Reference& calendar : ReadReferences(map.Get("outside_hours"))) {
    conditions.add_outside_hours(calendar.name);
    draft.calendars.push_back(std::move(calendar));
  }
  conditions.set_min_cart_at_risk_cents(map.Get("min_cart_at_risk").AsMoney({}).cents);
  conditions.set_min_order_value_cents(map.Get("min_order_value").AsMoney({}).cents);
  return draft;
}

void ConditionReferences::Add(const ConditionsDraft& draft) {
  tenants.insert(tenants.end(), draft.tenants.begin(), draft.tenants.end());
  calendars.insert(calendars.end(), draft.calendars.begin(), draft.calendars.end());
}

bool UniqueNames::Add(const std::string& name, const config::Value& where) {
  if (name.empty()) return true;
  const auto [same, added] = seen_.try_emplace(name, where.place().line);
  if (!added) {
    where.Error(fmt::format("'{}' is already the name of the {} on line {}; choose another", name,
                            what_, same->second));
  }
  return added;
}

std::string UniqueNames::Read(const config::Value& value) {
  std::string name = value.AsName();
  Add(name, value);
  return name;
}

}  // namespace centralita::policy
