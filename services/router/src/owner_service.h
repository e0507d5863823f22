// OwnerService over gRPC: a stream per watching gateway.
#pragma once

#include "centralita/owner/v1/owner.grpc.pb.h"
#include "owner_hub.h"

namespace centralita::router {

class OwnerService final : public owner::v1::OwnerService::CallbackService {
 public:
  explicit OwnerService(OwnerHub& hub) : hub_(hub) {}

  grpc::ServerWriteReactor<owner::v1::WatchResponse>* Watch(
      grpc::CallbackServerContext* context, const owner::v1::WatchRequest* request) override;

 private:
  OwnerHub& hub_;
};

}  // namespace centralita::router
