// Collects faults by code: all are counted, the first ten are told.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "centralita/ledger/ledger_check.h"

namespace centralita::ledger {

inline constexpr size_t kMaxExamples = 10;

class Findings final {
 public:
  Findings() {
    for (const char* code :
         {"lost", "conservation", "ghost", "resolved_twice", "duplicated_work", "two_owners",
          "offers_over_capacity", "out_of_order", "alarms_twice", "early_alarms", "effect_missing",
          "output_order", "diverging_repeats", "unsettled"}) {
      faults_[code];
    }
  }

  // `tell` is called only if an example is wanted.
  template <typename Tell>
  void Add(const std::string& code, uint64_t count, Tell tell) {
    Finding& finding = faults_[code];
    finding.count += count;
    if (finding.examples.size() < kMaxExamples) finding.examples.push_back(tell());
  }
  void Note(const std::string& what, uint64_t count = 1) { notes_[what] += count; }

  const std::map<std::string, Finding>& faults() const { return faults_; }
  const std::map<std::string, uint64_t>& notes() const { return notes_; }

 private:
  std::map<std::string, Finding> faults_;
  std::map<std::string, uint64_t> notes_;
};

}  // namespace centralita::ledger
