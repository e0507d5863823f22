#include "centralita/base/error.h"

#include "gtest/gtest.h"

namespace centralita::base {
namespace {

TEST(Error, KeepsItsReasonBesideCodeAndSentence) {
  const absl::Status status =
      Error(absl::StatusCode::kInvalidArgument, "invalid_utf8", "The text is no UTF-8.");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "The text is no UTF-8.");
  EXPECT_EQ(ReasonOf(status), "invalid_utf8");
}

TEST(Error, WithoutAReasonTheCodeIsTheReason) {
  EXPECT_EQ(ReasonOf(absl::DeadlineExceededError("late")), "deadline_exceeded");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "ok");
}

}  // namespace
}  // namespace centralita::base
