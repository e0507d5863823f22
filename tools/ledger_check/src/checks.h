// The checks over all facts; each adds its findings.
#pragma once

#include "centralita/ledger/ledger_check.h"
#include "facts.h"

namespace centralita::ledger {

// lost, conservation, ghost, resolved_twice, duplicated_work by places, out_of_order, and the
// counts and latencies.
void CheckMessages(Facts& facts, const CheckOptions& options, Report& report);

// two_owners, offers_over_capacity and duplicated_work, by replaying what each dispatch partition
// did; then two_owners by what clients saw.
void CheckAgents(Facts& facts, const CheckOptions& options);

}  // namespace centralita::ledger
