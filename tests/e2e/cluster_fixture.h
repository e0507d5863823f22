// A cluster with agents and a load, and the verdict on what came of it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/contract/temp_folder.h"
#include "tests/e2e/cluster.h"

namespace centralita::e2e {

// Limits of waits for conditions, of a machine that others use too.
inline constexpr std::chrono::seconds kSoon{180};
// For what waits until somebody notices that somebody else is gone.
inline constexpr std::chrono::seconds kPatience{300};

class ClusterTest : public ::testing::Test {
 protected:
  void SetUp() override;
  // After a failure the logs of all processes are kept in build/logs of the checkout that
  // CENTRALITA_ROOT names.
  void TearDown() override;
  // `ids`: of the policy that the cluster runs with.
  void StartAgents(const std::string& ids = kTwelve, int handling_ms = 100);
  // Until Judge() ends it.
  void StartLoad(int rate);
  // Once so many more messages have been accepted.
  void After(uint64_t messages);
  void KillAndStart(const std::string& part);
  // As the sender was told.
  uint64_t Accepted() const;
  // Keeps what `routing` and `commands` hold in build/recorded of the checkout that CENTRALITA_ROOT
  // names, for scripts/compare_replay.sh. Nothing without that.
  void Record();
  // Ends load and agents; everything must be done, and the ledger clean.
  void Judge();

  const contract::TempFolder folder_;
  Cluster cluster;
  std::unique_ptr<Child> agents_;
  std::unique_ptr<Child> load_;
  uint64_t expected_ = 0;
  // Messages that the tests sent beside the load; they are in no ledger.
  uint64_t others_ = 0;
};

}  // namespace centralita::e2e
