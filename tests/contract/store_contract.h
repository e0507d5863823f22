// What every implementation of store::Store must do. An implementation joins with one
// INSTANTIATE_TEST_SUITE_P line that gives a fixture; what has no meaning for it is an exception
// named in its traits.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "centralita/base/clock.h"
#include "centralita/store/store.h"

namespace centralita::store {

// Listed exceptions.
struct StoreTraits {
  // Time to live runs by the test's clock (a server has its own).
  bool has_injected_clock = true;
  // What was committed is there after opening again without a server that stays.
  bool can_reopen = true;
  // The process may be killed with all its memory, and the store is opened again from what is on
  // disk.
  bool lives_in_process = true;
};

// Where one test keeps its store. Opening again gives the same store.
class StoreFixture {
 public:
  virtual ~StoreFixture() = default;
  virtual StoreTraits traits() const = 0;
  virtual absl::StatusOr<std::unique_ptr<Store>> Open(const base::Clock& clock) = 0;
};

struct StoreImplementation {
  std::string name;
  std::function<std::unique_ptr<StoreFixture>()> make;
};

inline std::string NameOf(const testing::TestParamInfo<StoreImplementation>& info) {
  return info.param.name;
}

class StoreContract : public testing::TestWithParam<StoreImplementation> {
 protected:
  void SetUp() override;
  void Reopen();

  // What is there; every error is a test failure.
  std::optional<std::string> Get(const std::string& partition, const std::string& name);
  void Set(const std::string& partition, const std::string& name, const std::string& value,
           base::Duration time_to_live = base::Duration(0));
  // All names of the partition that begin with `prefix`, read in pages of `limit`.
  std::vector<std::string> Names(const std::string& partition, const std::string& prefix,
                                 size_t limit);

  std::unique_ptr<StoreFixture> fixture_;
  base::ManualClock clock_{base::FromUnixMillis(1'800'000'000'000)};
  std::unique_ptr<Store> store_;
};

}  // namespace centralita::store
