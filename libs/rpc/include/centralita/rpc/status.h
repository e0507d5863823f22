// The one translation between absl::Status and grpc::Status. The codes are the same numbers; the
// reason of base::Error travels as google.rpc.ErrorInfo in the status details, as every gRPC tool
// expects it.
#pragma once

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc

namespace centralita::rpc {

grpc::Status ToGrpc(const absl::Status& status);

// base::ReasonOf() of the result is the sender's reason, if it gave one.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace centralita::rpc
