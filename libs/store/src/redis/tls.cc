#include "tls.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "centralita/base/error.h"
#include "centralita/base/status_macros.h"

namespace centralita::store::redis {
namespace {

absl::Status CannotUse(std::string_view what, const std::string& file) {
  return base::Error(absl::StatusCode::kInvalidArgument, "redis_tls_file",
                     fmt::format("The store's redis {} '{}' cannot be used: it must be readable "
                                 "and in PEM.",
                                 what, file));
}

}  // namespace

void FreeSession::operator()(SSL* session) const { SSL_free(session); }

void Tls::Free::operator()(SSL_CTX* context) const { SSL_CTX_free(context); }

absl::StatusOr<std::unique_ptr<Tls>> Tls::Make(const RedisTls& options) {
  auto tls = std::unique_ptr<Tls>(new Tls(SSL_CTX_new(TLS_client_method()), options.server_name));
  ABSL_RETURN_IF_ERROR(tls->Load(options));
  return tls;
}

absl::Status Tls::Load(const RedisTls& options) {
  SSL_CTX* context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    return CannotUse("tls ca_file", options.ca_file);
  }
  if (options.cert_file.empty()) return absl::OkStatus();
  if (SSL_CTX_use_certificate_chain_file(context, options.cert_file.c_str()) != 1) {
    return CannotUse("tls cert_file", options.cert_file);
  }
  if (SSL_CTX_use_PrivateKey_file(context, options.key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return CannotUse("tls key_file", options.key_file);
  }
  return absl::OkStatus();
}

TlsSession Tls::NewSession(const std::string& host) const {
  TlsSession session(SSL_new(context_.get()));
  const std::string& name = server_name_.empty() ? host : server_name_;
  X509_VERIFY_PARAM* param = SSL_get0_param(session.get());
  // An address is checked as one; SNI is for names only.
  if (X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) != 1) {
    SSL_set1_host(session.get(), name.c_str());
    SSL_set_tlsext_host_name(session.get(), name.c_str());
  }
  return session;
}

}  // namespace centralita::store::redis
