#include "centralita/app/api_key.h"

#include <gtest/gtest.h>

#include "centralita/base/sha256.h"
#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {
namespace {

TEST(ApiKey, AnyOfTheTenantsKeysIsEnough) {
  policy::v1::TenantSection tenant;
  EXPECT_FALSE(HasApiKey(tenant, base::Sha256Hex("old")));
  tenant.add_api_key_sha256(base::Sha256Hex("old"));
  tenant.add_api_key_sha256(base::Sha256Hex("new"));
  EXPECT_TRUE(HasApiKey(tenant, base::Sha256Hex("old")));
  EXPECT_TRUE(HasApiKey(tenant, base::Sha256Hex("new")));
  EXPECT_FALSE(HasApiKey(tenant, base::Sha256Hex("other")));
  EXPECT_FALSE(HasApiKey(tenant, ""));
}

}  // namespace
}  // namespace centralita::app
