#include "centralita/app/backends.h"

#include <gtest/gtest.h>

#include "centralita/base/topics.h"
#include "tests/unit/app/temp_dir.h"

namespace centralita::app {
namespace {

TEST(Backends, OpensAFreshDirectoryWithAllTopics) {
  test::TempDir dir;
  base::SystemClock clock;
  auto backends = OpenEmbedded(
      {.data_dir = dir.path() + "/deeper/data", .topics = {.data_partitions = 3}}, clock);
  ASSERT_TRUE(backends.ok()) << backends.status();
  const auto inbound = backends->log->Describe(std::string(base::topics::kInbound));
  ASSERT_TRUE(inbound.ok());
  EXPECT_EQ(inbound->spec.partitions, 3u);
  EXPECT_FALSE(inbound->spec.compacted);
  EXPECT_GT(inbound->spec.retention.count(), 0);
  for (const auto topic : {base::topics::kPolicy, base::topics::kIdentity, base::topics::kProfiles,
                           base::topics::kSnapshots}) {
    const auto info = backends->log->Describe(std::string(topic));
    ASSERT_TRUE(info.ok()) << topic;
    EXPECT_TRUE(info->spec.compacted) << topic;
  }
  EXPECT_EQ(backends->log->Describe(std::string(base::topics::kCommands))->spec.partitions, 4u);
}

TEST(Backends, AnotherPartitionCountThanAtCreationIsRefused) {
  test::TempDir dir;
  base::SystemClock clock;
  ASSERT_TRUE(OpenEmbedded({.data_dir = dir.path(), .topics = {}}, clock).ok());
  ASSERT_TRUE(OpenEmbedded({.data_dir = dir.path(), .topics = {}}, clock).ok());
  EXPECT_EQ(OpenEmbedded({.data_dir = dir.path(), .topics = {.data_partitions = 8}}, clock)
                .status()
                .code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Backends, ADirectoryThatCannotBeMadeIsNamed) {
  base::SystemClock clock;
  const auto backends = OpenEmbedded({.data_dir = "/proc/centralita", .topics = {}}, clock);
  ASSERT_EQ(backends.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(backends.status().message()).find("/proc/centralita"), std::string::npos);
}

}  // namespace
}  // namespace centralita::app
