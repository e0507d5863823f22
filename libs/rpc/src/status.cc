#include "centralita/rpc/status.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "centralita/base/error.h"
#include "centralita/base/strings.h"

namespace centralita::rpc {
namespace {

namespace pb = google::protobuf;
using Wire = pb::internal::WireFormatLite;

// google.rpc.Status, google.protobuf.Any and google.rpc.ErrorInfo have been frozen for years;
// writing their four fields here is less than carrying googleapis along, which Debian's gRPC does
// not install.
constexpr std::string_view kErrorInfo = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr std::string_view kDomain = "centralita";

using Fields = pb::io::CodedOutputStream;

void WriteBytes(Fields& out, int field, std::string_view bytes) {
  Wire::WriteTag(field, Wire::WIRETYPE_LENGTH_DELIMITED, &out);
  out.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  out.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

template <typename Write>
std::string Encode(Write write) {
  std::string bytes;
  {
    pb::io::StringOutputStream stream(&bytes);
    Fields out(&stream);
    write(out);
  }
  return bytes;
}

std::string EncodeDetails(const absl::Status& status, std::string_view reason) {
  const std::string info = Encode([&](Fields& out) {
    WriteBytes(out, 1, reason);
    WriteBytes(out, 2, kDomain);
  });
  const std::string any = Encode([&](Fields& out) {
    WriteBytes(out, 1, kErrorInfo);
    WriteBytes(out, 2, info);
  });
  return Encode([&](Fields& out) {
    Wire::WriteInt32(1, static_cast<int>(status.code()), &out);
    WriteBytes(out, 2, std::string_view(status.message().data(), status.message().size()));
    WriteBytes(out, 3, any);
  });
}

// The first length-delimited field of that number; nullopt if there is none or the bytes are no
// message.
std::optional<std::string> FindBytes(std::string_view message, int field) {
  pb::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(message.data()),
                              static_cast<int>(message.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (Wire::GetTagFieldNumber(tag) == field &&
        Wire::GetTagWireType(tag) == Wire::WIRETYPE_LENGTH_DELIMITED) {
      uint32_t size = 0;
      std::string bytes;
      if (!in.ReadVarint32(&size) || !in.ReadString(&bytes, static_cast<int>(size)))
        return std::nullopt;
      return bytes;
    }
    if (!Wire::SkipField(&in, tag)) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::string> ReasonIn(std::string_view details) {
  const auto any = FindBytes(details, 3);
  if (!any || FindBytes(*any, 1) != kErrorInfo) return std::nullopt;
  const auto info = FindBytes(*any, 2);
  return info ? FindBytes(*info, 1) : std::nullopt;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  const std::string reason = base::ReasonOf(status);
  // ReasonOf() falls back to the code's name, which says nothing more than the code.
  if (reason == base::ReasonOf(absl::Status(status.code(), ""))) return {code, message};
  return {code, message, EncodeDetails(status, reason)};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (const auto reason = ReasonIn(status.error_details()))
    return base::Error(code, *reason, status.error_message());
  return {code, base::ToAbsl(status.error_message())};
}

}  // namespace centralita::rpc
