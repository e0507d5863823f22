#include "centralita/app/api_key.h"

#include <gtest/gtest.h>

#include "centralita/policy/v1/policy.pb.h"

namespace centralita::app {
namespace {

TEST(ApiKey, HashIsSha256InLowerCaseHex) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ApiKey, AnyOfTheTenantsKeysIsEnough) {
  policy::v1::TenantSection tenant;
  EXPECT_FALSE(HasApiKey(tenant, Sha256Hex("old")));
  tenant.add_api_key_sha256(Sha256Hex("old"));
  tenant.add_api_key_sha256(Sha256Hex("new"));
  EXPECT_TRUE(HasApiKey(tenant, Sha256Hex("old")));
  EXPECT_TRUE(HasApiKey(tenant, Sha256Hex("new")));
  EXPECT_FALSE(HasApiKey(tenant, Sha256Hex("other")));
  EXPECT_FALSE(HasApiKey(tenant, ""));
}

}  // namespace
}  // namespace centralita::app
