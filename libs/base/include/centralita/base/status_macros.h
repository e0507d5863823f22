// The status macros of newer Abseil under their names; to be deleted when the platform's Abseil has
// them.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define ABSL_RETURN_IF_ERROR(expr)                                  \
  do {                                                              \
    if (absl::Status status_macro_ = (expr); !status_macro_.ok()) { \
      return status_macro_;                                         \
    }                                                               \
  } while (false)

#define CENTRALITA_STATUS_CONCAT_INNER(a, b) a##b
#define CENTRALITA_STATUS_CONCAT(a, b) CENTRALITA_STATUS_CONCAT_INNER(a, b)
#define CENTRALITA_ASSIGN_OR_RETURN_IMPL(statusor, lhs, expr) \
  auto statusor = (expr);                                     \
  if (!statusor.ok()) return std::move(statusor).status();    \
  lhs = *std::move(statusor)

#define ABSL_ASSIGN_OR_RETURN(lhs, expr) \
  CENTRALITA_ASSIGN_OR_RETURN_IMPL(CENTRALITA_STATUS_CONCAT(statusor_macro_, __LINE__), lhs, expr)
