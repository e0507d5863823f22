#include "centralita/rpc/status.h"

#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include "centralita/base/error.h"

namespace centralita::rpc {
namespace {

TEST(Status, EveryCodeKeepsItsNumberAndMessageBothWays) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code),
                              code == 0 ? "" : "what happened");
    const grpc::Status wire = ToGrpc(status);
    EXPECT_EQ(static_cast<int>(wire.error_code()), code);
    EXPECT_EQ(FromGrpc(wire), status) << code;
  }
}

TEST(Status, ReasonTravels) {
  const absl::Status status =
      base::Error(absl::StatusCode::kUnavailable, "identity_loading", "Try again.");
  const absl::Status back = FromGrpc(ToGrpc(status));
  EXPECT_EQ(back.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(back.message(), "Try again.");
  EXPECT_EQ(base::ReasonOf(back), "identity_loading");
}

TEST(Status, WithoutReasonThereAreNoDetails) {
  EXPECT_TRUE(ToGrpc(absl::NotFoundError("no")).error_details().empty());
}

TEST(Status, ForeignDetailsAreIgnored) {
  const grpc::Status wire(grpc::StatusCode::NOT_FOUND, "no",
                          std::string("\xff\xff\xff garbage", 11));
  EXPECT_EQ(base::ReasonOf(FromGrpc(wire)), "not_found");
}

}  // namespace
}  // namespace centralita::rpc
