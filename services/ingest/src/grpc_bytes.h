// gRPC's byte buffers as strings and messages, and what a call's metadata says of its sender.
#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "auth.h"

namespace centralita::ingest {

std::string ToString(const grpc::ByteBuffer& buffer);
grpc::ByteBuffer ToBuffer(const google::protobuf::MessageLite& message);
Credentials CredentialsOf(const grpc::CallbackServerContext& context);

}  // namespace centralita::ingest
