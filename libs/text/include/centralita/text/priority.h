// The priority as the policy's terms add it up. Integers only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "centralita/classification/v1/classification.pb.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::text {

// Immutable and thread-safe once built.
class PriorityTerms final {
 public:
  explicit PriorityTerms(const policy::v1::ClassifierSection& section);

  // Adds to facts.addends the terms of facts.tags and of the cart at risk.
  void AddFactTerms(classification::v1::Facts& facts) const;

  // Adds to message.addends "base" and the terms of intent, channel and message.tags, except those
  // that are in message.facts already; then sets priority, band and band_floors.
  void AddMessageTerms(common::v1::Channel channel,
                       classification::v1::Classification& message) const;

 private:
  classification::v1::PriorityBand BandOf(int32_t priority) const;

  const std::vector<policy::v1::PriorityAddend> terms_;
  const int32_t base_;
  // NORMAL, HIGH, CRITICAL.
  std::vector<int32_t> floors_;
};

// "340.00 EUR".
std::string FormatMoney(const common::v1::Money& money);

}  // namespace centralita::text
