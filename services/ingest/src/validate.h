// Whether what was sent can be accepted. Pure.
#pragma once

#include <optional>

#include "centralita/base/time.h"
#include "item.h"

namespace centralita::ingest {

struct Limits {
  // Text and subject of a message together.
  size_t max_text_bytes = 256 << 10;
  // Ids, handles, accounts, locales, names.
  size_t max_id_bytes = 512;
  size_t max_url_bytes = 4096;
  int max_attachments = 50;
  // Of which few are kept (headers.h).
  int max_headers = 500;
  // Times before it were not meant; nobody had this system's channels then.
  base::TimePoint earliest = base::FromUnixMillis(946'684'800'000);  // 2000-01-01
  // A provider's clock may be wrong by so much.
  base::Duration max_ahead{24LL * 3'600'000};
  // A callback may be scheduled so far ahead.
  base::Duration max_not_before{366LL * 24 * 3'600'000};
};

// What is wrong, or nullopt. Strings are UTF-8 already (protobuf and the JSON reader see to it).
std::optional<ItemError> Validate(const NewMessage& message, const Limits& limits,
                                  base::TimePoint now);
std::optional<ItemError> Validate(const NewSignal& signal, const Limits& limits,
                                  base::TimePoint now);
std::optional<ItemError> Validate(const v1::LinkHandleRequest& link, const Limits& limits,
                                  base::TimePoint now);

}  // namespace centralita::ingest
